"""The job documents in pictures. Every PNG that Inlay makes contains the document of its job."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json

from backend.api.auth import Caller
from backend.api.envelopes import sent_picture
from backend.api.errors import ApiError, problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.job import Job
from backend.store.pictures import PictureError, UnknownFormat
from backend.store.pictures.documents import carried_document
from backend.store.pictures.png import is_one

router = APIRouter(route_class=Guarded, prefix="/api/documents", tags=["jobs"])
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A PNG that Inlay made. Another program may have saved it again, if that program kept the "
        "PNG's text chunks.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", operation_id="readDocument", openapi_extra=_BODY, responses=problems(400, 408, 413, 415, 422))
async def read(request: Request, inlay: Inlay, owner: Caller) -> Job:
    """Read the job document in a picture. The server stores nothing and runs nothing. To make the picture again, send
    the document to `/api/jobs`, with or without changes."""
    async with sent_picture(request, inlay.arriving, owner) as sent:
        return await inlay.decoding.take(lambda: _document(sent.read()))


def _document(picture: bytes) -> Job:
    if not is_one(picture):
        raise UnknownFormat("The file is not a PNG. Only PNGs can contain a job document.")
    text = carried_document(picture)
    if text is None:
        raise ApiError(
            422,
            "invalid",
            "The picture contains no job document. Inlay writes one into each picture; other programs may remove it.",
        )
    try:
        document = from_json(text)
    except ValueError as error:
        raise PictureError(f"The job document in the picture is not valid JSON: {error}.") from error
    try:
        return Job.model_validate(document)
    except ValidationError as error:
        found = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors()]
        raise RequestValidationError(found, body=document) from error
