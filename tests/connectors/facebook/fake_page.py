"""A Facebook Page in memory, as strict as the documentation: what it does not know, it refuses by (#100)."""

import itertools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.clock import SystemClock

PAGING = frozenset({"fields", "limit", "after", "before"})

WRITES: Mapping[str, frozenset[str]] = {  # edge → parameters of its POST
    "feed": frozenset({"message", "link", "attached_media", "published", "scheduled_publish_time"}),
    "photos": frozenset({"message", "url", "alt_text_custom", "published", "temporary", "no_story"}),
    "comments": frozenset({"message", "attachment_url"}),
}
READS: Mapping[str, frozenset[str]] = {  # edge → parameters of its GET
    "published_posts": PAGING | {"include_hidden", "show_expired", "with"},
    "comments": PAGING | {"filter", "live_filter", "order", "since"},
    "insights": frozenset({"metric", "period", "since", "until", "date_preset"}),
}
FIELDS: Mapping[str, frozenset[str]] = {  # node → fields and edges that may be asked for
    "Page": frozenset({"id", "name", "username", "link", "access_token", "tasks"}),
    "PagePost": frozenset(
        {
            "id",
            "message",
            "created_time",
            "permalink_url",
            "is_published",
            "parent_id",
            "shares",
            "attachments",
            "comments",
            "reactions",
        }
    ),
    "Photo": frozenset({"id", "alt_text_custom", "created_time"}),
    "Comment": frozenset({"id", "message", "from", "created_time"}),
}
BOOLEANS = frozenset({"published", "temporary", "no_story"})
PERIODS = frozenset({"day", "week", "days_28", "month", "lifetime", "total_over_range"})
METRICS: Mapping[str, int | dict[str, int]] = {
    "post_media_view": 412,
    "post_total_media_view_unique": 305,
    "post_clicks": 17,
    "post_reactions_by_type_total": {"like": 9, "love": 3},
}


