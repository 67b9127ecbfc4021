"""The ranks of one worker, and the messages between them.

Rank 0 is the worker. It tells the other ranks what to do, and all ranks exchange what they computed. Messages are JSON
and tensors, never pickled objects. Those on the CPU go through gloo, those on a GPU through NCCL.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed import Store  # pyright: ignore[reportPrivateImportUsage]

from worker.ranks.errors import RankLost

Message = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """`size` ranks, of which this process is rank `rank`. It computes on `device`."""

    rank: int
    size: int
    device: torch.device

    @classmethod
    def join(cls, store: Store, rank: int, size: int, device: torch.device, seconds: float) -> "Group":
        """Join the ranks that meet at `store`, once all of them are there. `seconds`: the longest time that this rank
        waits for the others in any exchange."""
        backend = "gloo"
        if device.type == "cuda":
            torch.cuda.set_device(device)
            backend = "cpu:gloo,cuda:nccl"
        with _lost_ranks_reported():
            dist.init_process_group(
                backend, store=store, rank=rank, world_size=size, timeout=timedelta(seconds=seconds)
            )
        return cls(rank, size, device)

    def leave(self) -> None:
        """Leave the group. The other ranks have to leave as well."""
        dist.destroy_process_group()

    def say(self, message: Message) -> None:
        """Send a message from rank 0 to all others, which `hear` it."""
        data = torch.frombuffer(bytearray(json.dumps(message).encode()), dtype=torch.uint8)
        with _lost_ranks_reported():
            dist.broadcast(torch.tensor([len(data)]), 0)
            dist.broadcast(data, 0)

    def hear(self) -> Message:
        """Wait for the next message of rank 0, and return it."""
        length = torch.zeros(1, dtype=torch.int64)
        with _lost_ranks_reported():
            dist.broadcast(length, 0)
            data = torch.empty(int(length), dtype=torch.uint8)
            dist.broadcast(data, 0)
        return json.loads(data.numpy().tobytes())

    def share(self, tensor: Tensor) -> Tensor:
        """Return the tensor of rank 0. Every rank gives one of the same size, device type and dtype, which is
        overwritten."""
        with _lost_ranks_reported():
            dist.broadcast(tensor, 0)
        return tensor

    def gather(self, mine: Message) -> list[Message]:
        """Return the messages of all ranks, in their order. Every rank has to call it."""
        data = torch.frombuffer(bytearray(json.dumps(mine).encode()), dtype=torch.uint8)
        lengths = [int(length) for length in self._all(torch.tensor([len(data)]))]
        padded = torch.zeros(max(lengths), dtype=torch.uint8)
        padded[: len(data)] = data
        return [
            json.loads(one[:length].numpy().tobytes()) for one, length in zip(self._all(padded), lengths, strict=True)
        ]

    def gather_flat(self, mine: Sequence[Tensor], lengths: Sequence[int], dtype: torch.dtype) -> list[Tensor]:
        """Return the numbers of all ranks, in their order, one flat tensor for each rank. Rank r gives `lengths[r]`
        numbers, in any tensors. Every rank has to call it."""
        padded = torch.zeros(max(lengths), dtype=dtype, device=self.device)
        if mine:
            padded[: lengths[self.rank]] = torch.cat([one.flatten() for one in mine])
        return [one[:length] for one, length in zip(self._all(padded), lengths, strict=True)]

    def _all(self, mine: Tensor) -> list[Tensor]:
        found = [torch.empty_like(mine) for _ in range(self.size)]
        with _lost_ranks_reported():
            dist.all_gather(found, mine)
        return found


@contextmanager
def _lost_ranks_reported() -> Iterator[None]:
    """Raise RankLost in place of torch's errors of a connection that broke or of a rank that does not answer."""
    try:
        yield
    except torch.AcceleratorError:
        raise
    except RuntimeError as error:
        said = str(error).strip().split("\n", 1)[0]
        raise RankLost(
            f"A rank of this worker ended or does not answer ({said}). The worker ends, and its supervisor starts it "
            "again with all of its ranks."
        ) from error
