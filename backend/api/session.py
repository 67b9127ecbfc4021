"""A browser's sign-in: a key is exchanged for a cookie, which scripts cannot read.

The cookie is sent to this server only by its own pages (SameSite=Strict). A request that changes something must also
bring the header X-Inlay-Request, which other sites' pages cannot add, and the Origin of this server.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from backend.api.auth import LOCAL, Identity, accepted, cookie_of, is_open, session_of
from backend.api.errors import problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.contracts.access import Scope
from backend.contracts.document import Document
from backend.store.credentials import Credential, digest

router = APIRouter(route_class=Guarded, prefix="/api/session", tags=["access"])


class SignIn(Document):
    """An API key."""

    key: Annotated[str, Field(min_length=1, max_length=200)]


class Session(BaseModel):
    """Who the caller is. `means` says how they showed it: with a key in each request, by a browser's sign-in, by the
    sign-in of a reverse proxy, or not at all, because the server asks nobody for a key."""

    owner: str
    scope: Scope
    means: Literal["key", "browser", "proxy", "none"]


@router.get("", operation_id="getSession", responses=problems())
def get(caller: Identity) -> Session:
    """Say who you are and what you may do."""
    return _shown(caller)


@router.post("", operation_id="signIn", status_code=201, responses=problems(body=True))
async def sign_in(asked: SignIn, request: Request, response: Response, inlay: Inlay) -> Session:
    """Sign a browser in with an API key. The answer sets a cookie; an earlier sign-in of this browser ends."""
    caller, secret = await run_in_threadpool(_begin, inlay, request, asked.key)
    request.state.caller = caller
    if secret is not None:
        response.set_cookie(
            cookie_of(request),
            secret,
            max_age=int(inlay.settings.session_hours * 3600),
            path=_path(request),
            secure=_is_secure(inlay, request),
            httponly=True,
            samesite="strict",
        )
    return _shown(caller)


def _begin(inlay: Services, request: Request, key: str) -> tuple[Credential, str | None]:
    if is_open(inlay.settings, inlay.credentials):
        return LOCAL, None
    accepted(inlay, request, key)
    earlier = session_of(request)
    if earlier is not None:
        inlay.credentials.sign_out(digest(earlier))
    return inlay.credentials.sign_in(key)


@router.delete("", operation_id="signOut", status_code=204, responses=problems())
async def sign_out(request: Request, response: Response, caller: Identity, inlay: Inlay) -> None:
    """End this browser's sign-in, here and on the server."""
    if caller.session is not None:
        await run_in_threadpool(inlay.credentials.sign_out, caller.session)
    response.delete_cookie(
        cookie_of(request), path=_path(request), secure=_is_secure(inlay, request), httponly=True, samesite="strict"
    )
    response.headers["Clear-Site-Data"] = '"cache"'  # pictures that the browser keeps without asking again


def _shown(caller: Credential) -> Session:
    return Session(owner=caller.owner, scope=caller.scope, means=_means(caller))


def _means(caller: Credential) -> Literal["key", "browser", "proxy", "none"]:
    if caller.proxy:
        return "proxy"
    return "browser" if caller.session else "key" if caller.key or caller.entry else "none"


def _path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/"


def _is_secure(inlay: Services, request: Request) -> bool:
    return request.url.scheme == "https" or (inlay.settings.public_url or "").startswith("https://")
