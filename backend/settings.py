"""The settings that all processes of one Inlay share.

Each process reads its environment (variables `INLAY_...`) in one place, its own subclass of `SharedSettings`. The
docstring of a setting is its text in docs/settings.md, which `python -m scripts.settings` writes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from backend.logs import Format, Level
from backend.store.images import Images
from backend.traces import can_trace

CHECKOUT = Path(__file__).parents[1]
"""The folder that holds Inlay's code, the bundled models and the built studio."""
_DATABASES = {"postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite"}


class SharedSettings(BaseSettings):
    """Settings of the API, the reconciler and the worker."""

    model_config = SettingsConfigDict(
        env_prefix="INLAY_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    data: Path = CHECKOUT / "data"
    """Folder for the SQLite database and the pictures, if no other address is set for them. A relative path starts at
    the folder in which the process was started."""

    models: Path = CHECKOUT / "models"
    """Folder that holds the models and adapters."""

    database_url: SecretStr | None = None
    """Address of the database, as `postgresql://user:password@host:5432/inlay`. If unset, Inlay uses the SQLite file
    `inlay.db` in the data folder."""

    redis_url: SecretStr | None = None
    """Address of the Redis database that carries the doorbell (Celery's broker). A deployment needs it; `inlay run`
    does not use it."""

    redis_stream_url: SecretStr | None = None
    """Address of the Redis database that carries hints and previews. If unset, it is the same as `INLAY_REDIS_URL`."""

    images_url: str | None = None
    """Address of the picture store: `file:///folder` or `s3://bucket`. If unset, it is the folder `images` in the data
    folder."""

    s3_endpoint: str | None = None
    """Address of an S3-compatible server. If unset, `s3://` means Amazon S3."""

    s3_region: str = "us-east-1"
    """Region of the S3 bucket."""

    s3_access_key: SecretStr | None = None
    """Access key for the S3 bucket."""

    s3_secret_key: SecretStr | None = None
    """Secret key for the S3 bucket."""

    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    """Seconds that a worker may keep a job without renewing its lease. All processes must use the same value."""

    max_attempts: Annotated[int, Field(ge=1)] = 3
    """Number of times that workers may start a job before it fails. All processes must use the same value."""

    max_running: Annotated[int, Field(ge=0)] = 0
    """Maximum number of jobs of one owner that run at the same time; other jobs of the owner wait. 0 is no limit. All
    processes must use the same value."""

    log_level: Level = "info"
    """The least severe messages that are logged. `inlay run` uses `warning` if nothing is set."""

    log_format: Format = "console"
    """`console` writes lines for people; `json` writes one JSON object in each line."""

    traces_endpoint: str | None = None
    """Address of an OpenTelemetry collector (OTLP over HTTP), as `http://collector:4318/v1/traces`. If unset, nothing
    is traced. It needs `pip install --editable '.[traces]'`."""

    @classmethod
    def read(cls) -> Self:
        """Read the settings. Invalid ones end the process with one sentence each."""
        try:
            return cls()
        except ValidationError as error:
            raise SystemExit("\n".join(f"{name}: {said}" for name, said in faults(error))) from None

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: SecretStr | None) -> SecretStr | None:
        example = "write it as postgresql://user:password@host:5432/inlay"
        if not value:
            return None
        try:
            url = make_url(value.get_secret_value())
        except (ArgumentError, ValueError):
            raise ValueError(f"this is not the address of a database; {example}") from None
        if url.drivername not in _DATABASES:
            raise ValueError(f"{url.drivername}:// is not a database that Inlay can use; {example}")
        if "@" in (url.host or ""):
            raise ValueError("the user or the password has the sign @; write %40 in its place")
        if not 0 < (url.port or 5432) <= 65535:
            raise ValueError(f"{url.port} is not a port; {example}")
        return value

    @field_validator("redis_url", "redis_stream_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if not value:
            return None
        parts = _parts(value.get_secret_value())
        number = parts.path.strip("/") if parts else ""
        if parts is None or parts.scheme not in ("redis", "rediss") or not parts.hostname or number.strip("0123456789"):
            raise ValueError("this is not the address of a Redis database; write it as redis://host:6379/0")
        return value

    @field_validator("images_url")
    @classmethod
    def _is_picture_store(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = _parts(value)
        folder = parts is not None and parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
        bucket = parts is not None and parts.scheme == "s3" and bool(parts.netloc)
        if not folder and not bucket:
            raise ValueError(f"{value!r} is not a picture store; write it as file:///folder or s3://bucket")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _is_server(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = _parts(value)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{value!r} is not the address of a server; write it as https://s3.example.org")
        return value

    @field_validator("traces_endpoint")
    @classmethod
    def _can_trace(cls, value: str | None) -> str | None:
        if not value:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is not an address; write it as http://collector:4318/v1/traces")
        if not can_trace():
            raise ValueError("OpenTelemetry is not installed; run pip install --editable '.[traces]'")
        return value

    @property
    def database(self) -> str:
        return _clear(self.database_url) or f"sqlite:///{self.data / 'inlay.db'}"

    @property
    def redis(self) -> tuple[str, str] | None:
        """The addresses of the broker and of the streams, or None if there is no Redis."""
        broker = _clear(self.redis_url)
        return (broker, _clear(self.redis_stream_url) or broker) if broker else None

    @property
    def images(self) -> str:
        return self.images_url or (self.data / "images").absolute().as_uri()

    def open_images(self) -> Images:
        """Open the picture store that these settings name."""
        return Images(
            self.images,
            endpoint=self.s3_endpoint,
            region=self.s3_region,
            access_key=_clear(self.s3_access_key),
            secret_key=_clear(self.s3_secret_key),
        )


def faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield the name of each invalid setting, and what is wrong with it."""
    for problem in error.errors(include_input=False):
        name = f"INLAY_{problem['loc'][0]}".upper() if problem["loc"] else "settings"
        yield name, problem["msg"].removeprefix("Value error, ")


def _parts(address: str) -> SplitResult | None:
    """Return the parts of an address, or None if it has no form that a client can use."""
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _clear(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
