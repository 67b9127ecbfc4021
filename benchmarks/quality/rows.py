"""Compute the figures of a row from its pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.judge.coherence import far_coherence
from benchmarks.judge.distance import Distance, Features, Scale, crop_features, kernel_distance
from benchmarks.judge.examples import halved
from benchmarks.judge.judge import Judge, Reading, features_of
from benchmarks.judge.lights import one_light
from benchmarks.judge.questions import FACE, SIDE
from benchmarks.judge.seams import seam_score
from benchmarks.judge.sharpness import edge_energy
from benchmarks.quality.cases import Case
from benchmarks.quality.methods import NATIVES
from benchmarks.quality.shown import Right, Shown, drawn, rights
from benchmarks.quality.tasks import READ_BY
from training.papercut.drawing import Box

CROPS, REFERENCES = 4, 4
"""The number of crops of a picture, and of real drawings that each case is compared with."""
STRIDE = SIDE // 2
SCENE = ("y3", "y1", "y2")
"""The names of a scene's pictures, the main one first."""


@dataclass(frozen=True)
class Row:
    """The figures of one row. `crop_distance` and `prompt_accuracy` (the share of named things that the judge reads)
    have standard errors. `seam`, `far_coherence`, `view_forwards` and `seconds` are per case, and None where a method
    or task has none. `more` holds figures of some tasks only.

    panorama-1: `place_mix` and `time_mix` of the panoramas whose prompt names neither, and `one_light`, the share of
    all panoramas with exactly one sun or moon, as every drawing of this width has. regions: `things`, the share of
    patches that show their thing. scene: `y1`, `y2` and `y3`, the share of each picture on which everything named is
    read. portrait: `head_accuracy`, the share of heads on which everything named is read; `chance`, its value by
    chance; `pose_error` in pixels; and `figure_distance` of whole figures, from features of the reader of bodies.
    `sharpness` is that of the compared parts, relative to drawings of the same cases. `independent_distance` is the
    crop distance by features that were trained elsewhere, if the bench has them.
    """

    task: str
    method: str
    n: int
    crop_distance: float
    crop_distance_se: float
    prompt_accuracy: float
    prompt_accuracy_se: float
    seam: float | None
    far_coherence: float | None
    view_forwards: float | None
    seconds: float | None
    more: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """Features of real drawings by case, of shape (cases, crops, d), and a scale from other drawings."""

    real: np.ndarray
    scale: Scale

    @classmethod
    def of(
        cls,
        cases: Sequence[Case],
        real: np.ndarray,
        others: np.ndarray,
        scale: Callable[[np.ndarray], Scale] = Scale.of,
    ) -> "Reference":
        return cls(real.reshape(len(cases), -1, real.shape[-1]), scale(others))

    def distance(self, features: np.ndarray) -> Distance:
        """Compute the distance between these drawings and pictures of the same cases, from the pictures' features."""
        return kernel_distance(features.reshape(len(self.real), -1, features.shape[-1]), self.real, self.scale)


