"""Runs with more than averaged windows: coarse views, optimised lambda, shifted windows, bootstrapping, poses."""

import gc
import weakref
from typing import Any, cast

import numpy as np
import pytest
import torch

from backend.contracts.geometry import Canvas, CellBox
from backend.contracts.graph import (
    BackgroundSpec,
    ControlSpec,
    CropSpec,
    GraphSpec,
    IdentitySpec,
    ObservableSpec,
    OperatorSpec,
    OutputSpec,
    PoseSpec,
    PrecisionSpec,
    PromptSpec,
    Region,
    ResizeSpec,
    Shift,
)
from backend.contracts.job import Job
from backend.contracts.layout import Panorama
from backend.contracts.sampling import Agree, DescentStepSize, Sampling, StepSize
from inlay_engine.graph import check
from inlay_engine.sampler import Step
from tests.tiny.parts import CELL
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.build import conditioning
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.adapters.control import draw_pose
from worker.diffusion.denoisers import Conditioning
from worker.diffusion.loading import Models
from worker.ranks.group import Group
from worker.ranks.split import SplitGraph

WIDTH, HEIGHT = 40, 16
WHOLE = IdentitySpec(kind="identity", control="x")
COARSE = ResizeSpec(kind="resize", of=WHOLE, width=16, height=16)
JOINTS = [[20.0 * k, 10.0 * k] for k in range(13)]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny", pose=True)
    return Models(folder, "cpu")


def crop(x: int, shifts: bool = False) -> CropSpec:
    return CropSpec(kind="crop", control="x", box=CellBox(x=x, y=0, width=16, height=16), shifts=shifts)


def view(name: str, operator: OperatorSpec, pose: PoseSpec | None = None, **precision: Any) -> ObservableSpec:
    prompted = PromptSpec(prompt="a desert", negative_prompt="", guidance=2.0, model="tiny", pose=pose)
    return ObservableSpec(
        name=name,
        operator=operator,
        prompted=prompted,
        precision=PrecisionSpec.model_validate({"group": "windows"} | precision),
    )


def run(models: Models, *views: ObservableSpec, shift: Shift | None = None, **sampling: Any) -> PreparedRun:
    spec = GraphSpec(
        controls=[ControlSpec(name="x", channels=8, width=WIDTH, height=HEIGHT)],
        observables=list(views),
        outputs=[OutputSpec(node="x", width=WIDTH * CELL, height=HEIGHT * CELL)],
        shift=shift,
    )
    layout = Panorama(kind="panorama", canvas=Canvas(width=320, height=128), prompt="unused: the graph is given")
    settings = Sampling.model_validate({"model": "tiny", "steps": 4, "seed": 5, "eta": 0.0} | sampling)
    return prepare(spec, Job(layout=layout, sampling=settings), models)


def windows(shifts: bool = False) -> list[ObservableSpec]:
    return [view(f"y{x}", crop(x, shifts)) for x in (0, 12, 24)]


def last(prepared: PreparedRun) -> Step:
    *_, step = prepared.sample()
    return step


def test_a_coarse_view_holds_the_whole_together(models: Models) -> None:
    """The more trust the coarse view has, the nearer the reduced canvas is to its prediction."""
    off = {}
    for weight in (0.1, 100.0):
        coarse = view("coarse", COARSE, group="coarse", weight=weight)
        step = next(run(models, *windows(), coarse).sample())
        off[weight] = step.residual["coarse"]
        assert step.views["coarse"].noisy.shape == (8, 16, 16)
        assert abs(float(step.views["coarse"].noisy.std()) - 1) < 0.05, "its noise is filled up"
    assert off[100.0] < off[0.1] / 20


def test_a_coarse_view_is_shown_and_decoded_like_any_other(models: Models) -> None:
    prepared = run(models, *windows(), view("coarse", COARSE, group="coarse"))
    step = last(prepared)
    assert prepared.decode(step, OutputSpec(node="coarse", width=128, height=128)).size == (128, 128)
    for what in ("x0", "noisy", "residual"):
        assert prepared.preview(step, "coarse", what).shape == (64, 64, 3)
        assert prepared.preview(step, "x", what).shape == (64, 160, 3)


def test_a_view_of_weight_0_watches_and_changes_no_bit(models: Models) -> None:
    watching = view("head", crop(10), group="head", weight=0.0)
    alone, prepared = last(run(models, *windows())), run(models, *windows(), watching)
    step = last(prepared)
    assert torch.equal(step.controls["x"], alone.controls["x"])
    assert torch.equal(step.views["head"].noisy, step.before["x"][..., 10:26])
    assert step.residual["head"] > 0
    assert prepared.preview(step, "head", "x0").shape == (64, 64, 3)
    assert prepared.preview(step, "x", "residual").shape == (64, 160, 3)


def test_the_papers_descent_runs_through_a_model(models: Models) -> None:
    """With enough iterations it is the weighted average; with one at a small rate, noise is left."""
    average = last(run(models, *windows())).controls["x"]
    apart = {}
    for iterations, rate in ((1, 0.3), (60, 1.0)):
        descent = Agree(solver="descent", iterations=iterations, rate=rate)
        step = last(run(models, *windows(), agree=descent))
        apart[iterations] = float((step.controls["x"] - average).abs().max())
    assert apart[60] < 1e-3 < apart[1]
    moving = Agree(solver="descent", step_size=DescentStepSize(rho=0.0), iterations=10, rate=1.0)
    steps = list(run(models, *windows(), agree=moving).sample())
    assert any(float(size) != 1 for step in steps for size in step.step_sizes.values())


