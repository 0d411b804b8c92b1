"""Which file shows which posts, so that one change touches few files however many posts there are.

Numbered pages fill up from the oldest post and never shift: a new post touches the news page, the feeds and
the page it falls on, and nothing else. The news page links to the place where its own posts go on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from connectors.errors import AuthExpired
from connectors.providers.website.files import Swap
from connectors.providers.website.press import FEED_SIZE, Press
from connectors.providers.website.record import PAGE_SIZE, Index, Record, Row
from connectors.providers.website.settings import Site


def read_record(site: Site, key: str) -> Record | None:
    """The post under *key*, or None where there is certainly none. Raises AuthExpired on a damaged record."""
    place = site.record(key)
    try:
        return Record.model_validate_json(place.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        sentence = "A record of the website is damaged: {}. Restore it from a backup or delete it."
        raise AuthExpired(sentence.format(place), code="damaged") from None


@dataclass(frozen=True)
class Pages:
    """Renders what a change touches into its Swap. `fresh` holds records newer than those on disk."""

    press: Press
    swap: Swap
    fresh: Mapping[str, Record] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return self.press.site

    def permalink(self, record: Record) -> None:
        self.swap.write(self.site.permalink(record.slug), self.press.permalink(record))

    def lists(self, index: Index) -> None:
        """The news page, the fragment and the feeds."""
        public, pinned, newest = self.site.public, index.pinned, index.unpinned
        posts = self._records([*pinned, *newest[:FEED_SIZE]])
        older = "".join(f"page/{row.page}.html#{row.slug}" for row in newest[PAGE_SIZE : PAGE_SIZE + 1])
        atom, json_feed = self.press.feeds(posts[:FEED_SIZE], index.changed_at)
        self.swap.write(public / "index.html", self.press.front(posts[: len(pinned) + PAGE_SIZE], older))
        self.swap.write(public / "fragment.html", self.press.fragment(posts))
        self.swap.write(public / "embed.html", self.press.embed(posts))
        self.swap.write(public / "feed.atom", atom)
        self.swap.write(public / "feed.json", json_feed)

    def archives(self, before: Index, after: Index, number: int) -> None:
        """The numbered page that changed; its neighbours too where a page came or went.

        A page comes before the link to it, and goes after.
        """
        changed = {number}
        if before.pages != after.pages:
            changed |= {page for page in _neighbours(after.pages, number) if page}
        for page in sorted(changed, key=lambda page: (page not in after.pages, -page)):
            self.archive(after, page)

    def archive(self, index: Index, number: int) -> None:
        """One numbered page, or none where it has no posts left."""
        rows = index.on_page(number)
        if not rows:
            self.swap.remove(self.site.archive(number))
            return
        before, after = _neighbours(index.pages, number)
        newer = f"{after}.html" if after else "../index.html"
        older = f"{before}.html" if before else ""
        self.swap.write(
            self.site.archive(number), self.press.archive(number, self._records(rows), newer, older)
        )

    def _records(self, rows: Sequence[Row]) -> list[Record]:
        found = (self.fresh.get(row.key) or read_record(self.site, row.key) for row in rows)
        return [record for record in found if record]


def _neighbours(numbers: Sequence[int], number: int) -> tuple[int | None, int | None]:
    """The pages before and after *number*; a page that came to nothing leaves a gap."""
    before = max((page for page in numbers if page < number), default=None)
    after = min((page for page in numbers if page > number), default=None)
    return before, after
