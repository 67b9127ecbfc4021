"""The values that the table has to reach, and whether it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.quality.rows import SCENE, Row

NATIVE, CLOSED, HEAD, SCENES, COHERENT, ONE_LIGHT = 0.9, 0.5, 0.85, 0.85, 0.95, 0.8
ERRORS, LOSS = 3, 0.05
"""The number of standard errors above which a gap has to be closed; and the largest accepted loss of accuracy, or two
standard errors if that is more."""


@dataclass(frozen=True)
class Bar:
    """`figure` has to be at least `bar`, or at most `bar` if `below` is set. `met` is None where nothing is asked."""

    task: str
    name: str
    figure: float
    bar: float
    met: bool | None
    below: bool = False
    note: str = ""

    def __str__(self) -> str:
        verdict = "not asked" if self.met is None else "met" if self.met else "missed"
        asked = f"{'at most' if self.below else 'at least'} {self.bar:.3f}"
        return (
            f"{self.task:<11} {self.name:<44} {self.figure:7.3f}  {asked}: {verdict}{self.note and f' ({self.note})'}"
        )


def bars(rows: Sequence[Row]) -> list[Bar]:
    """Return the bars of every task whose rows are all there."""
    found = []
    for task in dict.fromkeys(row.task for row in rows):
        by_method = {row.method: row for row in rows if row.task == task}
        found += [*_of_task(by_method)]
    return found


def _of_task(rows: dict[str, Row]) -> Iterator[Bar]:
    native, plain, inlay, control = (rows.get(name) for name in ("native", "multidiffusion", "inlay", "control"))
    if native:
        yield _least(native, "prompt accuracy of native pictures", native.prompt_accuracy, NATIVE)
    if native and plain and inlay:
        yield _closed(native, plain, inlay)
    if plain and inlay:
        yield _lost(plain, inlay)
    if inlay:
        yield from _of_inlay(inlay)
    if control:
        yield _near_chance(control)


def _least(row: Row, name: str, figure: float, bar: float) -> Bar:
    return Bar(row.task, name, figure, bar, figure >= bar)


def _closed(native: Row, plain: Row, inlay: Row) -> Bar:
    """Compute the share that inlay closes of the gap between multidiffusion's crop distance and native's."""
    gap = plain.crop_distance - native.crop_distance
    error = float(np.hypot(plain.crop_distance_se, native.crop_distance_se))
    closed = (plain.crop_distance - inlay.crop_distance) / gap if gap else 0.0
    asked = gap > ERRORS * error
    note = f"the gap is {gap:.3f}, its standard error {error:.3f}"
    return Bar(
        plain.task, "share of the gap that inlay closes", closed, CLOSED, closed >= CLOSED if asked else None, note=note
    )


def _lost(plain: Row, inlay: Row) -> Bar:
    lost = plain.prompt_accuracy - inlay.prompt_accuracy
    most = max(LOSS, 2 * float(np.hypot(plain.prompt_accuracy_se, inlay.prompt_accuracy_se)))
    return Bar(plain.task, "accuracy that inlay loses to multidiffusion", lost, most, lost <= most, below=True)


def _of_inlay(inlay: Row) -> Iterator[Bar]:
    if inlay.far_coherence is not None:
        yield _least(inlay, "far coherence of inlay", inlay.far_coherence, COHERENT)
    asked = {
        "one_light": ("skies of inlay with one sun or moon", ONE_LIGHT),
        **{name: (f"{name} of inlay right", SCENES) for name in sorted(SCENE)},
        "head_accuracy": ("heads of inlay right", HEAD),
    }
    for figure, (name, bar) in asked.items():
        if figure in inlay.more:
            yield _least(inlay, name, inlay.more[figure], bar)


def _near_chance(control: Row) -> Bar:
    """Check that the ControlNet alone is within two standard errors of chance."""
    right, chance = control.more["head_accuracy"], control.more["chance"]
    spread = max(right * (1 - right), chance * (1 - chance))
    most = chance + 2 * float(np.sqrt(spread / control.n))
    return Bar(
        control.task, "heads of control right", right, most, right <= most, below=True, note=f"chance is {chance:.3f}"
    )
