"""Read the picture in a request: the body itself, or the one file of a form. Other requests are refused with a sentence
that says what they contain."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import IO, NamedTuple

from anyio import SpooledTemporaryFile
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from backend.api.arriving import Arriving, counted
from backend.api.errors import ApiError, FieldError, media_type_of
from backend.api.spooled import SPOOLED, writing
from backend.api.validation_messages import shorten

_HOW = "Send the picture as the body (curl --data-binary @photo.jpg) or in a form (curl -F file=@photo.jpg)."
_MOST_PARTS = 16
_MOST_TEXT = 4096  # bytes of a text field
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")
_FIELDS = re.compile(rb"[\w.%+\[\]-]{1,64}=")


class SentPicture(NamedTuple):
    """A file as the client sent it, and the text fields of the form around it."""

    file: IO[bytes]
    fields: dict[str, str]
    media_type: str

    def read(self) -> bytes:
        """Return the file's bytes. Raises ApiError for a body that curl -d damaged."""
        data = self.file.read()
        if self.media_type == "application/x-www-form-urlencoded":
            _check_urlencoded(data)
        return data


@asynccontextmanager
async def sent_picture(request: Request, arriving: Arriving, owner: str, *fields: str) -> AsyncIterator[SentPicture]:
    """Receive the picture in a request, and keep it in a temporary file for the length of the block. `fields` names the
    text fields that a form may have beside its file.

    Raises ApiError for a form that has other fields, no file or several files, and if there is no room for the body.
    """
    media_type = media_type_of(request)
    with arriving.counting(owner) as take:
        async with aclosing(request.stream()) as stream:
            body = counted(stream, take)
            if media_type == "multipart/form-data":
                form = await _form(request, body)
                try:
                    yield _only_file(form, fields, media_type)
                finally:
                    await form.close()
                return
            async with SpooledTemporaryFile[bytes](max_size=SPOOLED) as file:
                with writing():
                    async for part in body:
                        await file.write(part)
                    await file.seek(0)
                yield SentPicture(file.wrapped, {}, media_type)


async def _form(request: Request, body: AsyncGenerator[bytes]) -> FormData:
    parser = MultiPartParser(
        request.headers, body, max_files=_MOST_PARTS, max_fields=_MOST_PARTS, max_part_size=_MOST_TEXT
    )
    parser.spool_max_size = SPOOLED
    try:
        with writing():
            return await parser.parse()
    except MultiPartException as error:
        raise ApiError(400, "form", f"The form cannot be read: {error.message.rstrip('.')}. {_HOW}") from error


def _only_file(form: FormData, fields: tuple[str, ...], media_type: str) -> SentPicture:
    files, texts = [], {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.append(value)
        else:
            texts[name] = value
    if not files:
        name = shorten(next(iter(texts), "file"))
        holds = f"The form's field {name!r} contains text, not a file." if texts else "The form contains no file."
        raise _refused_form("file", f"{holds} With curl, write -F {name}=@photo.jpg.")
    if len(files) > 1:
        raise _refused_form("file", f"The form contains {len(files)} files. Send each file in a separate request.")
    for name in texts:
        if name not in fields:
            raise _refused_form(shorten(name), f"{shorten(name)!r} is not a field of this form.")
    return SentPicture(files[0].file, texts, media_type)


def _refused_form(field: str, detail: str) -> ApiError:
    return ApiError(422, "invalid", detail, [FieldError(location=[field], message=detail)])


def _check_urlencoded(data: bytes) -> None:
    """Raise ApiError if the body holds form fields, or a picture that `curl -d` damaged. (It removes line ends and zero
    bytes.)

    An undamaged picture may also come with this media type, because curl --data-binary sends it by default.
    """
    if data.startswith(_PICTURES) and not re.search(rb"[\0\r\n]", data):
        raise ApiError(415, "media-type", f"curl -d has removed bytes from the picture and damaged it. {_HOW}")
    if data.isascii() and _FIELDS.match(data):
        raise ApiError(415, "media-type", f"The body contains form fields and no picture. {_HOW}")
