"""A worker that is made from its settings reports the memory budget of its device."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.store.bus_local import LocalWorkerBus
from backend.store.database import connect
from backend.store.devices import Devices
from backend.store.migrations import migrate
from worker.job.factory import make_worker
from worker.settings import Settings

BUDGET = 3 * 2**30


@pytest.fixture
def bus() -> Iterator[LocalWorkerBus]:
    ours, theirs = socket.socketpair()
    yield LocalWorkerBus(theirs)
    ours.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, models=tmp_path / "models", device="cpu", memory_budget=BUDGET)  # pyright: ignore


def test_a_worker_reports_its_budget_when_it_starts(settings: Settings, bus: LocalWorkerBus) -> None:
    migrate(settings.database)
    make_worker(settings, bus, lambda: False)
    make_worker(settings, bus, lambda: False)
    assert Devices(connect(settings.database)).largest_budget() == BUDGET


def test_a_worker_starts_where_it_cannot_report(
    settings: Settings, bus: LocalWorkerBus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_worker(settings, bus, lambda: False).name.startswith(socket.gethostname())
    assert "device_not_reported" in capsys.readouterr().err
