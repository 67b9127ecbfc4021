"""Job documents that pictures carry: every picture that Inlay makes holds the one it was made from."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller
from backend.api.envelopes import sent_picture
from backend.api.errors import ApiError, problems
from backend.contracts.job import Job
from backend.store.pictures import PictureError, UnknownFormat
from backend.store.pictures.documents import carried_document
from backend.store.pictures.png import is_one

router = APIRouter(prefix="/api/documents", tags=["jobs"])
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A picture that Inlay made, as a PNG. Another program may have saved it again, if it kept the "
        "picture's texts.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", operation_id="readDocument", openapi_extra=_BODY, responses=problems(400, 413, 415, 422))
async def read(request: Request, _: Caller) -> Job:
    """Read the job document that a picture carries. Nothing is kept and nothing is run: send the document to
    `/api/jobs` to make the picture again, as it is or with changes."""
    return await run_in_threadpool(_document, (await sent_picture(request)).data)


def _document(picture: bytes) -> Job:
    if not is_one(picture):
        raise UnknownFormat("The file is no PNG picture; only PNGs carry a job document.")
    text = carried_document(picture)
    if text is None:
        raise ApiError(
            422,
            "invalid",
            "The picture carries no job document. Pictures that Inlay made carry one, until a program removes it.",
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
