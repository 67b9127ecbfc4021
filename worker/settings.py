"""The worker's settings: the only place where this process reads its environment (variables `INLAY_...`)."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.logs import Format, Level


class Settings(BaseSettings):
    """Where a name also stands in the API's settings it means the same, so that one environment serves both.

    `micro_batch`: model inputs per forward pass. `first_step_seconds`, `step_seconds`: how long a job may go without
    a step (loading and decoding have the first) before its lease is let go. `cancel_seconds`: how long after a cancel
    request a step may still take before the process ends itself.
    """

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

    device: str = "auto"
    micro_batch: Annotated[int, Field(ge=1, le=4096)] = 16
    loaded_models: Annotated[int, Field(ge=1, le=64)] = 2
    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    max_attempts: Annotated[int, Field(ge=1)] = 3
    first_step_seconds: Annotated[float, Field(gt=0)] = 300.0
    step_seconds: Annotated[float, Field(gt=0)] = 120.0
    cancel_seconds: Annotated[float, Field(gt=0)] = 15.0
    checkpoint_steps: Annotated[int, Field(ge=1)] = 10
    checkpoint_seconds: Annotated[float, Field(ge=0)] = 30.0

    log_level: Level = "info"
    log_format: Format = "console"

    @property
    def database(self) -> str:
        return self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.data / 'inlay.db'}"

    @property
    def images(self) -> str:
        return self.images_url or (self.data / "images").absolute().as_uri()
