"""The pictures: what there is, how each is described, where it is shown; and the files themselves."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from drafting.media import MAX_BYTES, UnsoundMedia
from drafting.posts import MAY_WRITE
from web.frame import Toast
from web.pages.doors import PicturesDoor
from web.pages.files import SentFiles
from web.pages.framing import CurrentPage, Page
from web.phrases import counted

router = APIRouter(route_class=PicturesDoor)

PER_PAGE = 24
FOREVER = "private, max-age=31536000, immutable"  # a digest always names the same bytes


@router.get("/library")
def library(page: CurrentPage, part: int = 1) -> HTMLResponse:
    return _show(page, part)


@router.post("/library")
def add(page: CurrentPage, sent: SentFiles) -> Response:
    problems: list[str] = [] if sent else ["No file was chosen. Choose one or more pictures."]
    for each in sent:
        try:
            page.house.drafts.add_picture(page.actor, each.data, each.name)
        except UnsoundMedia as fault:
            problems.append(str(fault))
    if problems:
        return _show(page, 1, problems, status=422)
    added = counted(len(sent), "picture is", "pictures are")
    return page.go("/library", Toast("Added.", f"{added} in the library."))


def _show(page: Page, part: int, problems: Sequence[str] = (), status: int = 200) -> HTMLResponse:
    with page.reading() as scope:
        total = scope.library.count()
        last = max(1, -(-total // PER_PAGE))
        at = min(max(part, 1), last)
        kept = scope.library.page(PER_PAGE, (at - 1) * PER_PAGE)
    return page.show(
        "library.html",
        status=status,
        kept=kept,
        total=total,
        part=at,
        last=last,
        per_page=PER_PAGE,
        problems=problems,
        may_add=page.actor.may(*MAY_WRITE),
        most_megabytes=MAX_BYTES // 1024**2,
    )


@router.get("/media/{digest}")
def media(page: CurrentPage, digest: str) -> Response:
    """The cleaned bytes of one picture, for members of the practice that keeps it."""
    with page.reading() as scope:
        asset = scope.posts.asset(digest)
    data = page.house.blobs.get(page.actor.practice_id, asset.digest)
    return Response(data, media_type=asset.media_type, headers={"Cache-Control": FOREVER})
