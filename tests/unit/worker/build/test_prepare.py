from typing import Any

import numpy as np
import pytest
import torch

from backend.contracts.frames import ACCENT, QUIET
from backend.contracts.geometry import Canvas, CellBox
from backend.contracts.graph import (
    CompositePart,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    GraphSpec,
    IdentitySpec,
    ObservableSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
    Region,
    Reseed,
    Yield,
)
from backend.contracts.job import Job
from backend.contracts.layout import Panorama
from backend.contracts.sampling import Fresh, Sampling
from inlay_engine import fresh as engine
from inlay_engine.errors import GraphError
from inlay_engine.sampler import Step
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models

ALL = CellBox(x=0, y=0, width=40, height=16)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    write_tiny_checkpoint(folder / "other", id="other", prediction="epsilon", seed=1)
    return Models(folder, "cpu")


def job(**sampling: Any) -> Job:
    layout = Panorama(kind="panorama", canvas=Canvas(width=320, height=128), prompt="unused: the graph is given")
    return Job(layout=layout, sampling=Sampling(**{"model": "tiny", "steps": 4, "seed": 5, "eta": 0.0} | sampling))


def window(name: str, x: int, prompt: str, precision: PrecisionSpec, model: str = "tiny") -> ObservableSpec:
    return ObservableSpec(
        name=name,
        operator=CropSpec(kind="crop", control="x", box=CellBox(x=x, y=0, width=16, height=16)),
        prompted=PromptSpec(prompt=prompt, negative_prompt="", guidance=3.0, model=model),
        precision=precision,
    )


def graph(*extra: ObservableSpec, prompt: str = "mountains", wrap: Any = "none", reseeds: Any = ()) -> GraphSpec:
    """A row of background windows over 40x16 cells, and the patches over them."""
    patches = [view.precision for view in extra]
    background = PrecisionSpec(
        group="background",
        outside=[Yield(region=p.inside, weight=p.weight, active=p.active) for p in patches if p.inside],
    )
    starts = (0, 12, 24) if wrap == "none" else (0, 12, 24, 36)
    return GraphSpec(
        controls=[ControlSpec(name="x", channels=8, width=40, height=16, wrap=wrap, reseeds=list(reseeds))],
        observables=[*(window(f"y{x}", x, prompt, background) for x in starts), *extra],
        outputs=[OutputSpec(node="x", width=310, height=125)],
    )


def patch(weight: float = 1.0, active: Any = (0.0, 1.0), model: str = "tiny") -> ObservableSpec:
    box = Region(box=CellBox(x=10, y=2, width=8, height=8), feather=2.0)
    precision = PrecisionSpec(group="patch:sun", weight=weight, inside=box, active=list(active))
    return window("sun", 6, "the sun", precision, model)


def last(prepared: PreparedRun) -> Step:
    *_, step = prepared.sample()
    return step


def picture(prepared: PreparedRun) -> np.ndarray:
    return np.asarray(prepared.decode(last(prepared), OutputSpec(node="x", width=310, height=125)))


def test_a_picture_repeats_with_its_seed_and_changes_with_seed_and_prompt(models: Models) -> None:
    first = picture(prepare(graph(), job(), models))
    assert first.shape == (125, 310, 3)
    assert first.std() > 5
    assert (first == picture(prepare(graph(), job(), models))).all()
    assert (first != picture(prepare(graph(), job(seed=6), models))).mean() > 0.5
    assert (first != picture(prepare(graph(prompt="the sea"), job(), models))).mean() > 0.2


def test_micro_batches_change_only_the_rounding(models: Models) -> None:
    one, many = (last(prepare(graph(patch()), job(), models, micro_batch=size)).controls["x"] for size in (1, 16))
    torch.testing.assert_close(one, many, rtol=0, atol=1e-4)


def test_a_patch_changes_the_picture_where_it_is_trusted(models: Models) -> None:
    plain, drawn = (next(prepare(spec, job(), models).sample()) for spec in (graph(), graph(patch())))
    changed = (drawn.estimate["x"] - plain.estimate["x"]).abs().amax(0) > 1e-4
    inside = torch.zeros(16, 40, dtype=torch.bool)
    inside[2:10, 10:18] = True
    assert not changed[~inside].any()
    assert changed[inside].float().mean() > 0.9