def test_an_optimised_lambda_stays_within_its_bounds(models: Models) -> None:
    moving = Agree(step_size=StepSize(mu=0.05, min=0.5, max=1.5))
    steps = list(run(models, *windows(), agree=moving).sample())
    sizes = torch.stack([size for step in steps for size in step.step_sizes.values()])
    assert sizes.min() >= 0.5
    assert sizes.max() <= 1.5
    assert (sizes != 1).any()
    fixed = last(run(models, *windows()))
    assert {float(size) for size in fixed.step_sizes.values()} == {1.0}


def test_shifted_windows_look_elsewhere_at_every_step(models: Models) -> None:
    views = [view(f"y{x}", crop(x, shifts=True)) for x in (0, 12, 24, 36)]
    prepared = run(models, *views, shift=Shift(x=12, y=1), steps=6)
    places = set()
    for step in prepared.sample():
        noisy, before = step.views["y12"].noisy, step.before["x"]
        places |= {x for x in range(25) if torch.equal(before[..., x : x + 16], noisy)}
        assert prepared.preview(step, "y12", "noisy").shape == (64, 64, 3)
    assert len(places) > 2
    assert places <= set(range(1, 13))
    assert last(prepared).controls["x"].isfinite().all()


@pytest.mark.parametrize("split", [False, True])
def test_shifted_windows_keep_the_graphs_of_two_steps_and_draw_a_pose_once(
    models: Models, split: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graphs of a long run with ControlNets took gigabytes. The check of all steps needs no conditioning."""
    drawn, draw = list[Any](), conditioning.draw_pose
    monkeypatch.setattr(conditioning, "draw_pose", lambda *given: (drawn.append(given), draw(*given))[1])
    views = [view(f"y{x}", crop(x, shifts=True), pose=PoseSpec(joints=JOINTS)) for x in (0, 12, 24, 36)]
    views.append(view("coarse", COARSE))  # it covers what the windows leave out at large offsets
    prepared = run(models, *views, shift=Shift(x=1000, y=1), steps=8)
    moving = SplitGraph(prepared.graph, cast(Group, None)) if split else prepared.graph
    check(moving, prepared.schedule.places, torch.zeros(1))
    assert drawn == []
    made: list[weakref.ref[Any]] = []
    for step in range(8):
        given = [one.denoiser.conditioning for one in moving.at(step).observables]
        made += [weakref.ref(one.conditioning if split else one) for one in given]
        given.clear()
        assert moving.at(step) is moving.at(step)
    before = moving.at(6)
    assert moving.at(7) is not before
    assert moving.at(6) is before, "a preview shows the step before"
    gc.collect()
    assert sum(one() is not None for one in made) == 2 * len(views)
    assert len(drawn) == 1


def test_multistep_transitions_change_the_picture_and_nothing_else(models: Models) -> None:
    first, multi = (last(run(models, *windows(), scheduler=name)) for name in ("ddim", "dpmsolver++"))
    assert not torch.equal(first.controls["x"], multi.controls["x"])
    again = last(run(models, *windows(), scheduler="dpmsolver++"))
    assert torch.equal(multi.controls["x"], again.controls["x"])


def test_bootstrapping_shows_a_patch_over_grey_at_first(models: Models) -> None:
    inside = Region(box=CellBox(x=4, y=4, width=8, height=8))
    over_grey = BackgroundSpec(kind="background", of=crop(0), region=inside, colour=[0.5, 0.5, 0.5])
    early = view("early", over_grey, group="patch:a", inside=inside, active=[0.0, 0.5])
    late = view("late", crop(0), group="patch:a", inside=inside, active=[0.5, 1.0])
    prepared = run(models, *windows(), early, late)
    steps = list(prepared.sample())
    assert [("early" in step.views, "late" in step.views) for step in steps] == [(True, False)] * 2 + [
        (False, True)
    ] * 2
    first = steps[1]
    view_of = first.views["early"]
    assert torch.equal(view_of.noisy[:, 4:12, 4:12], first.before["x"][:, 4:12, 4:12])
    assert not view_of.weight[:, :4].any(), "what lies outside says nothing of the canvas"
    grey = prepared.models["early"].colour_latent([0.5, 0.5, 0.5])
    alpha = prepared.schedule.instants[1].alpha
    outside = view_of.noisy[:, :4].mean((1, 2))
    assert (outside - alpha * grey).abs().max() < 0.7, "grey under noise of mean 0"


def test_a_pose_is_seen_through_the_same_operator_as_the_canvas(models: Models) -> None:
    pose = PoseSpec(joints=JOINTS, strength=0.8, active=[0.0, 0.5])
    prepared = run(models, *windows(), view("body", crop(12), pose))
    conditioning = prepared.graph.at(0).observables[-1].denoiser.conditioning
    assert isinstance(conditioning, Conditioning)
    [control] = conditioning.adapters.controls
    whole = draw_pose(JOINTS, WIDTH * CELL, HEIGHT * CELL, 128)
    assert torch.equal(control.picture, whole[..., 12 * CELL : 28 * CELL])
    assert control.strength == 0.8
    instants = prepared.schedule.instants
    assert [len(conditioning.controls_at(at)) for at in instants[:4]] == [1, 1, 0, 0]


def test_a_pose_changes_the_picture(models: Models) -> None:
    plain, posed = (
        last(run(models, view("body", WHOLE, pose))).controls["x"]
        for pose in (None, PoseSpec(joints=JOINTS, active=[0.0, 1.0]))
    )
    assert np.abs(plain - posed).max() > 1e-3
