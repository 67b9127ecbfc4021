"""Authentication: each API key belongs to an owner. On a server without keys, everybody is the owner "local".

A key is 256 random bits, so the settings may hold its plain SHA-256. `inlay key OWNER` makes a key.
"""

import hashlib
import secrets
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.api.errors import ApiError
from backend.api.services import Inlay

LOCAL = "local"  # owns everything on a server without keys
_bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key. A server without keys does not need one."
)


async def caller(inlay: Inlay, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """Return the owner of the request's key. Raises ApiError 401 if the key is missing or unknown."""
    keys = inlay.settings.api_keys
    if not keys:
        return LOCAL
    given = digest(credentials.credentials) if credentials else ""
    for known, owner in keys.items():
        if secrets.compare_digest(known, given):
            return owner
    raise ApiError(
        401,
        "unauthorised",
        "Send a valid API key in the header Authorization: Bearer KEY.",
        headers={"WWW-Authenticate": "Bearer"},
    )


Caller = Annotated[str, Depends(caller)]


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    return f"inlay_{secrets.token_urlsafe(32)}"
