"""Pictures that never change: how long a browser may keep one, and whether it has it."""

from starlette.requests import Request

FOREVER = "private, max-age=31536000, immutable"


def is_known(tag: str, request: Request) -> bool:
    """Whether the client says that it has the picture of this entity tag (If-None-Match)."""
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    return tag in known or "*" in known
