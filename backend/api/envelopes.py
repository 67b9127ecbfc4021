"""The picture in a request: the body itself, or the one file of a form; and sentences for what is neither."""

import re
from typing import NamedTuple

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from backend.api.errors import ApiError, FieldError, media_type_of
from backend.api.validation_messages import shorten

_HOW = "Send the picture as the body (curl --data-binary @photo.jpg) or in a form (curl -F file=@photo.jpg)."
_MOST_PARTS = 16
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")
_FIELDS = re.compile(rb"[\w.%+\[\]-]{1,64}=")


class SentPicture(NamedTuple):
    """A file as it was sent, and the text fields of the form around it."""

    data: bytes
    fields: dict[str, str]


async def sent_picture(request: Request, *fields: str) -> SentPicture:
    """The picture that a request carries. A form may have these text fields beside its file. ApiError for a form with
    other fields, without a file or with several, and for a body that a client has damaged."""
    media_type = media_type_of(request)
    if media_type == "multipart/form-data":
        try:
            async with request.form(max_files=_MOST_PARTS, max_fields=_MOST_PARTS) as form:
                return await _only_file(form, fields)
        except HTTPException as error:
            raise ApiError(400, "form", f"The form cannot be read: {error.detail.rstrip('.')}. {_HOW}") from error
    data = await request.body()
    if media_type == "application/x-www-form-urlencoded":
        _check_urlencoded(data)
    return SentPicture(data, {})


async def _only_file(form: FormData, fields: tuple[str, ...]) -> SentPicture:
    files, texts = [], {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.append(value)
        else:
            texts[name] = value
    if not files:
        name = shorten(next(iter(texts), "file"))
        holds = f"The form's field {name!r} holds text, not a file." if texts else "The form is empty."
        raise _refused_form("file", f"{holds} With curl, write -F {name}=@photo.jpg.")
    if len(files) > 1:
        raise _refused_form("file", f"The form holds {len(files)} files. Send each in a request of its own.")
    for name in texts:
        if name not in fields:
            raise _refused_form(shorten(name), f"{shorten(name)!r} is not a field of this form.")
    return SentPicture(await files[0].read(), texts)


def _refused_form(field: str, detail: str) -> ApiError:
    return ApiError(422, "invalid", detail, [FieldError(location=[field], message=detail)])


def _check_urlencoded(data: bytes) -> None:
    """ApiError for form fields, and for a picture that `curl -d` sent: it takes line ends and zero bytes away. (A whole
    picture comes under this media type too, since curl --data-binary names no other.)"""
    if data.startswith(_PICTURES) and not re.search(rb"[\0\r\n]", data):
        raise ApiError(
            415, "media-type", f"The picture was damaged by curl -d on its way, which takes bytes away. {_HOW}"
        )
    if data.isascii() and _FIELDS.match(data):
        raise ApiError(415, "media-type", f"The body holds the fields of a form, and no picture. {_HOW}")