def test_a_patch_acts_during_its_share_of_the_steps(models: Models) -> None:
    steps = prepare(graph(patch(active=(0.5, 1.0))), job(), models).sample()
    assert ["sun" in step.views for step in steps] == [False, False, True, True]


def test_every_observable_has_its_own_model(models: Models) -> None:
    prepared = prepare(graph(patch(model="other")), job(), models)
    assert {o.denoiser.model.clock.prediction for o in prepared.graph.observables[:3]} == {"v_prediction"}  # type: ignore[attr-defined]
    same = next(prepare(graph(patch()), job(), models).sample())
    step = next(prepared.sample())
    assert torch.equal(step.views["sun"].noisy, same.views["sun"].noisy)
    assert (step.views["sun"].clean - same.views["sun"].clean).abs().max() > 0.1


def test_an_unknown_model_is_refused_before_the_first_step(models: Models) -> None:
    with pytest.raises(DiffusionError, match="There is no model 'gone'"):
        prepare(graph(patch(model="gone")), job(), models)


def test_a_cell_that_no_observable_sees_is_refused(models: Models) -> None:
    early = patch(active=(0.0, 0.5))
    hole = Yield(region=early.precision.inside or Region(box=ALL), weight=1.0)
    views = [
        view.model_copy(update={"precision": PrecisionSpec(group="background", outside=[hole])})
        for view in graph().observables
    ]
    spec = graph().model_copy(update={"observables": [*views, early]})
    with pytest.raises(GraphError, match="At step 3 of 4 no observable sees 16 of the 640 cells of control 'x'"):
        list(prepare(spec, job(), models).sample())


def test_an_unresolved_job_is_refused(models: Models) -> None:
    with pytest.raises(ValueError, match="no seed"):
        prepare(graph(), job(seed=None), models)


def test_a_reseed_rerolls_its_region_and_keeps_the_rest_of_the_noise(models: Models) -> None:
    region = Region(box=CellBox(x=10, y=2, width=8, height=8), feather=2.0)
    noise = [
        next(prepare(graph(reseeds=reseeds), job(), models).sample()).before["x"]
        for reseeds in ([], [Reseed(region=region, seed=1)], [Reseed(region=region, seed=2)])
    ]
    inside = torch.zeros(16, 40, dtype=torch.bool)
    inside[2:10, 10:18] = True
    for other in noise[1:]:
        assert torch.equal(noise[0][:, ~inside], other[:, ~inside])
    assert (noise[1] != noise[2]).all(0)[inside].all()


@pytest.mark.parametrize("sampling", [{"eta": 1.0}, {"fresh": Fresh(share=1.0, active=[0.0, 0.6], filled=0.3)}])
def test_a_run_goes_on_from_any_step_bit_for_bit(models: Models, sampling: dict[str, Any]) -> None:
    spec, document = graph(patch(active=(0.0, 0.5))), job(**sampling)
    unbroken = list(prepare(spec, document, models).sample())
    for cut in unbroken[:-1]:
        *_, step = prepare(spec, document, models).sample(cut.state)
        assert torch.equal(step.controls["x"], unbroken[-1].controls["x"])


def test_steps_and_eta_are_the_job_s(models: Models) -> None:
    assert prepare(graph(), job(steps=7, eta=0.5), models).schedule.steps == 7
    assert prepare(graph(), job(eta=0.5), models).method.eta == 0.5
    assert prepare(graph(), job(eta=None), models).method.eta == 0.0
    assert prepare(graph(), job(), models).method.fresh == engine.Fresh()
    share = Fresh(share=0.7, active=[0.25, 0.5], filled=0.3)
    assert prepare(graph(), job(fresh=share), models).method.fresh == engine.Fresh(0.7, 0.25, 0.5, 0.3)


