"""A deployment goes through the faults of `benchmarks.chaos` for two minutes. No job is lost, runs twice, fails or
gives another picture, and no client misses an event."""

from benchmarks.chaos.__main__ import measure, misses


def test_a_deployment_survives_two_minutes_of_faults() -> None:
    figures = measure(jobs=60, seconds=90)
    assert figures["jobs"] == 60
    assert figures["faults"] >= 10
    assert figures["attempts_redone"] > 0, "no fault broke an attempt off, so nothing was tried"
    assert not misses(figures), figures
