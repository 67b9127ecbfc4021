"""Who makes a request, and what they may do.

An API key belongs to an owner and has a scope. Keys are in the database (`inlay keys`) or in the setting
INLAY_API_KEYS. A server on a loopback address that knows neither users nor keys asks nobody for a key: then everybody
is the owner "local", who may do everything.

A browser exchanges a key for a cookie (`backend.api.session`), or a reverse proxy signs its user in
(`backend.api.proxied`).
"""

from collections.abc import Collection, Mapping
from typing import Annotated

import structlog
from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request

from backend.api.addresses import address_of, counted_as
from backend.api.errors import ApiError
from backend.api.proxied import proxied
from backend.api.services import Services
from backend.api.settings import Settings
from backend.contracts.access import Scope, includes
from backend.store.credentials import Credential, Credentials, KeyRefused, is_strong
from backend.store.errors import Conflict

log = structlog.get_logger(__name__)
LOCAL = Credential(owner="local", scope="admin")
COOKIE = "inlay_session"
OWN_PAGE = "X-Inlay-Request"
_READING = frozenset({"GET", "HEAD"})
_SCHEME = "bearer"
_bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key. A server without keys does not need one."
)
_MAY = {
    "read": "look at what belongs to its owner",
    "submit": "look at and change what belongs to its owner",
    "admin": "do everything",
}


def is_open(settings: Settings, credentials: Credentials) -> bool:
    """Return True if the server asks nobody for a key."""
    return settings.may_be_open and not credentials.any_users()


def still_accepted(settings: Settings, credentials: Credentials, shown: Collection[Credential]) -> set[Credential]:
    """Return those of the credentials that would still be accepted. Callers whom nobody asked for a key are accepted
    until the server has a user."""
    valid = credentials.valid(shown)
    return valid - {LOCAL} if LOCAL in valid and not is_open(settings, credentials) else valid


async def admit(request: Request) -> Credential:
    """Return the credential of a request. Raises ApiError 401 if it shows none that opens anything, and 429 if there
    were too many requests."""
    return await run_in_threadpool(_identify, request.app.state.services, request)


def _identify(inlay: Services, request: Request) -> Credential:
    if is_open(inlay.settings, inlay.credentials):
        return LOCAL
    named = proxied(inlay.settings, request)
    if named is not None:
        return _accepted_from_proxy(inlay, request, named)
    key, session = _shown_key(request.headers), session_of(request)
    if key is not None:
        return accepted(inlay, request, key)
    if session is None:
        raise _unauthorised("Send an API key in the header Authorization: Bearer KEY.")
    _check_own_page(request)
    try:
        caller = inlay.credentials.of_session(session)
    except KeyRefused as refused:
        raise _unauthorised(str(refused)) from refused
    inlay.rates.count(caller)
    return caller


def _accepted_from_proxy(inlay: Services, request: Request, named: Credential) -> Credential:
    """Return the credential of a user whom a proxy has signed in. The proxy knows them by a cookie, so the same holds
    as for our own."""
    _check_own_page(request)
    if not inlay.credentials.valid([named]):
        raise _unauthorised(f"{named.owner} is disabled on this server. Ask an admin of this server.")
    inlay.rates.count(named)
    return named


def _shown_key(headers: Mapping[str, str]) -> str | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == _SCHEME and key.strip() else None


def session_of(request: Request) -> str | None:
    """Return the secret of the browser's sign-in that a request brings."""
    return request.cookies.get(cookie_of(request)) or None


def cookie_of(request: Request) -> str:
    """Return the name of the cookie for the address that the browser used. Browsers send a host's cookies to all of its
    ports, and those of a path to the paths below, so servers with the same host have cookies of other names."""
    port, path = request.url.port, request.scope.get("root_path", "")
    return "_".join([COOKIE, *([str(port)] if port else []), *path.split("/")[1:]])


def _check_own_page(request: Request) -> None:
    """Raise ApiError 403 if a request that changes something, and that a cookie speaks for, may come from a page of
    another site. `backend.api.middleware` has checked its Origin."""
    if request.method not in _READING and not request.headers.get(OWN_PAGE):
        raise ApiError(
            403,
            "cross-site",
            f"A browser that is signed in must send the header {OWN_PAGE} with requests that change something.",
        )


def accepted(inlay: Services, request: Request, key: str) -> Credential:
    """Return the credential of a key, and count the request. Raises ApiError 401 if the key opens nothing.

    An address that has shown too many wrong keys gets 429, and keys that somebody could guess are not looked at then.
    Generated keys still are, so nobody can lock out the others behind the same address.
    """
    address = address_of(request)
    if not is_strong(key):
        inlay.rates.check_wrong(counted_as(address))
    try:
        caller = inlay.credentials.of_key(key)
    except KeyRefused as refused:
        log.warning("key_refused", address=address)
        inlay.metrics.keys_refused.inc()
        inlay.rates.count_wrong(counted_as(address))
        raise _unauthorised(str(refused), error="invalid_token") from refused
    inlay.rates.count(caller)
    return caller


def check_has_keys(inlay: Services) -> None:
    """Raise Conflict if this server asks nobody for a key: its first user must be made with a key, on the server."""
    if is_open(inlay.settings, inlay.credentials):
        raise Conflict(
            "This server asks nobody for a key, and would ask everybody once it has a user. Make the first user and a "
            "key on the server, with `inlay users add` and `inlay keys add --scope admin`."
        )


def _unauthorised(detail: str, error: str | None = None) -> ApiError:
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return ApiError(401, "unauthorised", detail, headers={"WWW-Authenticate": challenge})


def check_scope(caller: Credential, needed: Scope) -> None:
    """Raise ApiError 403 if the caller's key does not have the scope that is needed."""
    if includes(caller.scope, needed):
        return
    raise ApiError(
        403,
        "scope",
        f"This key has the scope {caller.scope}: it may {_MAY[caller.scope]}. This request needs a key with the scope "
        f"{needed}.",
        headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'},
    )


def may_manage_all(caller: Credential) -> bool:
    """Return True if the caller may see and change what belongs to others."""
    return includes(caller.scope, "admin")


def _caller(
    connection: HTTPConnection, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Credential:
    return connection.state.caller


def _owner(caller: Annotated[Credential, Depends(_caller)]) -> str:
    return caller.owner


def reach_of(caller: Credential) -> str | None:
    """Return the owner whose jobs the caller may use, or None if they may use everybody's."""
    return None if may_manage_all(caller) else caller.owner


def _reach(caller: Annotated[Credential, Depends(_caller)]) -> str | None:
    return reach_of(caller)


Identity = Annotated[Credential, Depends(_caller)]
"""Who makes the request. `backend.api.scopes` has checked it already."""
Caller = Annotated[str, Depends(_owner)]
"""The owner who makes the request."""
Reach = Annotated[str | None, Depends(_reach)]
"""The owner whose jobs the request may use; None, for an admin: the jobs of all owners."""
