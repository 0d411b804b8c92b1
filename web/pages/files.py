"""The files of a form."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from store.uploads import Upload


async def files(request: Request) -> list[Upload]:
    """The files of this request's form, in order; the empty field of a browser is none."""
    return [
        Upload(field, _plain(value.filename), await value.read())
        for field, value in (await request.form()).multi_items()
        if isinstance(value, UploadFile) and value.filename
    ]


def _plain(name: str) -> str:
    """The name that the person knows the file by, without what no database keeps."""
    return "".join(letter for letter in name if letter.isprintable())


SentFiles = Annotated[list[Upload], Depends(files)]
