"""The time that a job takes with a warm worker, measured on a clock that the test moves."""

import pytest

from worker.job import stopwatch
from worker.job.stopwatch import Stopwatch


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(stopwatch, "time", clock)
    return clock


def after(clock: Clock, seconds: float, told) -> None:
    clock.now += seconds
    told()


def test_loading_and_a_slow_first_step_do_not_count(clock):
    watch = Stopwatch()
    after(clock, 40.0, watch.loaded)
    for seconds in (9.0, 1.0, 2.0, 1.5):
        after(clock, seconds, watch.stepped)
    after(clock, 3.0, watch.decoded)
    assert watch.elapsed == pytest.approx(56.5)
    assert watch.steady(4) == pytest.approx(4 * 1.5 + 3.0)


def test_a_resumed_job_has_the_time_of_a_whole_one(clock):
    watch = Stopwatch()
    after(clock, 40.0, watch.loaded)
    for seconds in (9.0, 1.0, 1.0):
        after(clock, seconds, watch.stepped)
    after(clock, 2.0, watch.decoded)
    assert watch.steady(30) == pytest.approx(30 * 1.0 + 2.0)


def test_with_a_single_step_its_own_time_counts(clock):
    watch = Stopwatch()
    after(clock, 5.0, watch.loaded)
    after(clock, 4.0, watch.stepped)
    clock.now += 1.0
    assert watch.steady(1) == pytest.approx(5.0)


def test_decoding_between_images_is_no_step(clock):
    watch = Stopwatch()
    for _ in range(2):
        after(clock, 7.0, watch.loaded)
        after(clock, 1.0, watch.stepped)
        after(clock, 1.0, watch.stepped)
        after(clock, 3.0, watch.decoded)
    assert watch.steady(4) == pytest.approx(4 * 1.0 + 2 * 3.0)
