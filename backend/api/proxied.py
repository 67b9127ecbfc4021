"""Sign-ins that a reverse proxy has done: oauth2-proxy, Authelia and others name the user and the groups in headers.

The headers count only in requests whose connection comes from an address in the settings, which no client can choose.
Anybody else's are ignored. The proxy must delete them from the requests of its own clients.
"""

import ipaddress
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from backend.api.errors import ApiError
from backend.api.settings import Settings
from backend.contracts.access import SCOPES, Scope, UserName
from backend.store.credentials import Credential

EVERY_GROUP = "*"
_user = TypeAdapter[str](UserName)


def proxied(settings: Settings, request: Request) -> Credential | None:
    """Return the credential of a user whom the proxy has signed in, or None if no proxy names one. Raises ApiError 401
    for a name that cannot be used, and 403 if none of the user's groups may use the server."""
    if not settings.sign_in_proxies or not _comes_from_one(settings, request):
        return None
    name = _only(request, settings.sign_in_user_header)
    if not name:
        return None
    try:
        _user.validate_python(name)
    except ValidationError as error:
        raise ApiError(
            401,
            "proxy",
            f"The proxy names the user {name[:40]!r} in {settings.sign_in_user_header}, which is no name for a user "
            "here. INLAY_SIGN_IN_USER_HEADER can name another header, such as the one with the e-mail address.",
        ) from error
    scope = _scope_of(_only(request, settings.sign_in_groups_header), settings.sign_in_scopes)
    if scope is None:
        raise ApiError(403, "groups", f"None of the groups of {name} may use this server. Ask an admin.")
    return Credential(owner=name, scope=scope, proxy=True)


def _comes_from_one(settings: Settings, request: Request) -> bool:
    """Return True if the connection comes from one of the proxies. `state.peer` is its address, whatever the headers
    say."""
    peer = getattr(request.state, "peer", None) or (request.client.host if request.client else "")
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in settings.sign_in_proxies)


def _only(request: Request, header: str) -> str:
    """Return the value of a header, or an empty text. Raises ApiError 401 if there are several: a client may have sent
    one of them."""
    values = request.headers.getlist(header)
    if len(values) > 1:
        raise ApiError(
            401, "proxy", f"The request has the header {header} more than once. The proxy must replace a client's own."
        )
    return values[0].strip() if values else ""


def _scope_of(groups: str, scopes: Mapping[str, Scope]) -> Scope | None:
    """Return the widest scope that one of the groups has, or None if none has one."""
    names = {EVERY_GROUP, *(group.strip() for group in groups.split(","))}
    found = {scopes[name] for name in names if name in scopes}
    return next((scope for scope in reversed(SCOPES) if scope in found), None)
