"""The tasks ask for what they check, and the methods have the same cost."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from backend.contracts.job import Compiled
from backend.contracts.layout import Panorama, Portrait, Regions, Scene
from backend.graph import LayoutError
from benchmarks.judge.questions import BODY, FACE, LANDSCAPE, OBJECTS
from benchmarks.quality import QualityError
from benchmarks.quality.__main__ import rows_asked
from benchmarks.quality.cases import WHOLE, Case
from benchmarks.quality.methods import CANNOT, COMPOSERS, FAIR, NATIVES, PLAIN, SAMPLINGS, Studio, composed, native
from benchmarks.quality.shown import narrowed
from benchmarks.quality.tasks import READ_BY, TASKS, cases
from training.papercut.drawing.figure import UNSEEN

MODELS = Path(__file__).parents[3] / "models"
KINDS = {"panorama-1": Panorama, "panorama-3": Panorama, "regions": Regions, "scene": Scene, "portrait": Portrait}


@cache
def asked(task: str) -> list[Case]:
    """Return three cases of a task. Tests share them, because drawing them takes long."""
    return cases(task, 1, 3)


@pytest.fixture(scope="module")
def studio() -> Studio:
    """The bundled model, described as one that takes poses. Compiling needs no weights for this."""
    found = Studio.of(MODELS, "papercut")
    known = found.described["papercut"]
    description = known.description.model_copy(update={"controlnets": ["pose"]})
    return Studio("papercut", {"papercut": known.model_copy(update={"description": description})}, found.models)


def in_steps(compiled: Compiled, steps: int) -> Compiled:
    sampling = compiled.job.sampling.model_copy(update={"steps": steps})
    return compiled.model_copy(update={"job": compiled.job.model_copy(update={"sampling": sampling})})


def said(case: Case) -> tuple[object, list[str]]:
    return case.layout, [part.prompt for part in case.parts]


@pytest.mark.parametrize("task", TASKS)
def test_cases_follow_from_the_seed(task: str):
    again, other = (cases(task, seed, 2) for seed in (1, 2))
    assert [said(case) for case in again] == [said(case) for case in asked(task)[:2]]
    assert [said(case) for case in again] != [said(case) for case in other]


@pytest.mark.parametrize("task", TASKS)
def test_what_is_checked_lies_in_the_picture_and_can_be_answered(task: str):
    answers = LANDSCAPE | FACE | BODY
    for case in asked(task):
        canvas = KINDS[task].model_validate(case.layout).canvas
        assert {check.reader for check in case.checks} == set(READ_BY[task])
        for check in case.checks:
            assert 0 <= check.picture < len(case.outputs or ("x",))
            for box in (check.box, *check.things.values(), *case.boxes):
                assert 0 <= box.left < box.right <= canvas.width
                assert 0 <= box.top < box.bottom <= canvas.height
            assert all(wanted in answers[question] for question, wanted in check.wanted.items())
            assert set(check.things) <= set(OBJECTS)


def test_a_portrait_asks_for_a_pair_that_training_never_shows():
    for case in cases("portrait", 0, 12):
        head, body = case.parts
        named = head.checks[0].wanted
        pairs = [pair for pair in UNSEEN if pair.outfit == body.checks[0].wanted["outfit"]]
        assert any(all(str(getattr(pair, name)) in (value, "True") for name, value in named.items()) for pair in pairs)
    drawn = asked("portrait")[0].parts[0].draw(1)
    assert drawn.pixels.shape == (256, 256, 3)
    assert drawn.focus is not None


def test_regions_ask_for_two_or_three_things_in_boxes_of_their_own_and_else_for_the_place():
    for case in asked("regions"):
        layout = Regions.model_validate(case.layout)
        with_things = [part for part in case.parts if part.checks[0].things]
        assert [patch.prompt for patch in layout.patches] == [part.prompt for part in with_things]
        assert len(with_things) in (2, 3)
        assert {part.prompt for part in case.parts if not part.checks[0].things} <= {layout.prompt}
        for patch, part in zip(layout.patches, with_things, strict=True):
            (box,) = part.checks[0].things.values()
            assert patch.box is not None
            assert (patch.box.x, patch.box.right) == (box.left, box.right)


def test_a_scene_asks_for_the_thing_in_its_box_and_for_the_place_alone_behind_it():
    for case in asked("scene"):
        layout, (y3, y1, y2) = Scene.model_validate(case.layout), case.parts
        assert (y1.prompt, y2.prompt, y3.prompt) == (
            layout.background.prompt,
            layout.object.prompt,
            layout.whole.prompt,
        )
        (box,) = y3.checks[0].things.values()
        assert (layout.box.x, layout.box.bottom) == (box.left, box.bottom)
        assert not y1.checks[0].things
        assert [*y2.checks[0].things.values()] == [WHOLE]


@pytest.mark.parametrize("task", TASKS)
def test_methods_cost_the_same(studio: Studio, task: str):
    case = asked(task)[0]
    fair = composed(studio, PLAIN, case, 1).cost
    for method in COMPOSERS[task]:
        assert abs(composed(studio, method, case, 1).cost - fair) <= FAIR * fair


@pytest.mark.parametrize("task", TASKS)
def test_every_method_has_a_row_or_a_reason_for_none(task: str):
    assert {*COMPOSERS[task], *CANNOT[task]} == {*SAMPLINGS}
    assert not {*COMPOSERS[task]} & {*CANNOT[task]}


@pytest.mark.parametrize("task", [task for task in TASKS if "counting" in CANNOT[task]])
def test_counting_is_refused_where_it_has_no_row(studio: Studio, task: str):
    with pytest.raises(LayoutError, match="counting"):
        studio.compile(asked(task)[0].layout, SAMPLINGS["counting"])


def test_an_even_head_is_trusted_as_the_body(studio: Studio):
    (case,) = cases("portrait", 0, 1)
    heads = {
        method: [one.precision for one in composed(studio, method, case, 1).graph.observables if one.patch == "head"]
        for method in ("even", PLAIN)
    }
    (even,), (plain,) = heads["even"], heads[PLAIN]
    assert even.inside is not None
    assert plain.inside is not None
    assert (even.weight, even.inside.feather) == (1, 0)
    assert plain.weight > 1
    assert plain.inside.feather > 0


def test_the_control_alone_is_asked_for_everything(studio: Studio):
    case = asked("portrait")[0]
    (body,) = composed(studio, "control", case, 1).graph.observables
    assert body.prompted.pose is not None
    assert body.prompted.prompt == (f"{case.parts[1].prompt} with {case.parts[0].prompt.removeprefix('a face with ')}")


def test_tiles_of_a_scene_are_pasted_and_a_scene_agrees(studio: Studio):
    case = asked("scene")[0]
    tiles, plain = (composed(studio, method, case, 1) for method in ("tiles", PLAIN))
    assert {one.precision.group for one in tiles.graph.observables} == {"background", "object"}
    assert {one.precision.group for one in plain.graph.observables} == {"background", "object", "whole"}
    scene, background, thing = studio.paint(in_steps(tiles, 2)).pictures.astype(int)
    (box,) = case.boxes
    middle = (slice(int(box.top) + 24, int(box.bottom) - 16), slice(int(box.left) + 24, int(box.right) - 24))
    assert np.abs(scene[middle] - thing[middle]).mean() < np.abs(scene[middle] - background[middle]).mean() / 3
    beside = (slice(None), slice(int(box.right) + 24, None))
    assert np.abs(scene[beside] - background[beside]).mean() < np.abs(scene[beside] - thing[beside]).mean() / 3


def test_the_same_job_of_two_methods_is_run_once(studio: Studio):
    case = asked("scene")[0]
    first, again, other = (
        studio.paint(in_steps(composed(studio, method, case, seed), 1))
        for method, seed in ((PLAIN, 1), ("inlay", 1), (PLAIN, 2))
    )
    assert first is again
    assert not np.array_equal(first.pictures, other.pictures)


def test_a_model_that_is_not_there_is_named():
    with pytest.raises(QualityError, match="no model 'nothing'"):
        Studio.of(MODELS, "nothing")


def test_native_pictures_are_one_window_under_one_prompt(studio: Studio):
    wide = asked("panorama-3")
    alone = [narrowed(case, number) for number, case in enumerate(wide)]
    assert [one[0][0] for one in alone] == [case.parts[number].prompt for number, case in enumerate(wide)]
    assert all(check.box == WHOLE for one in alone for _, check in one)
    compiled = native(studio, alone[0][0][0], 1)
    assert len(compiled.graph.observables) == 1
    assert studio.paint(in_steps(compiled, 1)).pictures.shape == (1, 128, 128, 3)


def test_native_pictures_of_a_scene_are_all_three_and_of_a_portrait_the_head():
    scene, portrait = asked("scene")[1], asked("portrait")[1]
    alone = narrowed(scene, 1)
    assert [prompt for prompt, _ in alone] == [part.prompt for part in scene.parts]
    assert [check.picture for _, check in alone] == [0, 1, 2]
    assert {box for _, check in alone for box in check.things.values()} == {WHOLE}
    ((prompt, check),) = narrowed(portrait, 1)
    assert (prompt, check.reader) == (portrait.parts[0].prompt, "faces")


def test_a_quick_table_leaves_settings_out_and_the_named_rows_are_made():
    assert rows_asked("panorama-1", [], quick=False) == ["real", *NATIVES, *COMPOSERS["panorama-1"]]
    assert {"coarse", "gaussian"}.isdisjoint(rows_asked("panorama-1", [], quick=True))
    assert {"real", "native", PLAIN, "paper", "inlay"} <= {*rows_asked("panorama-1", [], quick=True)}
    assert rows_asked("panorama-1", ["inlay", "coarse"], quick=True) == ["coarse", "inlay"]
