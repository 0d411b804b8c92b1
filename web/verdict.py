"""What Today says first: one verdict, made of facts. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from web.phrases import in_words

MOST = 2  # sentences; what stands further down the page needs no place in the headline


@dataclass(frozen=True)
class Standing:
    """What is true of the practice now, and what waits for the person who reads."""

    silent: bool = False  # no sign from the publisher
    late: int = 0  # due and not out
    uncertain: int = 0  # publications whose outcome nobody knows, partly published ones included
    failed: int = 0
    held: int = 0
    stopped: bool = False  # a Stop over everything is why they are held
    to_sign: int = 0  # for this person
    came_back: int = 0  # to this person
    reconnect: tuple[str, ...] = ()  # channels that this person can reconnect
    promotions: int = 0  # proposed, for this person to decide
    going_out: int = 0  # still to go out today
    connected: bool = True  # there is at least one channel
    posts: bool = True  # there is at least one post

    @property
    def troubled(self) -> bool:
        """Whether anything is wrong, whoever has to act."""
        return self.silent or self.stopped or bool(self.late + self.uncertain + self.failed + self.held)


def verdict(standing: Standing) -> str:
    """The first sentences of the page, the most pressing one first.

    Whatever is wrong is named before what merely waits, and a day is called calm only when nothing is wrong.
    """
    wrong, waiting = list(_wrong(standing)), list(_waiting(standing))
    if wrong:
        return " ".join([*wrong[:1], *waiting[:1], *wrong[1:]][:MOST])
    if waiting:
        return " ".join(waiting[:MOST])
    return _calm(standing)


def _wrong(standing: Standing) -> Iterator[str]:
    if standing.silent:
        yield "The publisher gives no sign, so nothing goes out."
    if standing.stopped:
        held = in_words(standing.held, "post is", "posts are")
        yield f"Everything is stopped. {held} held." if standing.held else "Everything is stopped."
    if standing.uncertain:
        yield f"{in_words(standing.uncertain, 'publication needs', 'publications need')} a pair of eyes."
    if standing.failed:
        yield f"{in_words(standing.failed, 'publication', 'publications')} failed."
    if standing.late:
        yield f"{in_words(standing.late, 'post is', 'posts are')} late."
    if standing.held and not standing.stopped:
        yield f"{in_words(standing.held, 'post is', 'posts are')} held."


def _waiting(standing: Standing) -> Iterator[str]:
    if standing.to_sign:
        yield f"{in_words(standing.to_sign, 'post waits', 'posts wait')} for your signature."
    if standing.reconnect:
        first, *more = standing.reconnect
        yield (
            f"{in_words(len(more) + 1, '', 'channels need')} you again."
            if more
            else f"{first} needs you again."
        )
    if standing.came_back:
        yield f"{in_words(standing.came_back, 'post', 'posts')} came back to you."
    if standing.promotions:
        yield f"{in_words(standing.promotions, 'promotion waits', 'promotions wait')} for your decision."


def _calm(standing: Standing) -> str:
    if not standing.connected:
        return "Connect a first channel, and you can plan a first post."
    if not standing.posts:
        return "Everything is ready for a first post."
    if standing.going_out:
        posts = in_words(standing.going_out, "post goes", "posts go")
        return f"All is well. {posts} out today."
    return "All is well. Nothing more goes out today."
