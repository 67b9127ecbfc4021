"""Measure the studio in a browser, and compute its figures."""

import itertools
import math
import re
import statistics
import urllib.request
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urljoin

_TAG = re.compile(r"<(script|link)\b[^>]*>")
_ADDRESS = re.compile(r'\b(?:src|href)="([^"]+)"')


class Gaps(NamedTuple):
    """Times between frames, in milliseconds."""

    median: float
    p95: float


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def gaps(frames: Sequence[float]) -> Gaps:
    """Return the figures of the times between frames, from the moments of at least two frames."""
    between = [after - before for before, after in itertools.pairwise(frames)]
    return Gaps(statistics.median(between), percentile(between, 0.95))


def scripts_of(page: str) -> list[str]:
    """Return the addresses of the scripts that a page names: its script elements and its module preloads."""
    named = [
        found[1]
        for tag in _TAG.finditer(page)
        if (tag[1] == "script" or 'rel="modulepreload"' in tag[0]) and (found := _ADDRESS.search(tag[0]))
    ]
    return list(dict.fromkeys(named))


def first_script_bytes(url: str) -> int:
    """Return how many bytes the server sends for all scripts that the studio's page names, compressed with gzip."""
    with urllib.request.urlopen(url) as answer:
        page = answer.read().decode()
    return sum(_bytes_sent(urljoin(f"{url}/", script)) for script in scripts_of(page))


def _bytes_sent(address: str) -> int:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        return len(answer.read())
