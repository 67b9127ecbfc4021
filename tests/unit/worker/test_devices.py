"""The devices that a worker and its ranks compute on."""

import os
import subprocess
import sys

import pytest
import torch

from inlay.device import chosen_device
from inlay.errors import CommandError
from worker.ranks.devices import devices, own_device
from worker.ranks.errors import RankError
from worker.settings import Settings

ELSEWHERE = ["meta", "mps", "gpu", "", "cuda:99", "cpu:x"]
"""Devices that no machine has, or on which Inlay does not compute. torch itself takes the first one anywhere."""


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_a_device_that_is_not_there_is_refused_in_one_sentence(asked: str) -> None:
    said = rf"INLAY_DEVICE is {asked}, and .* no such device. Set it to cpu, cuda or auto."
    with pytest.raises(RankError, match=said):
        own_device(asked)
    with pytest.raises(CommandError, match=said):
        chosen_device(Settings(device=asked))


def test_a_rank_ends_with_that_sentence() -> None:
    environment = os.environ | {"INLAY_DEVICE": "meta", "INLAY_RANKS": "2"}
    command = [sys.executable, "-m", "worker.follower", "--rank", "1"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "INLAY_DEVICE is meta, and Inlay computes on no such device." in ended.stderr


@pytest.mark.parametrize("asked", ["meta", "mps", "gpu"])
def test_ranks_compute_on_no_other_devices(asked: str) -> None:
    with pytest.raises(RankError, match=f"INLAY_DEVICE is {asked}, and Inlay computes on no such device"):
        devices(asked, 2)


def test_a_processor_is_always_there() -> None:
    assert own_device("cpu") == torch.device("cpu")
    assert devices("cpu", 2) == ["cpu", "cpu"]
    assert own_device("auto").type in ("cpu", "cuda")
