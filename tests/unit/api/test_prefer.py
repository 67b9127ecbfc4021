"""The preference `wait=N` of RFC 7240's header `Prefer`, also among other preferences."""

import pytest

from backend.api.prefer import wait_seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("wait=10", 10),
        ("respond-async, wait=10", 10),
        ("respond-async;foo=1, WAIT = 7", 7),
        ('wait="5"', 5),
        ("wait=0", 0),
        ("wait=600", 60),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=ten", None),
        ("await=10", None),
    ],
)
def test_the_wait_is_found_and_capped(header: str | None, seconds: float | None) -> None:
    assert wait_seconds(header, 60) == seconds
