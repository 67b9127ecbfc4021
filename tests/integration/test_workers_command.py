"""`inlay workers` lists the processes of a server."""

from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from backend.store.database import connect
from backend.store.processes import Identity, Processes, State
from inlay.cli import app


def test_the_processes_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_DATA", str(tmp_path))
    nobody = CliRunner().invoke(app, ["workers"])
    assert nobody.exit_code == 0, nobody.output
    assert "No worker is running. Jobs wait until one starts." in nobody.output
    listed = Processes(connect(f"sqlite:///{tmp_path}/inlay.db"))
    listed.beat(Identity.mine("reconciler"), State())
    job = UUID("0123abcd" + "0" * 24)
    listed.beat(Identity.mine("worker"), State("cuda:0 (H100)", 2**30, 80 * 2**30, ("papercut",), job))
    shown = CliRunner().invoke(app, ["workers"]).output
    assert "No worker" not in shown
    worker, reconciler = shown.splitlines()[1:3]
    for part in ("worker", "job 0123abcd", "cuda:0 (H100)", "device 1.0 of 80.0 GiB free", "papercut"):
        assert part in worker
    assert reconciler.startswith("reconciler")
    assert "alive" in reconciler
