"""The settings of the API. No other module of this process reads the environment (variables `INLAY_...`)."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import ByteSize, Field, field_validator, model_validator
from pydantic_settings import NoDecode

from backend.graph import Limits
from backend.settings import CHECKOUT, SharedSettings

PUBLIC_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", re.ASCII)
"""The pattern of the path under which a reverse proxy may show the server. The path is empty at the root."""
_OWN_PATHS = ("/api", "/assets")
_LIMITS = Limits()
Commas = Annotated[tuple[str, ...], NoDecode]
"""A list that the environment holds as `one,two`."""


class Settings(SharedSettings):
    """Settings of the API and of the reconciler."""

    host: str = "127.0.0.1"
    """Address to listen on. Without API keys it must be a loopback address. `make run` also reads `HOST`."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on; with 0 the operating system chooses a free one. `make run` also reads `PORT`."""

    public_url: str | None = None
    """Address under which browsers reach the studio, such as `https://inlay.example.org`, or
    `https://example.org/inlay` behind a proxy that shows it under a path. The server accepts requests to this name and
    from its pages. Links begin with its path."""

    allowed_origins: Commas = ()
    """Other sites whose pages may use the API (CORS), such as `https://one.example,https://two.example`."""

    api_keys: Annotated[dict[str, str], NoDecode, Field(repr=False)] = {}
    """The owners who may use the API, as `owner:digest,owner:digest`. A digest is the SHA-256 of a key; `inlay key
    OWNER` makes a key and prints its entry. Without keys, everybody who reaches the server is the owner `local`."""

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

    max_queued: Annotated[int, Field(ge=1)] = 200
    """Maximum number of queued jobs, of all owners together. When it is reached, `POST /api/jobs` answers 429."""

    max_wait_seconds: Annotated[float, Field(ge=0, le=300)] = 60.0
    """Longest time, in seconds, that `Prefer: wait=N` may hold a request."""

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

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

    @model_validator(mode="after")
    def _public_needs_keys(self) -> Self:
        if not self.api_keys and not is_loopback(self.host):
            raise ValueError(
                f"without API keys everybody who reaches {self.host} could read and delete all jobs; "
                "set INLAY_API_KEYS (`inlay key OWNER` makes one), or bind 127.0.0.1"
            )
        return self

    @property
    def limits(self) -> Limits:
        return Limits(
            self.max_patches, self.max_pixels, self.max_steps, self.max_views, self.max_cost, self.max_frames_bytes
        )


def is_loopback(host: str) -> bool:
    """Return True if other machines cannot reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
