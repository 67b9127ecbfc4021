"""The settings of the API. No other module of this process reads the environment (variables `INLAY_...`)."""

import ipaddress
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import ByteSize, Field, field_validator
from pydantic_settings import NoDecode

from backend.contracts.access import Scope
from backend.graph import Limits
from backend.settings import CHECKOUT, SharedSettings
from backend.store.limits import OwnerLimits
from backend.store.retention import Rules

PUBLIC_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", re.ASCII)
"""The pattern of the path under which a reverse proxy may show the server. The path is empty at the root."""
_OWN_PATHS = ("/api", "/assets")
_LIMITS = Limits()
SHARED = OwnerLimits(queued=200, bytes=50 * 2**30, uploads=5_000, layouts=2_000)
"""The usual limits of each owner on a server for several people."""
ALONE = OwnerLimits(queued=5_000)
"""The usual limits of each owner on a server on a loopback address without INLAY_API_KEYS."""
LOOPBACK, LOOPBACK_6 = IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""The name of a header of HTTP."""
Commas = Annotated[tuple[str, ...], NoDecode]
"""A list that the environment holds as `one,two`."""


class Settings(SharedSettings):
    """Settings of the API and of the reconciler."""

    host: str = "127.0.0.1"
    """Address to listen on. Without users and keys it must be a loopback address."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on; with 0 the operating system chooses a free one. `make run` also reads `PORT`."""

    public_url: str | None = None
    """Address under which browsers reach the studio, such as `https://inlay.example.org`, or
    `https://example.org/inlay` behind a proxy that shows it under a path. The server accepts requests to this name and
    from its pages. Links begin with its path."""

    allowed_origins: Commas = ()
    """Other sites whose pages may use the API (CORS), such as `https://one.example,https://two.example`."""

    api_keys: Annotated[dict[str, str], NoDecode, Field(repr=False)] = {}
    """Further keys, besides those in the database, as `owner:digest,owner:digest`. A digest is the SHA-256 of a key;
    `inlay key OWNER` makes a key and prints its entry. Such a key has the scope `submit`, and is revoked by taking it
    out and starting the server again. [access.md](access.md) explains keys."""

    session_hours: Annotated[float, Field(gt=0, le=8760)] = 168.0
    """Hours after which a browser must sign in again."""

    rate_limit: str = "3000/minute"
    """Most requests of one key, as `3000/minute`, or several limits as `100/second; 3000/minute`. 0 is no limit. With
    Redis, all processes count together."""

    wrong_key_limit: str = "20/minute"
    """Most wrong keys from one address, in the same form. 0 is no limit."""

    share_links: bool = True
    """Owners may share jobs and saved layouts by links, which need no key. [access.md](access.md) explains them."""

    audit_days: Annotated[float, Field(gt=0)] = 365.0
    """Days that the audit log keeps what was done. The reconciler needs the same value."""

    retention_days: Annotated[float, Field(ge=0)] = 0.0
    """Days after which jobs that have ended go to the trash. Favourites, jobs with tags and shared jobs stay. 0: never.
    The reconciler reads this."""

    retention_bytes: Annotated[ByteSize, Field(ge=0)] = ByteSize(0)
    """Space for what the jobs of one owner keep: pictures, frames, checkpoints of stopped jobs, and the uploads that go
    with them, as `20GiB`. If an owner keeps more, the oldest jobs go to the trash. Favourites, jobs with tags and
    shared jobs stay, and so do saved layouts; uploads that they name do not count. 0 is no limit. The reconciler reads
    this."""

    trash_days: Annotated[float, Field(ge=0)] = 1.0
    """Days that jobs stay in the trash before they are deleted with their pictures. The reconciler reads this."""

    proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = (LOOPBACK, LOOPBACK_6)
    """Addresses of the reverse proxies in front of this server, such as `10.0.0.2,10.1.0.0/16`. Of their requests, the
    headers `X-Forwarded-For` and `X-Forwarded-Proto` count. Anybody else's are ignored. `none` names no proxy."""

    sign_in_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Addresses of the reverse proxies that sign users in, such as oauth2-proxy or Authelia at `10.0.0.2`. Of their
    requests, the next two headers count. If empty, these headers are ignored. [access.md](access.md) explains it."""

    sign_in_user_header: HeaderName = "X-Forwarded-User"
    """Header in which such a proxy names the user: `Remote-User` for Authelia, `X-Forwarded-Email` for e-mail
    addresses."""

    sign_in_groups_header: HeaderName = "X-Forwarded-Groups"
    """Header in which such a proxy names the user's groups, with commas between them: `Remote-Groups` for Authelia."""

    sign_in_scopes: Annotated[dict[str, Scope], NoDecode] = {"*": "submit"}
    """Scopes of the members of groups, as `artists:submit,admins:admin`. `*` stands for everybody whom the proxy signs
    in. The widest scope of a user's groups counts. A user with none is refused."""

    head_seconds: Annotated[float, Field(gt=0)] = 10.0
    """Longest time, in seconds, that the head of a request may take."""

    body_seconds: Annotated[float, Field(gt=0)] = 30.0
    """Longest time, in seconds, that the body of a request may take, with one second more for each 4 KiB that came."""

    send_seconds: Annotated[float, Field(gt=0)] = 60.0
    """Seconds after which a connection is cut whose client takes nothing of an answer."""

    max_address_connections: Annotated[int, Field(ge=0)] = 1_000
    """Most connections of one address that may be open at the same time, with its streams. An IPv6 network of 64 bits
    counts as one address. Each process counts for itself. 0 is no limit."""

    max_key_connections: Annotated[int, Field(ge=0)] = 600
    """Most requests and streams of one key that may be open at the same time. Each process counts for itself. 0 is no
    limit."""

    max_new_streams: Annotated[int, Field(ge=0)] = 250
    """Most websockets of one address that have not shown a ticket yet. 0 is no limit."""

    max_arriving_bytes: Annotated[ByteSize, Field(ge=0)] = ByteSize(2 * 2**30)
    """Most bytes of uploads that one process holds on disk while they arrive. One owner may fill half of it. 0 is no
    limit."""

    frontend: Path = CHECKOUT / "frontend/dist"
    """Folder of the built studio. If it does not exist, the server answers only the REST API and the stream."""

    max_patches: Annotated[int, Field(ge=0)] = _LIMITS.max_patches
    """Maximum number of patches in one regions layout."""

    max_pixels: Annotated[int, Field(ge=1)] = _LIMITS.max_pixels
    """Maximum number of pixels of a canvas, and of an upload."""

    max_steps: Annotated[int, Field(ge=1)] = _LIMITS.max_steps
    """Maximum number of denoising steps of a job."""

    max_views: Annotated[int, Field(ge=1)] = _LIMITS.max_views
    """Maximum number of views that one step may denoise. It is never above 255, because a preview frame names its node
    in one byte."""

    max_cost: Annotated[int, Field(ge=1)] = _LIMITS.max_cost
    """Maximum number of view-forwards of a job. A view-forward is one pass of one view through the denoiser; all steps,
    rounds and images count."""

    max_frames_bytes: Annotated[ByteSize, Field(ge=0)] = ByteSize(_LIMITS.max_frames_bytes)
    """Maximum space for the kept frames of one job, as `256MiB`. The server estimates it from the job document before
    it accepts the job."""

    max_queued: Annotated[int, Field(ge=0)] | None = None
    """Maximum number of queued jobs of one owner. 0 is no limit. If unset, it is 5,000 on a loopback address
    without INLAY_API_KEYS, and 200 otherwise."""

    max_cost_per_hour: Annotated[int, Field(ge=0)] = 0
    """Maximum cost of the jobs that one owner queues within an hour, in view-forwards. Jobs take from an allowance of
    this size, and it fills up again evenly within an hour. 0 is no limit."""

    max_owner_bytes: Annotated[ByteSize, Field(ge=0)] | None = None
    """Maximum space for the pictures, the frames, the checkpoints of stopped jobs and the uploads of one owner, as
    `50GiB`. A new job is also refused if this space would be full once the owner's queued and running jobs have ended;
    the server estimates what these will keep from earlier jobs, so an owner may end somewhat above the limit. 0 is no
    limit. If unset, there is no limit on a loopback address without INLAY_API_KEYS, and 50 GiB otherwise."""

    max_uploads: Annotated[int, Field(ge=0)] | None = None
    """Maximum number of uploads of one owner. 0 is no limit. If unset, there is no limit on a loopback address
    without INLAY_API_KEYS, and 5,000 otherwise."""

    max_layouts: Annotated[int, Field(ge=0)] | None = None
    """Maximum number of saved layouts of one owner. 0 is no limit. If unset, there is no limit on a loopback
    address without INLAY_API_KEYS, and 2,000 otherwise."""

    max_wait_seconds: Annotated[float, Field(ge=0, le=300)] = 60.0
    """Longest time, in seconds, that `Prefer: wait=N` may hold a request."""

    webhook_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks besides the public internet that webhooks may reach, such as `127.0.0.0/8,10.1.0.0/16`."""

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _listed(value) if isinstance(value, str) else value

    @field_validator("proxies", "sign_in_proxies", "webhook_networks", mode="before")
    @classmethod
    def _are_networks(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return [] if value.strip() == "none" else [_network(part) for part in _listed(value)]

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if not parts.scheme or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(f"{origin!r} is not an origin; write it as https://studio.example.org")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts, example = urlsplit(value), "write it as https://inlay.example.org or https://example.org/inlay"
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{value!r} is not the address of a site; {example}")
        path = parts.path.rstrip("/")
        if PUBLIC_PATH.fullmatch(path) is None:
            raise ValueError(f"the path {path!r} may have only letters, digits and '-', '.', '_', '~'; {example}")
        if path in _OWN_PATHS:
            raise ValueError(f"the server uses the path {path} itself; {example}")
        return value.rstrip("/")

    @field_validator("rate_limit", "wrong_key_limit")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        if value.strip() in ("", "0"):
            return ""
        try:
            parse_many(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is not a limit; write it as 3000/minute, or as 0 for no limit") from error
        return value.strip()

    @field_validator("sign_in_scopes", mode="before")
    @classmethod
    def _by_group(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.rpartition(":") for part in value.split(",") if part.strip()]
        return {group.strip(): scope.strip() for group, _, scope in pairs}

    @field_validator("api_keys", mode="before")
    @classmethod
    def _keys_by_digest(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
        return {digest: owner for owner, _, digest in pairs}

    @field_validator("api_keys")
    @classmethod
    def _are_digests(cls, value: dict[str, str]) -> dict[str, str]:
        for digest, owner in value.items():
            if len(digest) != 64 or set(digest) - set("0123456789abcdef") or not 0 < len(owner) <= 64:
                raise ValueError(
                    "write it as owner:digest,owner:digest, where a digest is the SHA-256 of a key in 64 lower-case "
                    "hexadecimal digits; `inlay key OWNER` makes a key and its entry"
                )
        return value

    @property
    def may_be_open(self) -> bool:
        """True if the server asks nobody for a key as long as the database has no user."""
        return not self.api_keys and not self.sign_in_proxies and is_loopback(self.host)

    @property
    def owner_limits(self) -> OwnerLimits:
        """The limits of each owner."""
        usual = ALONE if self.may_be_open else SHARED

        def limit(given: int | None, default: int | None) -> int | None:
            return (default if given is None else given) or None

        return OwnerLimits(
            queued=limit(self.max_queued, usual.queued),
            running=limit(self.max_running, None),
            cost_per_hour=limit(self.max_cost_per_hour, None),
            bytes=limit(self.max_owner_bytes, usual.bytes),
            uploads=limit(self.max_uploads, usual.uploads),
            layouts=limit(self.max_layouts, usual.layouts),
        )

    @property
    def retention(self) -> Rules:
        """How long jobs stay."""
        return Rules(self.retention_days or None, self.retention_bytes or None, self.trash_days)

    @property
    def limits(self) -> Limits:
        return Limits(
            self.max_patches, self.max_pixels, self.max_steps, self.max_views, self.max_cost, self.max_frames_bytes
        )


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        said = f"{error}" if "host bits" in str(error) else f"{text!r} is not an address or a network"
        raise ValueError(f"{said}; write it as 10.0.0.2, ::1 or 10.1.0.0/16") from None


def is_loopback(host: str) -> bool:
    """Return True if other machines cannot reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
