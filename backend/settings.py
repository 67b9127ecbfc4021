"""What every process of one Inlay must agree on: where the data is, and how long a job is somebody's.

A process reads its environment (variables `INLAY_...`) in one place, its own subclass of `SharedSettings`.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.logs import Format, Level
from backend.store.images import Images


class SharedSettings(BaseSettings):
    """`data` holds what has no address of its own: the SQLite database and the pictures of the embedded mode.
    `redis_url` is the doorbell's broker, `redis_stream_url` a Redis database for hints and previews."""

    model_config = SettingsConfigDict(env_prefix="INLAY_", frozen=True, extra="forbid")

    data: Path = Path("data")
    models: Path = Path("models")
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    redis_stream_url: SecretStr | None = None
    images_url: str | None = None
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None

    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    max_attempts: Annotated[int, Field(ge=1)] = 3
    log_level: Level = "info"
    log_format: Format = "console"

    @property
    def database(self) -> str:
        return _clear(self.database_url) or f"sqlite:///{self.data / 'inlay.db'}"

    @property
    def redis(self) -> tuple[str, str] | None:
        """The addresses of the broker and of the streams; None where there is no Redis."""
        broker = _clear(self.redis_url)
        return (broker, _clear(self.redis_stream_url) or broker) if broker else None

    @property
    def images(self) -> str:
        return self.images_url or (self.data / "images").absolute().as_uri()

    def open_images(self) -> Images:
        """The picture store that these settings name."""
        return Images(
            self.images,
            endpoint=self.s3_endpoint,
            region=self.s3_region,
            access_key=_clear(self.s3_access_key),
            secret_key=_clear(self.s3_secret_key),
        )


def _clear(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
