"""The devices of the ranks of one worker."""

from collections.abc import Sequence

import torch

from worker.ranks.errors import RankError


def devices(asked: str, ranks: int) -> list[str]:
    """Return the device of each rank on this machine; `asked` is the setting INLAY_DEVICE. Raises RankError if the
    machine has too few GPUs, or if the setting names a single one or another device."""
    if asked == "auto":
        asked = "cuda" if torch.cuda.is_available() else "cpu"
    _check_kind(asked)
    kind, _, index = asked.partition(":")
    if index:
        raise RankError(
            f"INLAY_DEVICE is {asked}, which is one device, but INLAY_RANKS is {ranks}. Set INLAY_DEVICE to {kind}, or "
            "INLAY_RANKS to 1."
        )
    if kind != "cuda":
        return [kind] * ranks
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count < ranks:
        raise RankError(
            f"INLAY_RANKS is {ranks}, but this machine has {count} GPU{'' if count == 1 else 's'}. Set INLAY_RANKS to "
            f"{max(1, count)}, or INLAY_DEVICE to cpu."
        )
    return [f"cuda:{rank}" for rank in range(ranks)]


def own_device(asked: str) -> torch.device:
    """Return the device of a process that shares its machine with no other rank; `asked` is the setting INLAY_DEVICE.
    Raises RankError if this machine lacks it, or if it is neither a processor nor a CUDA device."""
    if asked == "auto":
        asked = "cuda" if torch.cuda.is_available() else "cpu"
    _check_kind(asked)
    try:
        device = torch.device("cuda:0" if asked == "cuda" else asked)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise RankError(
            f"INLAY_DEVICE is {asked}, and this machine has no such device. Set it to cpu, cuda or auto."
        ) from error
    return device


def _check_kind(asked: str) -> None:
    if asked.partition(":")[0] not in ("cpu", "cuda"):
        raise RankError(f"INLAY_DEVICE is {asked}, and Inlay computes on no such device. Set it to cpu, cuda or auto.")


def named(devices: Sequence[str]) -> str:
    """Return the devices of a worker in one line, as its heartbeat shows them. Each is `device (name)`, or `device`."""
    if len(devices) == 1:
        return devices[0]
    parts = [one.partition(" ") for one in devices]
    kinds = {name for _, _, name in parts}
    told = ", ".join(place for place, _, _ in parts) + f" {kinds.pop()}" if len(kinds) == 1 else ", ".join(devices)
    return f"{len(devices)} ranks: {told.strip()}"