class GraphFault(Exception):
    """An answer with an `error` object."""

    def __init__(self, code: int, message: str, *, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status

    def body(self) -> dict[str, object]:
        error = {"message": str(self), "type": "OAuthException", "code": self.code, "fbtrace_id": "AbCdEf"}
        return {"error": error if self.subcode is None else {**error, "error_subcode": self.subcode}}


@dataclass
class Photo:
    id: str
    filename: str
    media_type: str
    data: bytes
    alt_text: str
    published: bool
    used: bool = False


@dataclass
class Comment:
    id: str
    message: str
    author: str


@dataclass
class PagePost:
    id: str
    created: datetime
    message: str = ""
    link: str = ""
    photos: tuple[Photo, ...] = ()
    published: bool = True
    comments: list[Comment] = field(default_factory=list)
    shares: int | None = None

    @property
    def permalink(self) -> str:
        page, _, story = self.id.partition("_")
        return f"https://www.facebook.com/{page}/posts/{story}"


@dataclass
class FakePage:
    id: str = "546349135390552"
    name: str = "Sunny Smiles Dental"
    posts: list[PagePost] = field(default_factory=list)
    photos: dict[str, Photo] = field(default_factory=dict)
    metrics: dict[str, int | dict[str, int]] = field(default_factory=lambda: dict(METRICS))
    withhold_authors: bool = False
    page_size: int = 100
    _numbers: Iterable[int] = field(default_factory=lambda: itertools.count(1000))

    # ------------------------------------------------------------ writing

    def add_post(self, form: Mapping[str, str]) -> dict[str, str]:
        check_names(form, WRITES["feed"])
        message, link = form.get("message", ""), form.get("link", "")
        photos = tuple(self._attached(form.get("attached_media", "[]")))
        if len(message) > 63_206:
            raise GraphFault(100, "(#100) The message is too long.")
        if not (message or link or photos):
            raise GraphFault(100, "(#100) An empty post is not allowed.")
        if link and photos:
            raise GraphFault(100, "(#100) link and attached_media exclude each other.")
        if any((post.message, post.link, post.photos) == (message, link, photos) for post in self.posts):
            raise GraphFault(506, "Duplicate status message.", subcode=1455006)
        for photo in photos:
            photo.used = True
        return {"id": self.stand(message, link=link, photos=photos).id}

    def stand(
        self,
        message: str,
        *,
        link: str = "",
        photos: tuple[Photo, ...] = (),
        ago: timedelta = timedelta(),
        published: bool = True,
    ) -> PagePost:
        """Put a post on the Page past the Graph, as a person would; newest first."""
        created = SystemClock().now() - ago
        post = PagePost(f"{self.id}_{self._number()}", created, message, link, photos, published)
        self.posts.append(post)
        self.posts.sort(key=lambda post: post.created, reverse=True)
        return post

    def add_photo(self, form: Mapping[str, str], name: str, media_type: str, data: bytes) -> dict[str, str]:
        check_names(form, WRITES["photos"])
        if media_type not in ("image/jpeg", "image/png") or not name or not data:
            raise GraphFault(1, "(#1) Invalid image file.", subcode=1366046)
        alt_text, published = form.get("alt_text_custom", ""), form.get("published", "true") == "true"
        photo = Photo(str(self._number()), name, media_type, data, alt_text, published)
        self.photos[photo.id] = photo
        return {"id": photo.id}

    def add_comment(self, post_id: str, form: Mapping[str, str]) -> dict[str, str]:
        check_names(form, WRITES["comments"])
        if not form.get("message"):
            raise GraphFault(100, "(#100) A comment needs a message.")
        comment = Comment(f"{post_id.partition('_')[2]}_{self._number()}", form["message"], self.id)
        self.post(post_id).comments.append(comment)
        return {"id": comment.id}

    def delete(self, object_id: str) -> dict[str, bool]:
        if self.photos.pop(object_id, None) is None:
            self.posts.remove(self.post(object_id))
        return {"success": True}

    # ------------------------------------------------------------ reading

    def post(self, post_id: str) -> PagePost:
        for post in self.posts:
            if post.id == post_id:
                return post
        raise GraphFault(100, f"Unsupported request. Object with ID '{post_id}' does not exist", subcode=33)

    def node(self, object_id: str, query: Mapping[str, str]) -> dict[str, object]:
        check_names(query, frozenset({"fields"}))
        if object_id in self.photos:
            return pick({"id": object_id}, asked(query, "Photo"))
        return pick(self._told(self.post(object_id)), asked(query, "PagePost"))

    def published_posts(self, query: Mapping[str, str]) -> dict[str, object]:
        check_names(query, READS["published_posts"])
        fields = asked(query, "PagePost")
        return self._listing([pick(self._told(post), fields) for post in self.posts], query)

    def comments(self, post_id: str, query: Mapping[str, str]) -> dict[str, object]:
        check_names(query, READS["comments"])
        fields = asked(query, "Comment") - ({"from"} if self.withhold_authors else set())
        told: list[dict[str, object]] = [
            pick({"id": c.id, "message": c.message, "from": {"id": c.author, "name": "Somebody"}}, fields)
            for c in self.post(post_id).comments
        ]
        if query.get("order") == "reverse_chronological":
            told.reverse()
        return self._listing(told, query)

    def insights(self, post_id: str, query: Mapping[str, str]) -> dict[str, object]:
        check_names(query, READS["insights"])
        self.post(post_id)
        if query.get("period") not in PERIODS:
            raise GraphFault(100, "(#100) Invalid period.")
        metrics = query.get("metric", "").split(",")
        if unknown := [metric for metric in metrics if metric not in self.metrics]:
            raise GraphFault(100, f"(#100) The value must be a valid insights metric, not {unknown}.")
        values = [
            {"name": m, "period": query["period"], "values": [{"value": self.metrics[m]}]} for m in metrics
        ]
        return {"data": values, "paging": {"next": "https://graph.facebook.com/next", "previous": ""}}

    # ------------------------------------------------------------ inside

    def _number(self) -> int:
        return next(iter(self._numbers))

    def _attached(self, value: str) -> Iterable[Photo]:
        try:
            ids = [entry["media_fbid"] for entry in json.loads(value)]
        except (ValueError, TypeError, KeyError):
            raise GraphFault(100, "(#100) attached_media must be a JSON list of media_fbid.") from None
        for photo_id in ids:
            photo = self.photos.get(photo_id)
            if photo is None or photo.published:
                raise GraphFault(100, f"(#100) The media {photo_id} cannot be attached.")
            if photo.used:
                raise GraphFault(100, "Photos were already posted.", subcode=1366051)
            yield photo

    def _told(self, post: PagePost) -> dict[str, object]:
        summary = {"data": [], "summary": {"total_count": len(post.comments)}}
        told: dict[str, object] = {
            "id": post.id,
            "created_time": post.created.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": post.permalink,
            "is_published": post.published,
            "comments": summary,
            "reactions": {"data": [], "summary": {"total_count": 12}},
        }
        if post.message:
            told["message"] = post.message
        if post.shares is not None:
            told["shares"] = {"count": post.shares}
        if attachments := _attachments(post):
            told["attachments"] = {"data": attachments}
        return told

    def _listing(self, entries: list[dict[str, object]], query: Mapping[str, str]) -> dict[str, object]:
        start = int(query.get("after", "0"))
        end = start + min(int(query.get("limit", "25")), self.page_size)
        if end >= len(entries):
            return {"data": entries[start:]}
        following = f"https://graph.facebook.com/v26.0/next?after={end}"
        return {"data": entries[start:end], "paging": {"cursors": {"after": str(end)}, "next": following}}


def check_names(given: Iterable[str], known: frozenset[str]) -> None:
    for name in given:
        if name not in known and name != "appsecret_proof":
            raise GraphFault(100, f"(#100) Unknown parameter {name}.")


def check_values(form: Mapping[str, str]) -> None:
    for name in BOOLEANS & form.keys():
        if form[name] not in ("true", "false"):
            raise GraphFault(100, f"(#100) Param {name} must be a boolean.")


def asked(query: Mapping[str, str], node: str) -> frozenset[str]:
    """The fields of a `fields` parameter without what is asked inside them."""
    flat = query.get("fields", "id")
    while "{" in flat:
        flat = re.sub(r"\{[^{}]*\}", "", flat)
    names = frozenset(name.split(".")[0] for name in flat.split(","))
    if unknown := names - FIELDS[node]:
        raise GraphFault(100, f"(#100) Tried accessing nonexisting field ({', '.join(sorted(unknown))})")
    return names


def pick(told: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    return {name: told[name] for name in {"id", *fields} if name in told}


def _attachments(post: PagePost) -> list[dict[str, object]]:
    photos: list[dict[str, object]] = [
        {
            "media_type": "photo",
            "target": {"id": photo.id},
            "url": f"https://www.facebook.com/photo/{photo.id}",
        }
        for photo in post.photos
    ]
    if len(photos) > 1:
        return [{"media_type": "album", "target": {"id": post.id}, "subattachments": {"data": photos}}]
    if post.link:
        shim = f"https://l.facebook.com/l.php?u={post.link}"
        return [{"media_type": "link", "url": shim, "unshimmed_url": post.link, "target": {"url": shim}}]
    return photos
