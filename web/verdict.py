"""What Today says first: one verdict, made of facts. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from web.phrases import in_words

MOST = 2  # sentences; what stands further down the page needs no place in the headline


@dataclass(frozen=True)
class Facts:
    """What is true of the practice now, and what waits for the person who reads."""

    silent: bool = False  # no sign from the publisher
    late: int = 0  # due and not out
    uncertain: int = 0  # publications whose outcome nobody knows, partly published ones included
    failed: int = 0
    expired: int = 0  # too late to be sent
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
        counts = (self.late, self.uncertain, self.failed, self.expired, self.held)
        return self.silent or self.stopped or any(counts)


def verdict(facts: Facts) -> str:
    """The first sentences of the page, the most pressing one first.

    Whatever is wrong is named before what merely waits, and a day is called calm only when nothing is wrong.
    """
    wrong, waiting = list(_wrong(facts)), list(_waiting(facts))
    if wrong:
        return " ".join([*wrong[:1], *waiting[:1], *wrong[1:]][:MOST])
    if waiting:
        return " ".join(waiting[:MOST])
    return _calm(facts)


def _wrong(facts: Facts) -> Iterator[str]:
    if facts.silent:
        yield "The publisher gives no sign, so nothing goes out."
    if facts.stopped:
        held = in_words(facts.held, "post is", "posts are")
        yield f"Everything is stopped. {held} held." if facts.held else "Everything is stopped."
    if facts.uncertain:
        yield f"{in_words(facts.uncertain, 'publication needs', 'publications need')} a pair of eyes."
    if facts.failed:
        yield f"{in_words(facts.failed, 'publication', 'publications')} failed."
    if facts.expired:
        yield f"{in_words(facts.expired, 'post', 'posts')} missed the time to go out."
    if facts.late:
        yield f"{in_words(facts.late, 'post is', 'posts are')} late."
    if facts.held and not facts.stopped:
        yield f"{in_words(facts.held, 'post is', 'posts are')} held."


def _waiting(facts: Facts) -> Iterator[str]:
    if facts.to_sign:
        yield f"{in_words(facts.to_sign, 'post waits', 'posts wait')} for your signature."
    if facts.reconnect:
        first, *more = facts.reconnect
        yield (
            f"{in_words(len(more) + 1, '', 'channels need')} you again."
            if more
            else f"{first} needs you again."
        )
    if facts.came_back:
        yield f"{in_words(facts.came_back, 'post', 'posts')} came back to you."
    if facts.promotions:
        yield f"{in_words(facts.promotions, 'promotion waits', 'promotions wait')} for your decision."


def _calm(facts: Facts) -> str:
    if not facts.connected:
        return "Connect a first channel, and you can plan a first post."
    if not facts.posts:
        return "Everything is ready for a first post."
    if facts.going_out:
        posts = in_words(facts.going_out, "post goes", "posts go")
        return f"All is well. {posts} out today."
    return "All is well. Nothing more goes out today."
