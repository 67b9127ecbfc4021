"""Training in several processes with one thread each.

On a shared machine, the threads of one process wait for each other in every layer; processes wait only once per step.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing.spawn import ProcessRaisedException

from training.errors import TrainingError


def launch(processes: int, function: Callable[..., None], *arguments: Any) -> None:
    """Run a function of this package in several processes. A single process runs it directly.

    After Ctrl-C or SIGTERM, every process ends its step, and process 0 writes the checkpoint. Raises TrainingError if a
    process does.
    """
    if processes == 1:
        function(*arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        arguments = (processes, meeting, function, arguments)
        context = torch.multiprocessing.spawn(_enter, arguments, nprocs=processes, join=False)  # pyright: ignore
        assert context is not None
        try:
            while not context.join():
                pass
        except ProcessRaisedException:
            if (told := _error_file(meeting)).exists():
                raise TrainingError(told.read_text()) from None
            raise
        finally:
            for process in filter(None, context.processes):
                process.terminate()
                process.join()


def rank() -> int:
    """Return the number of this process. Process 0 keeps the log and the checkpoint."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def average_gradients(module: nn.Module, seconds: float) -> float:
    """Average the gradients over all processes, in place. Returns the average of their training seconds."""
    if world() == 1:
        return seconds
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    flat = torch.cat([*(gradient.reshape(-1) for gradient in gradients), torch.tensor([seconds])])
    dist.all_reduce(flat)
    flat /= world()
    start = 0
    for gradient in gradients:
        gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
        start += gradient.numel()
    return float(flat[-1])


def stop(*_: object) -> None:
    """End this process with the status of SIGTERM. A training writes its checkpoint first, as it does after Ctrl-C."""
    sys.exit(143)


_signals: list[int] = []
"""The signals that have asked this process, one of several, to stop."""


def stop_if_asked() -> None:
    """End this process, one of several, if Ctrl-C or SIGTERM has asked it to stop. A training calls this between two
    steps."""
    if _signals:
        stop()


def _note(number: int, _: object) -> None:
    _signals.append(number)


def _error_file(meeting: str) -> Path:
    """Return the file by which a process passes the message of a TrainingError to the process that launched it."""
    return Path(meeting).with_name("error")


def _enter(index: int, processes: int, meeting: str, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=index, world_size=processes)
    # Now signals end the training between two steps. An exception in a handler could interrupt the checkpoint.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _note)
    try:
        function(*arguments)
    except TrainingError as error:
        _error_file(meeting).write_text(str(error))
        raise
    dist.destroy_process_group()
