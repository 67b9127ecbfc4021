"""The folder in which the ranks of one machine meet, after its process was killed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from worker.ranks.meeting import MeetingFolder

MAKES_ONE = """
from worker.ranks.meeting import MeetingFolder
folder = MeetingFolder()
print(folder.path, flush=True)
input()
"""


def test_the_next_start_deletes_the_folders_of_killed_processes_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    command = [sys.executable, "-c", MAKES_ONE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        first = MeetingFolder()
        assert set(tmp_path.iterdir()) == {left, first.path}, "both processes live"
        other.kill()
    assert left.is_dir()
    second = MeetingFolder()
    assert set(tmp_path.iterdir()) == {first.path, second.path}
    first.delete()
    second.delete()
    assert [*tmp_path.iterdir()] == []
