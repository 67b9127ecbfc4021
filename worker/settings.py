"""The worker's settings: the only place where this process reads its environment (variables `INLAY_...`)."""

from typing import Annotated, Literal

from pydantic import ByteSize, Field

from backend.settings import SharedSettings

Precision = Literal["auto", "float32", "float16", "bfloat16"]


class Settings(SharedSettings):
    """`micro_batch`: model inputs per forward pass, at most. `memory_budget`: what the weights of loaded models take
    on the device at most, as in "12GiB"; by default a share of it. `precision`: of networks and their text; "auto" is
    float16 on a GPU and float32 elsewhere; bfloat16, where a GPU is built for it, cannot overflow. `compile`: networks
    by torch.compile, for quicker steps after a first one of minutes.

    `first_step_seconds`, `step_seconds`: how long a job may go without a step (loading, compiling and decoding have the
    first) before its lease is let go. `cancel_seconds`: how long after a cancel request a step may still take before
    the process ends itself. A checkpoint is saved after `checkpoint_steps` steps or `checkpoint_seconds`, whichever is
    later."""

    device: str = "auto"
    micro_batch: Annotated[int, Field(ge=1, le=4096)] = 16
    memory_budget: Annotated[ByteSize, Field(gt=0)] | None = None
    precision: Precision = "auto"
    compile: bool = False
    first_step_seconds: Annotated[float, Field(gt=0)] = 300.0
    step_seconds: Annotated[float, Field(gt=0)] = 120.0
    cancel_seconds: Annotated[float, Field(gt=0)] = 15.0
    checkpoint_steps: Annotated[int, Field(ge=1)] = 10
    checkpoint_seconds: Annotated[float, Field(ge=0)] = 30.0
