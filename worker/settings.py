"""The worker's settings: the only place where this process reads its environment (variables `INLAY_...`)."""

from typing import Annotated, Literal

from pydantic import ByteSize, Field

from backend.settings import SharedSettings

Dtype = Literal["auto", "float32", "float16", "bfloat16"]


class Settings(SharedSettings):
    """Settings of the worker, and of the commands that compute without a server."""

    device: str = "auto"
    """Device that the worker computes on: `cpu`, `cuda`, `cuda:1`, or `auto`, which takes CUDA if it is there."""

    ranks: Annotated[int, Field(ge=1, le=16)] = 1
    """Number of devices that compute one job together. With `cuda` the worker takes the first GPUs of this machine;
    with `cpu` it divides its threads. The picture is the same as with 1. Only the worker reads this: `inlay generate`
    computes on one device."""

    ranks_address: str | None = None
    """Address at which the ranks of several hosts meet, as `10.0.0.5:29500`: rank 0 listens there, and the other ranks
    are started by hand. If unset, the worker starts all ranks on its own machine."""

    micro_batch: Annotated[int, Field(ge=1, le=4096)] = 16
    """Most model inputs in one forward pass; a view with guidance takes two. Fewer run together if memory is short.
    With several ranks, each takes whole forward passes."""

    memory_budget: Annotated[ByteSize, Field(gt=0)] | None = None
    """Most memory that the weights of loaded models may take on the device, as `12GiB`. If unset, it is 60%
    of the device's memory."""

    precision: Dtype = "auto"
    """Number format of denoisers and text encoders. `auto` is float16 on a GPU and float32 elsewhere; `bfloat16` does
    not overflow, and needs a GPU that computes in it."""

    compile: bool = False
    """Compile denoisers with torch.compile: the first step takes minutes, later steps are faster."""

    first_step_seconds: Annotated[float, Field(gt=0)] = 300.0
    """Longest time that an image may take until its first step is done, and longest time to decode or to store one
    output. After it, the worker stops renewing the lease."""

    step_seconds: Annotated[float, Field(gt=0)] = 120.0
    """Longest time that a step may take. After it, the worker stops renewing the lease. A step with rounds
    (`harmonise`) or corrector steps may take this time once more for each of them."""

    cancel_seconds: Annotated[float, Field(gt=0)] = 15.0
    """How long a step may go on after a cancel request or a lost lease. After it, the worker process ends itself."""

    checkpoint_steps: Annotated[int, Field(ge=1)] = 10
    """Fewest steps between two checkpoints of a job."""

    checkpoint_seconds: Annotated[float, Field(ge=0)] = 30.0
    """Fewest seconds between two checkpoints of a job. A checkpoint is saved once both have passed."""

    away_seconds: Annotated[float, Field(ge=0)] = 60.0
    """How long a worker waits for a picture store that is away. After it, the worker puts the job back into the queue
    for another attempt."""

    retry_seconds: Annotated[float, Field(ge=0)] = 8.0
    """How long a job waits in the queue before its second attempt, after a fault that the job did not cause. The wait
    before each further attempt is four times as long."""
