"""Every line of the logs has one form, obeys the level, and cannot be made by a user."""

import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
import structlog

from backend import logs

BAD = "x\n2026-01-01 [info] forged\x1b[31mred\x1b]0;title\x07\r\x9b2J\u2028\u202e"


@pytest.fixture
def ours() -> Iterator[None]:
    """Put the process's own ways to report crashes and warnings back afterwards."""
    before = sys.excepthook, threading.excepthook, warnings.showwarning
    yield
    sys.excepthook, threading.excepthook, warnings.showwarning = before


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("format", ["console", "json"])
def test_nothing_that_a_user_wrote_makes_a_line_or_reaches_the_terminal(
    format: logs.Format, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", format, process="api")
    structlog.get_logger("test").info(BAD, path=BAD, several=[BAD], nested={"key": BAD}, error=ValueError(BAD))
    logging.getLogger("celery").warning("%s", BAD)
    try:
        raise ValueError(BAD)
    except ValueError:
        structlog.get_logger("test").exception("failed")
        logging.getLogger("uvicorn.error").exception("failed")
    shown = capsys.readouterr().err
    assert "forged" in shown
    assert not any(line.startswith("2026-01-01") for line in shown.splitlines())
    assert [one for one in shown if not one.isprintable() and one != "\n"] == []


def test_libraries_log_in_the_same_form_with_the_same_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json", process="worker", worker="host:1")
    with structlog.contextvars.bound_contextvars(job="a-job", process="reconciler"):
        logging.getLogger("celery.apps.worker").info("%s ready.", "celery@host")
        structlog.get_logger("worker").info("job_started")
    celery, own = lines(capsys)
    assert (celery["event"], celery["logger"], celery["level"]) == ("celery@host ready.", "celery.apps.worker", "info")
    assert own["event"] == "job_started"
    for line in (celery, own):
        assert (line["worker"], line["job"], line["process"]) == ("host:1", "a-job", "reconciler")
        assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", ["own debug", "own info", "own warning", "celery info", "celery warning", "other warning"]),
        ("info", ["own info", "own warning", "celery info", "celery warning", "other warning"]),
        ("warning", ["own warning", "celery warning", "other warning"]),
        ("error", []),
    ],
)
def test_every_logger_obeys_the_level(level: logs.Level, shown: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level, "json")
    own = structlog.get_logger("test")
    own.debug("own debug")
    own.info("own info")
    own.warning("own warning")
    for name in ("celery", "other"):
        logging.getLogger(name).debug(f"{name} debug")
        logging.getLogger(name).info(f"{name} info")
        logging.getLogger(name).warning(f"{name} warning")
    logging.getLogger("celery.worker.strategy").info("a message of the broker")
    assert [line["event"] for line in lines(capsys)] == shown


def test_setting_up_twice_logs_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    logs.configure("info", "json")
    logging.getLogger("celery").warning("once")
    assert len(lines(capsys)) == 1


def test_warnings_and_crashes_are_lines_too(capsys: pytest.CaptureFixture[str], ours: None) -> None:
    logs.configure("info", "json")
    logs.take_over()
    warnings.showwarning("two\nlines", UserWarning, "file.py", 3)
    thread = threading.Thread(target=lambda: 1 / 0, name="doomed")
    thread.start()
    thread.join()
    warned, crashed = lines(capsys)
    assert (warned["event"], warned["warning"], warned["place"]) == ("python_warning", "two lines", "file.py:3")
    assert (crashed["event"], crashed["thread"]) == ("crashed", "doomed")
    assert "ZeroDivisionError" in crashed["exception"]


def test_a_process_that_crashes_leaves_one_line() -> None:
    code = "from backend import logs; logs.configure('info', 'json'); logs.take_over(); 1 / 0"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "ZeroDivisionError" in json.loads(line)["exception"]
