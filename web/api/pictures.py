"""Pictures: the file in, its digest out; and the cleaned bytes by their digest."""

from typing import Annotated

from fastapi import File, Response, UploadFile
from pydantic import Field

from drafting import media
from web.access import House
from web.api.door import MEGABYTE, Asking, PictureDoor, section
from web.api.faults import faults
from web.api.looking import look
from web.api.shapes import Fingerprint, Instant, Shape

TOPIC = "Pictures"
DESCRIPTION = "A file in, its digest out; posts name their pictures by digest."
FOREVER = "private, max-age=31536000, immutable"  # a digest always names the same bytes


class Picture(Shape):
    """A picture, rebuilt from its pixels: nothing else of the file is kept."""

    digest: Fingerprint
    media_type: str = Field(examples=["image/jpeg"])
    filename: str = Field(examples=["waiting-room.jpg"])
    width: int = Field(description="In pixels.", examples=[1600])
    height: int = Field(description="In pixels.", examples=[900])
    size: int = Field(description="In bytes.", examples=[284_113])
    created_at: Instant


router = section(TOPIC, PictureDoor)


@router.post("/pictures", status_code=201, summary="Upload a picture")
def upload_picture(
    house: House,
    asking: Asking,
    file: Annotated[
        UploadFile,
        File(description=f"JPEG, PNG, GIF, WebP or HEIC, at most {media.MAX_BYTES // MEGABYTE} MB."),
    ],
) -> Picture:
    """Decodes the picture and keeps it cleaned: no place, no camera, no hidden data.

    The same picture again gives the same digest.
    """
    return Picture.model_validate(house.drafts.add_picture(asking, file.file.read(), file_name(file)))


@router.get(
    "/pictures/{digest}",
    summary="Download a picture",
    response_class=Response,
    responses={200: {"description": "The picture's bytes.", "content": {"image/*": {}}}, **faults(404)},
)
def download_picture(house: House, asking: Asking, digest: str) -> Response:
    """The cleaned bytes. They never change, so they may be kept."""
    with look(house, asking) as scope:
        asset = scope.posts.asset(digest)
    data = house.blobs.get(asking.practice_id, asset.digest)
    return Response(data, media_type=asset.media_type, headers={"Cache-Control": FOREVER})


def file_name(file: UploadFile) -> str:
    """The name that the person knows the file by, without what no database keeps."""
    return "".join(letter for letter in file.filename or "" if letter.isprintable())
