"""The bars of the figures."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.speed.timing import Figure


class Bar(NamedTuple):
    """The largest or the smallest value that a figure should have. `means`: the figure in words."""

    limit: float
    below: bool
    means: str

    def met(self, value: float) -> bool:
        return value <= self.limit if self.below else value >= self.limit


BARS = {
    "limit_ratio": Bar(1.15, True, "a whole job of the default setting, relative to diffusers' bare network"),
    "limit_ratio_30": Bar(1.05, True, "a whole job of 30 DDIM steps, relative to diffusers' bare network"),
    "preview_cost": Bar(0.02, True, "the share that previews and frames add to a job of the default setting"),
    "default_speedup": Bar(2.5, False, "30 DDIM steps with diffusers' network, relative to the default setting"),
    "fast_speedup": Bar(5.0, False, "30 DDIM steps with diffusers' network, relative to the fast setting"),
    "vs_diffusers_default": Bar(1.7, False, "diffusers' panorama at its default batch, relative to ours"),
    "vs_diffusers_best": Bar(1.05, False, "diffusers' panorama at its best batch, relative to ours"),
    "per_view_growth": Bar(1.2, True, "a step's seconds a view with the most windows, relative to 4 windows"),
    "decode_growth": Bar(1.2, True, "decoding a cell of the largest canvas, relative to one of 512 x 512 pixels"),
}
ON_CUDA = {
    "limit_ratio": BARS["limit_ratio"]._replace(limit=1.05),
    "vs_diffusers_default": BARS["vs_diffusers_default"]._replace(limit=3.0),
    "vs_diffusers_best": BARS["vs_diffusers_best"]._replace(limit=1.3),
}
"""The bars that are others on a GPU, whose jobs compute in bfloat16."""


def bars_of(device: str) -> dict[str, Bar]:
    """Return the bars of a type of device."""
    return {**BARS, **ON_CUDA} if device == "cuda" else BARS


def verdicts(figures: Mapping[str, Figure], device: str) -> Iterator[str]:
    """Return a line for each bar, and for each figure without one. A figure whose name begins with that of a bar and a
    dot is that of another model, and has the same bar."""
    bars = bars_of(device)
    for name, figure in figures.items():
        bar = bars.get(name.partition(".")[0])
        line = f"{name:36} {figure.value:7.3f}  ({figure.low:.3f} to {figure.high:.3f})"
        if bar:
            line += (
                f"  at {'most' if bar.below else 'least'} {bar.limit:g}: {'met' if bar.met(figure.value) else 'MISSED'}"
            )
        yield line
    for name in bars:
        if name not in figures:
            yield f"{name:36} not measured"
