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


def launch(processes: int, function: Callable[..., None], *arguments: Any) -> None:
    """Run a function of this package in several processes. A single process runs it directly."""
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
    """End the training on SIGTERM with a checkpoint, as Ctrl-C does."""
    sys.exit(143)


def _enter(index: int, processes: int, meeting: str, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGTERM, stop)
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=index, world_size=processes)
    function(*arguments)
    dist.destroy_process_group()
