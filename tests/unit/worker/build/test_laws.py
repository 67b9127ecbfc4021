"""Runs with laws, on tiny models with random weights."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image

from backend.contracts.graph import OutputSpec
from backend.contracts.job import Compiled, Job
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay_engine.sampler import Step
from tests.tiny.stable_diffusion import write_tiny_1_or_2, write_tiny_checkpoint
from worker.build.pictures import PictureMissing, no_pictures
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.loading import Models

PICTURE, MASK = "a" * 64, "b" * 64
PAINTED = Image.fromarray(
    np.stack(np.broadcast_arrays(np.linspace(40, 220, 192)[None], np.linspace(200, 60, 128)[:, None], 90), -1).astype(
        np.uint8
    )
)
INSIDE = np.zeros((128, 192), np.uint8)
INSIDE[32:96, 64:128] = 255
CANVAS = {"width": 192, "height": 128}
CLOSE = {"kind": "keep_close", "picture": PICTURE, "deviation": 0.0, "weight": 10_000.0}
SKETCH = {**CLOSE, "kind": "sketch", "scale": 32}
ORANGE = [0.9, 0.5, 0.1]
PALETTE = {"kind": "palette", "colour": ORANGE, "deviation": 0.0, "weight": 10_000.0, "scale": 32}


class Shop(NamedTuple):
    """Models, and the folder that contains them."""

    folder: Path
    models: Models


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    write_tiny_1_or_2(folder / "sd", seed=1)
    return Shop(folder, Models(folder, "cpu"))


def compiled(shop: Shop, *guides: dict[str, Any], **changes: Any) -> Compiled:
    layout = {"kind": "panorama", "canvas": CANVAS, "prompt": "a desert", "guides": list(guides)}
    sampling = {"model": "tiny", "steps": 4, "seed": 5, "eta": 0.0, **changes.pop("sampling", {})}
    document = {"layout": {**layout, **changes.pop("layout", {})}, "sampling": sampling, **changes}
    offered = {one.description.id: one for one in ModelCatalog(shop.folder).list()}
    job = resolve(Job.model_validate(document), offered, Limits())
    return compile_job(job, offered, Limits(), {MASK: INSIDE}.get, lambda _: PAINTED.size)


def prepared(shop: Shop, *guides: dict[str, Any], **changes: Any) -> PreparedRun:
    made = compiled(shop, *guides, **changes)
    return prepare(made.graph, made.job, shop.models, lambda _: PAINTED)


def last(run: PreparedRun) -> Step:
    *_, step = run.sample()
    return step


def encoded(run: PreparedRun) -> torch.Tensor:
    return run.models["x"].encoder.encode(np.asarray(PAINTED))


def averages(run: PreparedRun, latent: torch.Tensor) -> torch.Tensor:
    """Return the view that the run's law has of this latent."""
    (law,) = (one for one in run.graph.at(0).observables if one.name.endswith("1") and not one.name.startswith("y"))
    return law.operator.clean_view({"x": latent})


def test_a_picture_to_keep_close_to_is_the_answer_where_nothing_else_counts(shop: Shop) -> None:
    run = prepared(shop, CLOSE)
    torch.testing.assert_close(last(run).estimate["x"], encoded(run), rtol=0, atol=0.01)


def test_outside_its_mask_a_close_picture_has_no_say(shop: Shop) -> None:
    run, free = prepared(shop, CLOSE | {"mask": MASK}), prepared(shop)
    end, without = last(run).estimate["x"], next(free.sample()).estimate["x"]
    torch.testing.assert_close(end[:, 4:12, 8:16], encoded(run)[:, 4:12, 8:16], rtol=0, atol=0.01)
    first = next(run.sample()).estimate["x"]
    torch.testing.assert_close(first[:, :, :8], without[:, :, :8])


def test_a_sketch_fixes_the_averages_and_nothing_within_them(shop: Shop) -> None:
    run = prepared(shop, SKETCH)
    end, wanted = last(run).estimate["x"], encoded(run)
    torch.testing.assert_close(averages(run, end), averages(run, wanted), rtol=0, atol=0.01)
    assert float((end - wanted).std()) > 0.1


