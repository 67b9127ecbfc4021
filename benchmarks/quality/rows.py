"""From pictures to the figures of a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.judge.coherence import far_coherence
from benchmarks.judge.distance import Scale, crop_features, kernel_distance
from benchmarks.judge.examples import halved
from benchmarks.judge.judge import Judge
from benchmarks.judge.questions import BODY, FACE, LANDSCAPE, SIDE
from benchmarks.judge.seams import seam_score
from benchmarks.quality.tasks import READ_BY, Case, Check
from worker.training.drawing import Box
from worker.training.groups import HELD_OUT

CROPS, REFERENCES = 4, 4
"""Crops a picture, and real drawings a case that they are compared with."""
STRIDE = SIDE // 2
QUESTIONS = {**LANDSCAPE, **FACE, **BODY}


@dataclass(frozen=True)
class Shown:
    """The pictures of a row, bytes of shape (n, height, width, 3), what has to be read of each, and what one cost.

    `free`: panoramas that were asked for neither place nor time, where a task has them."""

    pictures: np.ndarray
    checks: Sequence[Sequence[Check]]
    view_forwards: float | None = None
    seconds: float | None = None
    free: np.ndarray | None = None


@dataclass(frozen=True)
class Row:
    """`crop_distance`, `prompt_accuracy` (the share of what was named that the judge reads) and their standard errors;
    `seam`, `far_coherence`, `view_forwards` and `seconds` a picture; null where a method or task has none. `more`:
    figures of some tasks only."""

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
class Bench:
    """The judge, and real drawings of a task's own cases to compare crops with."""

    judge: Judge
    task: str
    cases: Sequence[Case]
    real: np.ndarray
    scale: Scale
    seed: int

    @classmethod
    def of(cls, judge: Judge, task: str, cases: Sequence[Case], seed: int) -> "Bench":
        reader = judge.readers[READ_BY[task][0]]
        real = crop_features(reader, drawn(cases, REFERENCES, 1), CROPS, seed)
        scale = Scale.of(crop_features(reader, drawn(cases, REFERENCES, 2), CROPS, seed + 1))
        return cls(judge, task, cases, real, scale, seed)

    def row(self, method: str, shown: Shown) -> Row:
        features = crop_features(self.judge.readers[READ_BY[self.task][0]], shown.pictures, CROPS, self.seed + 2)
        distance = kernel_distance(features, self.real, self.scale)
        right = rights(self.judge, shown)
        shares = np.array([np.mean([*one.values()]) for one in right])
        coherence = None if shown.free is None else far_coherence(self.judge, shown.free)
        more = (
            {}
            if coherence is None
            else {"place_mix": coherence.place_mix, "time_mix": coherence.time_mix, "one_light": coherence.one_light}
        )
        return Row(
            self.task,
            method,
            len(shares),
            distance.value,
            distance.error,
            float(shares.mean()),
            float(shares.std(ddof=1) / np.sqrt(len(shares))),
            self._seam(method, shown.pictures),
            None if coherence is None else coherence.agree,
            shown.view_forwards,
            shown.seconds,
            more | self._of_portraits(method, shown, right),
        )

    def _seam(self, method: str, pictures: np.ndarray) -> float | None:
        """The mean over pictures; none where a picture is one window."""
        if method == "native":
            return None
        if self.task == "portrait":
            boxes = [[check.box for check in case.checks if check.reader == "faces"] for case in self.cases]
        else:
            boxes = [_windows(pictures, SIDE if method == "tiles" else STRIDE)] * len(pictures)
        return float(np.mean([seam_score(picture, box) for picture, box in zip(pictures, boxes, strict=True)]))

    def _of_portraits(self, method: str, shown: Shown, right: list[dict[tuple[int, str], bool]]) -> dict[str, float]:
        """The share of heads of which all that was named is read, and the distance of joints in pixels."""
        if self.task != "portrait":
            return {}
        heads = [[hit for (_, name), hit in one.items() if name in FACE] for one in right]
        more = {"head_accuracy": float(np.mean([all(one) for one in heads]))}
        asked = [case.joints for case in self.cases]
        if shown.view_forwards is None or method == "native":
            return more
        found = self.judge.read("bodies", np.stack([halved(one) for one in shown.pictures])).joints
        assert found is not None
        apart = [
            np.linalg.norm(read * shown.pictures.shape[1] - joints, axis=1).mean()
            for read, joints in zip(found, asked, strict=True)
            if joints is not None
        ]
        return more | {"pose_error": float(np.mean(apart))}


def _windows(pictures: np.ndarray, stride: int) -> list[Box]:
    height, width = pictures.shape[1:3]
    return [Box(left, 0, left + SIDE, height) for left in range(0, width - SIDE + 1, stride)]


def drawn(cases: Sequence[Case], each: int, kind: int) -> np.ndarray:
    """`each` real drawings a case, of its parts in turn. Kinds keep apart what is compared with what."""
    start = HELD_OUT + 20_000_000 * kind
    return np.stack(
        [
            case.parts[index % len(case.parts)].draw(start + each * number + index)
            for number, case in enumerate(cases)
            for index in range(each)
        ]
    )


def real_drawings(cases: Sequence[Case], free: Sequence[Case]) -> Shown:
    """A drawing a case, of one of its parts, with what is true of that."""
    parts = [case.parts[number % len(case.parts)] for number, case in enumerate(cases)]
    start = HELD_OUT + 20_000_000 * 3
    pictures = np.stack([part.draw(start + number) for number, part in enumerate(parts)])
    checks = [
        case.checks if cases[0].joints is not None else part.checks for case, part in zip(cases, parts, strict=True)
    ]
    return Shown(pictures, checks, free=drawn(free, 1, 4) if free else None)


def rights(judge: Judge, shown: Shown) -> list[dict[tuple[int, str], bool]]:
    """Of every picture, whether what was named is read, by the check's number and the question."""
    found: list[dict[tuple[int, str], bool]] = []
    for picture, checks in zip(shown.pictures, shown.checks, strict=True):
        answers: dict[tuple[int, str], bool] = {}
        for number, check in enumerate(checks):
            choices = judge.read(check.reader, _seen(picture, check)[None]).choices
            for question, wanted in check.wanted.items():
                answers[number, question] = QUESTIONS[question][int(choices[question][0])] == wanted
        found.append(answers)
    return found


def _seen(picture: np.ndarray, check: Check) -> np.ndarray:
    """What a reader is shown of a picture."""
    box = check.box
    seen = picture[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
    return halved(seen) if check.reader == "bodies" else seen


def narrowed(case: Case, number: int) -> tuple[str, tuple[Check, ...]]:
    """The prompt that is sampled by itself as the native picture of a case, and what is read of it: its parts in turn,
    of a portrait the head."""
    part = case.parts[0 if case.joints is not None else number % len(case.parts)]
    first = part.checks[:1]
    return part.prompt, tuple(replace(check, box=Box(0, 0, SIDE, SIDE)) for check in first)