def test_previews_show_every_node_in_every_way(models: Models) -> None:
    prepared = prepare(graph(patch(active=(0.0, 0.5))), job(), models)
    first, *_, final = prepared.sample()
    shown = {
        (node, what): prepared.preview(first, node, what)
        for node in ("x", "y12", "sun")
        for what in ("x0", "noisy", "residual")
    }
    assert {node: seen.shape for (node, _), seen in shown.items()} == {
        "x": (64, 160, 3),
        "y12": (64, 64, 3),
        "sun": (64, 64, 3),
    }
    assert len({seen.tobytes() for seen in shown.values()}) == 9
    assert (shown["x", "noisy"][8:-8, 56:104] == shown["y12", "noisy"][8:-8, 8:-8]).all()
    released = prepared.preview(final, "sun", "x0")
    assert (released[8:-8, 8:-8] == prepared.preview(final, "x", "x0")[8:-8, 32:80]).all()


def test_a_residual_goes_from_grey_to_the_accent(models: Models) -> None:
    prepared = prepare(graph(), job(), models)
    step = next(prepared.sample())
    shown = prepared.preview(step, "x", "residual").astype(int)
    quiet, accent = (np.array([round(255 * part) for part in colour]) for colour in (QUIET, ACCENT))
    assert (np.abs(shown[:, :40] - quiet) <= 1).all(), "where one window alone looks there is nothing to disagree on"
    overlap = shown[:, 52:60]
    assert (overlap[..., 2] < quiet[2]).all()
    assert (overlap[..., 2] >= accent[2]).all()


def test_controls_and_observables_decode_alike(models: Models) -> None:
    prepared = prepare(graph(), job(), models)
    step = last(prepared)
    view = np.asarray(prepared.decode(step, OutputSpec(node="y12", width=128, height=128)))
    expected = prepared.models["y12"].decoder.decode(step.controls["x"][:, :, 12:28])
    assert (view == expected).all()
    early = next(prepared.sample())
    estimate = prepared.models["x"].decoder.decode(early.estimate["x"])
    assert (np.asarray(prepared.decode(early, OutputSpec(node="x", width=320, height=128))) == estimate).all()


def test_a_canvas_that_wraps_is_decoded_with_its_far_side_beside_it(models: Models) -> None:
    prepared = prepare(graph(wrap="x"), job(), models)
    step = last(prepared)
    decoded = np.asarray(prepared.decode(step, OutputSpec(node="x", width=320, height=128)))
    decoder = prepared.models["x"].decoder
    assert (decoded == decoder.decode(step.controls["x"], wrap_x=True)).all()
    assert not (decoded == decoder.decode(step.controls["x"])).all()


def test_a_scene_of_two_controls_is_built(models: Models) -> None:
    """y1 = x1, y2 = x2, y3 = x1 outside the box and x2 inside (paper, Section 6.2)."""
    box = Region(box=CellBox(x=4, y=4, width=8, height=8))
    parts = [CompositePart(control="x1", region=box, inverse=True), CompositePart(control="x2", region=box)]
    operators = {
        "y1": IdentitySpec(kind="identity", control="x1"),
        "y2": IdentitySpec(kind="identity", control="x2"),
        "y3": CompositeSpec(kind="composite", parts=parts),
    }
    spec = GraphSpec(
        controls=[ControlSpec(name=name, channels=8, width=16, height=16) for name in ("x1", "x2")],
        observables=[
            ObservableSpec(
                name=name,
                operator=operator,
                prompted=PromptSpec(prompt=name, negative_prompt="", guidance=2.0, model="tiny"),
                precision=PrecisionSpec(group=name),
            )
            for name, operator in operators.items()
        ],
        outputs=[OutputSpec(node="y3", width=128, height=128)],
    )
    prepared = prepare(spec, job(), models)
    step = last(prepared)
    inside = torch.zeros(16, 16, dtype=torch.bool)
    inside[4:12, 4:12] = True
    assert torch.equal(step.views["y3"].noisy[:, inside], step.before["x2"][:, inside])
    assert torch.equal(step.views["y3"].noisy[:, ~inside], step.before["x1"][:, ~inside])
    middle = (step.views["y2"].clean + step.views["y3"].clean) / 2
    torch.testing.assert_close(step.estimate["x2"][:, inside], middle[:, inside])
    torch.testing.assert_close(step.estimate["x2"][:, ~inside], step.views["y2"].clean[:, ~inside])
    assert prepared.decode(step, spec.outputs[0]).size == (128, 128)
