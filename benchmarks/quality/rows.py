"""From pictures to the figures of a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.judge.coherence import far_coherence
from benchmarks.judge.distance import Distance, Scale, crop_features, kernel_distance
from benchmarks.judge.examples import halved
from benchmarks.judge.judge import Judge, Reading
from benchmarks.judge.lights import one_light
from benchmarks.judge.questions import FACE, SIDE
from benchmarks.judge.seams import seam_score
from benchmarks.quality.cases import Case
from benchmarks.quality.shown import Right, Shown, drawn, rights
from benchmarks.quality.tasks import READ_BY
from training.papercut.drawing import Box

CROPS, REFERENCES = 4, 4
"""Crops a picture, and real drawings a case that they are compared with."""
STRIDE = SIDE // 2
SCENE = ("y3", "y1", "y2")
"""The pictures of a scene, the main one first."""


@dataclass(frozen=True)
class Row:
    """`crop_distance`, `prompt_accuracy` (the share of what was named that the judge reads) and their standard errors;
    `seam`, `far_coherence`, `view_forwards` and `seconds` a case; null where a method or task has none. `more`: figures
    of some tasks only.

    Of panorama-1: `place_mix` and `time_mix` of the panoramas that were asked for neither, and `one_light`, the share
    with one sun or moon of all panoramas, since every drawing of this width has one. Of regions: `things`, the share of
    patches with their thing. Of scenes: `y1`, `y2` and `y3`, the share of each of which all that was named is read. Of
    portraits: `head_accuracy`, the share of heads of which all that was named is read, what `chance` would give, the
    `pose_error` in pixels, and the `figure_distance` of whole figures, from features of the reader of bodies."""

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
    """Features of real drawings by case, of shape (cases, crops, d), and the scale of those of others."""

    real: np.ndarray
    scale: Scale

    @classmethod
    def of(cls, cases: Sequence[Case], real: np.ndarray, others: np.ndarray) -> "Reference":
        return cls(real.reshape(len(cases), -1, real.shape[-1]), Scale.of(others))

    def distance(self, features: np.ndarray) -> Distance:
        """How far features of pictures of the same cases are."""
        return kernel_distance(features.reshape(len(self.real), -1, features.shape[-1]), self.real, self.scale)


@dataclass(frozen=True)
class Bench:
    """The judge, and real drawings of a task's own cases to compare crops with, and whole figures of portraits."""

    judge: Judge
    task: str
    cases: Sequence[Case]
    seed: int
    crops: Reference
    figures: Reference | None

    @classmethod
    def of(cls, judge: Judge, task: str, cases: Sequence[Case], seed: int) -> "Bench":
        reader = judge.readers[READ_BY[task][0]]
        shown, others = drawn(cases, REFERENCES, 1), drawn(cases, REFERENCES, 2)
        real, spread = (
            crop_features(reader, _focused([one.pixels for one in some], [one.focus for one in some]), CROPS, offsets)
            for some, offsets in ((shown, seed), (others, seed + 1))
        )
        figures = None
        if task == "portrait":
            whole, wholes = (_of_figures(judge, [one.pixels for one in some]).features for some in (shown, others))
            figures = Reference.of(cases, whole, wholes)
        return cls(judge, task, cases, seed, Reference.of(cases, real, spread), figures)

    def row(self, method: str, shown: Shown) -> Row:
        """`shown` has a picture of every case of the bench, in their order."""
        boxes = [case.focus for case in self.cases]
        crops = crop_features(
            self.judge.readers[READ_BY[self.task][0]], _focused(shown.main, boxes), CROPS, self.seed + 2
        )
        distance = self.crops.distance(crops)
        right = rights(self.judge, shown)
        shares = np.array([np.mean([*one.values()]) for one in right])
        coherence = None if shown.free is None else far_coherence(self.judge, shown.free)
        more = {"place_mix": coherence.place_mix, "time_mix": coherence.time_mix} if coherence else {}
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

    def _seam(self, method: str, pictures: np.ndarray) -> float | None:
        """The mean over pictures; none where one was made as one window."""
        if method == "native":
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
        """What is said of whole figures; nothing where heads alone were made."""
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
    """Each picture, or the part of it that is compared, unless it is no larger."""
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
    """The native windows of a picture that is one window high; none of a larger one."""
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
