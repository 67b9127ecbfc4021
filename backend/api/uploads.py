"""Uploads: not in this version. The address answers all the same, so that a client need not guess."""

from fastapi import APIRouter

from backend.api.auth import Caller
from backend.api.errors import ApiError, problems

router = APIRouter(prefix="/api/uploads", tags=["uploads"])


@router.post("", operation_id="createUpload", status_code=201, responses=problems(413, 501))
def refuse(_: Caller) -> None:
    """Masks and pose pictures come with a later version: this one always answers 501."""
    raise ApiError(
        501, "uploads", "This version takes no uploads. Draw regions as boxes, which are part of the job's document."
    )
