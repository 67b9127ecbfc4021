"""The worker's settings: the only place where this process reads its environment (variables `INLAY_...`)."""

from typing import Annotated

from pydantic import ByteSize, Field

from backend.settings import SharedSettings


class Settings(SharedSettings):
    """`micro_batch`: model inputs per forward pass, at most. `memory_budget`: what the weights of loaded models take
    on the device at most, as in "12GiB"; by default a share of it. `first_step_seconds`, `step_seconds`: how long a job
    may go without a step (loading and decoding have the first) before its lease is let go. `cancel_seconds`: how long
    after a cancel request a step may still take before the process ends itself. A checkpoint is saved after
    `checkpoint_steps` steps or `checkpoint_seconds`, whichever is later."""

    device: str = "auto"
    micro_batch: Annotated[int, Field(ge=1, le=4096)] = 16
    memory_budget: Annotated[ByteSize, Field(gt=0)] | None = None
    first_step_seconds: Annotated[float, Field(gt=0)] = 300.0
    step_seconds: Annotated[float, Field(gt=0)] = 120.0
    cancel_seconds: Annotated[float, Field(gt=0)] = 15.0
    checkpoint_steps: Annotated[int, Field(ge=1)] = 10
    checkpoint_seconds: Annotated[float, Field(ge=0)] = 30.0