def test_a_palette_gives_the_averages_inside_its_mask_the_latents_of_its_colour(shop: Shop) -> None:
    run = prepared(shop, PALETTE | {"mask": MASK})
    plain = run.models["x"].colour_latent(ORANGE)
    found = averages(run, last(run).estimate["x"])
    torch.testing.assert_close(found, plain[:, None, None].expand_as(found), rtol=0, atol=0.01)


def test_a_weaker_law_has_less_say(shop: Shop) -> None:
    def distance(**changes: Any) -> float:
        run = prepared(shop, CLOSE | changes)
        return float((last(run).estimate["x"] - encoded(run)).square().mean())

    strong, weak, loose = distance(), distance(weight=0.5), distance(deviation=2.0)
    assert strong < weak
    assert strong < loose


def test_a_law_is_previewed_with_its_mean_and_its_residual(shop: Shop) -> None:
    run = prepared(shop, SKETCH | {"weight": 1.0})
    step = next(run.sample())
    torch.testing.assert_close(step.views["sketch1"].clean, averages(run, encoded(run)), rtol=0, atol=1e-4)
    assert step.residual["sketch1"] > 0
    for what in ("x0", "noisy", "residual"):
        assert run.preview(step, "sketch1", what).shape == (16, 24, 3)
    picture = run.decode(step, OutputSpec(node="sketch1", width=48, height=32))
    assert picture.size == (48, 32)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"sampling": {"windows": {"shift": True}}},
        {"sampling": {"scheduler": "dpmsolver++"}},
        {"sampling": {"harmonise": 1, "eta": 1.0}},
        {"layout": {"canvas": {**CANVAS, "wrap": "x"}}},
        {"layout": {"canvas": {"width": 190, "height": 126}}},
        {"start": {"picture": PICTURE, "strength": 0.75, "box": {"x": 0, "y": 0, "width": 96, "height": 128}}},
    ],
    ids=["shifting windows", "dpmsolver++", "harmonise", "wrap", "padding", "start"],
)
def test_a_run_with_laws_goes_on_from_any_step_bit_for_bit(shop: Shop, changes: dict[str, Any]) -> None:
    guides = [
        SKETCH | {"weight": 3.0, "deviation": 0.3},
        PALETTE | {"box": {"x": 0, "y": 0, "width": 64, "height": 64}},
    ]
    run = prepared(shop, *guides, **changes)
    whole = [*run.sample()]
    resumed = [*prepared(shop, *guides, **changes).sample(whole[0].state)]
    assert torch.equal(whole[-1].controls["x"], resumed[-1].controls["x"])


@pytest.mark.slow
def test_laws_live_in_the_latents_of_the_job_s_model(shop: Shop) -> None:
    patch = {"id": "p", "box": {"x": 64, "y": 32, "width": 64, "height": 64}, "prompt": "the sun", "model": "sd"}
    regions = {"kind": "regions", "canvas": CANVAS, "prompt": "a desert", "patches": [patch], "guides": [CLOSE]}
    offered = {one.description.id: one for one in ModelCatalog(shop.folder).list()}
    document = {"layout": regions, "sampling": {"model": "tiny", "steps": 4, "seed": 5, "agree": {"space": "pixels"}}}
    job = resolve(Job.model_validate(document), offered, Limits())
    made = compile_job(job, offered, Limits(), sizes=lambda _: PAINTED.size)
    run = prepare(made.graph, made.job, shop.models, lambda _: PAINTED)
    torch.testing.assert_close(last(run).estimate["x"], encoded(run), rtol=0, atol=0.01)


def test_a_deleted_picture_is_an_error_with_a_sentence(shop: Shop) -> None:
    made = compiled(shop, SKETCH)
    with pytest.raises(PictureMissing, match=r"There is no upload aaaaaaaaaaaa… here"):
        prepare(made.graph, made.job, shop.models, no_pictures)
