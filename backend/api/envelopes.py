"""Read the picture in a request: the body itself, or the one file of a form. Other requests are refused with a sentence
that says what they contain."""

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
    """A file as the client sent it, and the text fields of the form around it."""

    data: bytes
    fields: dict[str, str]


async def sent_picture(request: Request, *fields: str) -> SentPicture:
    """Return the picture in a request. `fields` names the text fields that a form may have beside its file.

    Raises ApiError for a form that has other fields, no file or several files, and for a body that curl -d damaged.
    """
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
        holds = f"The form's field {name!r} contains text, not a file." if texts else "The form contains no file."
        raise _refused_form("file", f"{holds} With curl, write -F {name}=@photo.jpg.")
    if len(files) > 1:
        raise _refused_form("file", f"The form contains {len(files)} files. Send each file in a separate request.")
    for name in texts:
        if name not in fields:
            raise _refused_form(shorten(name), f"{shorten(name)!r} is not a field of this form.")
    return SentPicture(await files[0].read(), texts)


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
