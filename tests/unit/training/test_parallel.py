"""Trainings in several real processes keep what they have learned when they are stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.checkpoint import load_checkpoint, read_losses

ROOT = Path(__file__).parents[3]
SCRIPT = """
import signal, sys, time
from pathlib import Path
import torch
from torch import nn
from training import loop, parallel
from training.errors import TrainingError
from training.loop import Plan, Run, train

save_atomically = loop.save_atomically

def slow_save(path, payload):
    time.sleep(1.0)
    save_atomically(path, payload)

def loss(module, batch, generator):
    time.sleep(0.2 * parallel.rank())  # process 0 waits for process 1 in most of its time
    return {"loss": module(batch["x"]).square().mean()}

def child(folder):
    loop.save_atomically = slow_save
    plan = Plan(steps=100_000, seed=0, learning_rate=1e-3, log_every=1, save_every_seconds=1e6)
    train(Run(nn.Linear(4, 4), plan, folder, "toy"), lambda _: {"x": torch.ones(2, 4)}, loss)

def refuse(folder):
    raise TrainingError("The sea is dry. Add water.")

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, parallel.stop)
    try:
        parallel.launch(2, globals()[sys.argv[1]], Path(sys.argv[2]))
    except TrainingError as error:
        sys.exit(f"told: {error}")
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


def started(script: Path, function: str) -> subprocess.Popen[str]:
    """Run a function of the script in two processes, in a process group of their own, as a terminal does."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(script), function, str(script.parent)]
    return subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def training(script: Path) -> Iterator[subprocess.Popen[str]]:
    """A training in two processes that has taken some steps. All of its processes are killed at the end."""
    process = started(script, "child")
    try:
        deadline = time.monotonic() + 120
        while len(read_losses(script.parent / "toy.jsonl")) < 3:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [True, False])
def test_a_stopped_training_in_several_processes_saves_its_last_step(
    script: Path, training: subprocess.Popen[str], whole_group: bool
) -> None:
    """Ctrl-C reaches all processes of the group; `kill` reaches only the first."""
    if whole_group:
        os.killpg(training.pid, signal.SIGINT)
    else:
        os.kill(training.pid, signal.SIGTERM)
    training.wait(60)
    saved = load_checkpoint(script.parent / "toy.pt")
    assert saved is not None
    assert saved["step"] == len(read_losses(script.parent / "toy.jsonl"))


@pytest.mark.slow
def test_the_error_of_one_of_several_processes_is_the_error_of_the_training(script: Path) -> None:
    process = started(script, "refuse")
    assert process.communicate(timeout=60)[1].splitlines()[-1] == "told: The sea is dry. Add water."