@dataclass(frozen=True)
class Bench:
    """The judge, crops of real drawings of a task's cases by the features that compare them (the judge's own come
    first), whole figures for portraits, and the edge energy of the drawings."""

    judge: Judge
    task: str
    cases: Sequence[Case]
    seed: int
    crops: Sequence[tuple[Features, Reference]]
    figures: Reference | None
    energy: float

    @classmethod
    def of(
        cls, judge: Judge, task: str, cases: Sequence[Case], seed: int, independent: Features | None = None
    ) -> "Bench":
        """Draw what the pictures of the cases are compared with. `independent` are features of a network that was
        trained elsewhere, for a second crop distance."""
        compared = [(features_of(judge.readers[READ_BY[task][0]]), Scale.of)]
        if independent is not None:
            compared.append((independent, Scale.common))
        shown, others = drawn(cases, REFERENCES, 1), drawn(cases, REFERENCES, 2)
        real, spread = (_focused([one.pixels for one in some], [one.focus for one in some]) for some in (shown, others))
        crops = [
            (
                features,
                Reference.of(
                    cases,
                    crop_features(features, real, CROPS, seed),
                    crop_features(features, spread, CROPS, seed + 1),
                    scale,
                ),
            )
            for features, scale in compared
        ]
        figures = None
        if task == "portrait":
            whole, wholes = (_of_figures(judge, [one.pixels for one in some]).features for some in (shown, others))
            figures = Reference.of(cases, whole, wholes)
        return cls(judge, task, cases, seed, crops, figures, edge_energy(real))

    def row(self, method: str, shown: Shown) -> Row:
        """Compute a row. `shown` has a picture of every case of the bench, in order."""
        distance, *independent = self.crop_distances(shown.main)
        right = rights(self.judge, shown)
        shares = np.array([np.mean([*one.values()]) for one in right])
        coherence = None if shown.free is None else far_coherence(self.judge, shown.free)
        focused = _focused(shown.main, [case.focus for case in self.cases])
        more = {"sharpness": edge_energy(focused) / self.energy}
        if coherence:
            more |= {"place_mix": coherence.place_mix, "time_mix": coherence.time_mix}
        for one in independent:
            more |= {"independent_distance": one.value, "independent_distance_se": one.error}
        return Row(
            self.task,
            method,
            len(shares),
            distance.value,
            distance.error,
            float(shares.mean()),
            float(shares.std(ddof=1) / np.sqrt(len(shares))),
            self._seam(method, shown.main),
            coherence and coherence.agree,
            shown.view_forwards,
            shown.seconds,
            more | self._more(shown, right),
        )

    def crop_distances(self, pictures: np.ndarray) -> list[Distance]:
        """Compute the crop distances of one picture for each case, the judge's first."""
        focused = _focused(pictures, [case.focus for case in self.cases])
        return [
            reference.distance(crop_features(features, focused, CROPS, self.seed + 2))
            for features, reference in self.crops
        ]

    def _seam(self, method: str, pictures: np.ndarray) -> float | None:
        """Compute the mean seam score over the pictures; None if a picture is one window."""
        if method in NATIVES:
            return None
        windows = _windows(pictures, SIDE if method == "tiles" else STRIDE)
        return float(
            np.mean(
                [
                    seam_score(picture, [*windows, *case.boxes])
                    for picture, case in zip(pictures, self.cases, strict=True)
                ]
            )
        )

    def _more(self, shown: Shown, right: list[Right]) -> dict[str, float]:
        match self.task:
            case "panorama-1" if shown.free is not None:
                return {"one_light": one_light(self.judge, np.concatenate([shown.main, shown.free]))}
            case "regions":
                return _things(shown, right)
            case "scene":
                return _of_scenes(shown, right)
            case "portrait":
                return _heads(shown, right) | self._figures(shown)
        return {}

    def _figures(self, shown: Shown) -> dict[str, float]:
        """Compute the figures of whole figures; empty if only heads were made."""
        joints = [case.joints for case in self.cases if case.joints is not None]
        if self.figures is None or shown.main.shape[1] == SIDE:
            return {}
        reading = _of_figures(self.judge, shown.main)
        assert reading.joints is not None
        apart = np.linalg.norm(reading.joints * shown.main.shape[1] - np.stack(joints), axis=-1)
        distance = self.figures.distance(reading.features)
        return {
            "pose_error": float(apart.mean()),
            "figure_distance": distance.value,
            "figure_distance_se": distance.error,
        }


def _focused(pictures: Sequence[np.ndarray] | np.ndarray, boxes: Sequence[Box | None]) -> np.ndarray:
    """Cut each picture to the part that is compared, unless it is already that size."""
    return np.stack(
        [
            picture
            if box is None or len(picture) == SIDE
            else picture[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
            for picture, box in zip(pictures, boxes, strict=True)
        ]
    )


def _of_figures(judge: Judge, pictures: Sequence[np.ndarray] | np.ndarray) -> Reading:
    return judge.read("bodies", np.stack([halved(one) for one in pictures]))


def _windows(pictures: np.ndarray, stride: int) -> list[Box]:
    """Cut a picture that is one window high into its native windows. Returns none for a larger picture."""
    height, width = pictures.shape[1:3]
    if height != SIDE:
        return []
    return [Box(left, 0, left + SIDE, height) for left in range(0, width - SIDE + 1, stride)]


def _things(shown: Shown, right: list[Right]) -> dict[str, float]:
    hits = [
        one[number, kind]
        for one, checks in zip(right, shown.checks, strict=True)
        for number, check in enumerate(checks)
        for kind in check.things
    ]
    return {"things": float(np.mean(hits))} if hits else {}


def _of_scenes(shown: Shown, right: list[Right]) -> dict[str, float]:
    whole: dict[str, list[bool]] = {name: [] for name in sorted(SCENE)}
    for one, checks in zip(right, shown.checks, strict=True):
        for number, check in enumerate(checks):
            whole[SCENE[check.picture]].append(all(hit for (of, _), hit in one.items() if of == number))
    return {name: float(np.mean(hits)) for name, hits in whole.items()}


def _heads(shown: Shown, right: list[Right]) -> dict[str, float]:
    heads = [[hit for (_, name), hit in one.items() if name in FACE] for one in right]
    named = [check.wanted for checks in shown.checks for check in checks if check.reader == "faces"]
    chances = [np.prod([1 / len(FACE[name]) for name in wanted]) for wanted in named]
    return {"head_accuracy": float(np.mean([all(one) for one in heads])), "chance": float(np.mean(chances))}
