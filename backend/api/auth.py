"""The owner behind a request: its API key names one. On a server without keys, everybody is the owner "local".

A key is 256 random bits, so its plain SHA-256 can be kept in the settings; `inlay key OWNER` makes one.
"""

import hashlib
import secrets
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.api.errors import ApiError
from backend.api.services import Inlay

LOCAL = "local"  # the owner of everything on a server without keys
_bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key; not needed on a server without keys."
)


async def caller(inlay: Inlay, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """Return the owner of the request's key. Raise ApiError 401 if the key is missing or unknown."""
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
