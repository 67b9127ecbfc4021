"""Bar charts as SVG, for docs/benchmarks.md. They follow the light or dark theme of the reader's browser."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

LABEL, WIDTH, LINE, TOP = 250, 760, 28, 44  # pixels: the labels, the picture, a bar with its gap, the heading
NUMBER = 90  # pixels right of the longest bar, for its number
STYLE = """
 text { font: 13px system-ui, sans-serif; fill: #1f2328 }
 .title { font-weight: 600; font-size: 14px }
 .bar { fill: #3b6fb6 }
 .range { stroke: #1f2328; stroke-width: 1.5 }
 @media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .bar { fill: #6ea0e6 } .range { stroke: #e6edf3 }
 }
"""


class Bar(NamedTuple):
    """A bar with its range."""

    label: str
    value: float
    low: float
    high: float


def chart(title: str, unit: str, bars: Sequence[Bar]) -> str:
    """Return a chart of horizontal bars from 0. A thin line over each bar's end shows its range."""
    most = max(bar.high for bar in bars)
    scale = (WIDTH - LABEL - NUMBER) / most
    height = TOP + LINE * len(bars) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="8" y="22">{escape(title)}, {escape(unit)}</text>',
    ]
    for index, bar in enumerate(bars):
        middle = TOP + LINE * index + LINE / 2
        end, low, high = (LABEL + scale * each for each in (bar.value, bar.low, bar.high))
        lines += [
            f'<text x="{LABEL - 10}" y="{middle + 4}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect class="bar" x="{LABEL}" y="{middle - 9}" width="{end - LABEL:.1f}" height="18" rx="2"/>',
            f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>',
            f'<text x="{max(high, end) + 8:.1f}" y="{middle + 4}">{bar.value:.3g}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
