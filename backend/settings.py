"""The settings that all processes of one Inlay share.

Each process reads its environment (variables `INLAY_...`) in one place, its own subclass of `SharedSettings`. The
docstring of a setting is its text in docs/settings.md, which `python -m scripts.settings` writes.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.logs import Format, Level
from backend.store.images import Images
from backend.traces import can_trace

CHECKOUT = Path(__file__).parents[1]
"""The folder that holds Inlay's code, the bundled models and the built studio."""


class SharedSettings(BaseSettings):
    """Settings of the API, the reconciler and the worker."""

    model_config = SettingsConfigDict(env_prefix="INLAY_", frozen=True, extra="forbid", use_attribute_docstrings=True)

    data: Path = Path("data")
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


def _clear(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
