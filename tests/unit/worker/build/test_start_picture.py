"""Runs that start from a picture, on a tiny model with random weights and on the bundled one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from backend.contracts.graph import OutputSpec
from backend.contracts.job import Compiled, Job
from backend.contracts.limits import MAX_SIDE
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay_engine.sampler import Step
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.build.pictures import PictureMissing, fitted, laid, no_pictures
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.build.start_picture import feathered
from worker.diffusion.loading import Models

PICTURE, MASK = "a" * 64, "b" * 64
BUNDLED = Path(__file__).parents[4] / "models"
SMOOTH = Image.fromarray(
    np.stack(np.broadcast_arrays(np.linspace(40, 220, 192)[None], np.linspace(200, 60, 128)[:, None], 90), -1).astype(
        np.uint8
    )
)
"""A smooth picture of 192 x 128 pixels."""

PANORAMA = {"kind": "panorama", "canvas": {"width": 192, "height": 128}, "prompt": "a desert by day"}
BOX = {"x": 68, "y": 40, "width": 56, "height": 48}
INSIDE = np.zeros((128, 192), bool)
INSIDE[40:88, 68:124] = True


def prompted(**rest: Any) -> dict[str, Any]:
    return {"prompt": "the sea", **rest}


@dataclass(frozen=True)
class Shop:
    """Models, and the folder that contains them."""

    folder: Path
    models: Models

    def compiled(self, document: dict[str, Any], uploads: Mapping[str, Image.Image]) -> Compiled:
        offered = {one.description.id: one for one in ModelCatalog(self.folder).list()}
        greys = {id: np.asarray(upload.convert("L")) for id, upload in uploads.items()}
        sizes = {id: upload.size for id, upload in uploads.items()}
        job = resolve(Job.model_validate(document), offered, Limits())
        return compile_job(job, offered, Limits(), greys.get, sizes.get)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    return Shop(folder, Models(folder, "cpu"))


@dataclass(frozen=True)
class Run:
    prepared: PreparedRun
    outputs: list[OutputSpec]

    def last(self) -> Step:
        *_, step = self.prepared.sample()
        return step

    def pictures(self) -> list[np.ndarray]:
        step = self.last()
        return [np.asarray(self.prepared.decode(step, output)) for output in self.outputs]


def composed(
    shop: Shop,
    start: dict[str, Any] | None,
    layout: Mapping[str, Any] = PANORAMA,
    model: str = "tiny",
    picture: Image.Image = SMOOTH,
    outputs: list[str] | None = None,
    **sampling: Any,
) -> Run:
    uploads = {PICTURE: picture, MASK: Image.fromarray(INSIDE.astype(np.uint8) * 255).convert("RGB")}
    document = {
        "layout": layout,
        "sampling": {"model": model, "steps": 4, "seed": 5, "eta": 0.0, **sampling},
        "start": start if start is None else {"picture": PICTURE, **start},
        "outputs": outputs,
    }
    compiled = shop.compiled(document, uploads)
    prepared = prepare(compiled.graph, compiled.job, shop.models, uploads.__getitem__)
    return Run(prepared, compiled.graph.outputs)


def made(shop: Shop, start: dict[str, Any] | None, *args: Any, **options: Any) -> np.ndarray:
    picture, *_ = composed(shop, start, *args, **options).pictures()  # a scene also has its controls
    return picture


def test_a_start_takes_the_last_steps_from_the_picture_in_their_noise(shop: Shop) -> None:
    prepared = composed(shop, {"strength": 0.5}).prepared
    steps = list(prepared.sample())
    assert [prepared.progress(step) for step in steps] == [(1, 2), (2, 2)]
    noise = next(composed(shop, None).prepared.sample()).before["x"]
    at = prepared.schedule.instants[2]
    clean = prepared.models["x"].encoder.encode(np.asarray(SMOOTH))
    torch.testing.assert_close(steps[0].before["x"], at.alpha * clean + at.sigma * noise)


def test_at_full_strength_nothing_is_left_of_the_picture(shop: Shop) -> None:
    with_picture, without = (composed(shop, start).last() for start in ({"strength": 1}, None))
    assert torch.equal(with_picture.controls["x"], without.controls["x"])


def test_fresh_noise_counts_its_range_in_the_steps_of_the_whole_run(shop: Shop) -> None:
    """As the range of a patch does: a run that starts half way takes no step of the first half."""
    half = {"strength": 0.5}
    none, early, late = (
        composed(shop, half, fresh=fresh).last().controls["x"]
        for fresh in (None, {"share": 1.0, "active": [0.0, 0.5]}, {"share": 1.0, "active": [0.5, 1.0]})
    )
    assert torch.equal(none, early)
    assert not torch.equal(none, late)


LAYOUTS = {
    "panorama": PANORAMA,
    "around": {**PANORAMA, "canvas": {"width": 192, "height": 128, "wrap": "x"}},
    "unsnapped": {**PANORAMA, "canvas": {"width": 190, "height": 126}},
    "texture": {"kind": "texture", "canvas": {"width": 192, "height": 128}, "prompt": "pebbles"},
    "regions": {
        "kind": "regions",
        "canvas": {"width": 192, "height": 128},
        "prompt": "the sea",
        "bootstrap": 0.5,
        "patches": [prompted(id="a", box={"x": 32, "y": 16, "width": 64, "height": 64}, weight=100.0, feather=16)],
    },
    "scene": {
        "kind": "scene",
        "canvas": {"width": 192, "height": 128},
        "box": {"x": 48, "y": 32, "width": 64, "height": 64},
        "background": prompted(),
        "object": prompted(),
        "whole": prompted(),
        "soft": 16,
    },
    "portrait": {
        "kind": "portrait",
        "canvas": {"width": 192, "height": 128},
        "body": prompted(),
        "head": prompted(box={"x": 64, "y": 0, "width": 64, "height": 64}),
    },
    "illusion": {
        "kind": "illusion",
        "canvas": {"width": 192, "height": 128},
        "views": [prompted(transform="identity"), prompted(transform="flip_x")],
    },
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_is_kept_comes_back_to_the_byte_from_every_layout(shop: Shop, name: str) -> None:
    width, height = LAYOUTS[name]["canvas"]["width"], LAYOUTS[name]["canvas"]["height"]
    picture = SMOOTH.crop((0, 0, width, height))
    shown = made(shop, {"strength": 1, "feather": 0, "box": BOX}, LAYOUTS[name], picture=picture)
    changed, inside = (shown != np.asarray(picture)).any(-1), INSIDE[:height, :width]
    assert not changed[~inside].any()
    assert changed[inside].mean() > 0.9


def test_a_mask_of_a_box_gives_the_same_run_as_the_box(shop: Shop) -> None:
    by_box, by_mask = (made(shop, {"strength": 0.75, **part}) for part in ({"box": BOX}, {"mask": MASK}))
    assert np.array_equal(by_box, by_mask)


@pytest.mark.slow
@pytest.mark.parametrize(
    "sampling",
    [
        {"agree": {"solver": "conjugate"}},
        {"agree": {"solver": "gradient"}},
        {"coarse": {"weight": 10.0}},
        {"eta": 1.0},
        {"fresh": {"share": 1.0}},
        {"fresh": {"share": 0.7, "filled": 0.3}, "coarse": {"weight": 10.0}},
        {"scheduler": "dpmsolver++"},
        {"harmonise": 1, "corrector_steps": 1},
        {"windows": {"shift": True}},
        {"windows": {"weights": "gaussian"}},
    ],
    ids=lambda sampling: "-".join(sampling),
)
def test_the_picture_is_part_of_the_agreement_whatever_the_method(shop: Shop, sampling: dict[str, Any]) -> None:
    """The redrawn part also differs from that of a run without the picture."""
    prepared = composed(shop, {"strength": 1, "box": BOX}, **sampling).prepared
    clean = prepared.models["x"].encoder.encode(np.asarray(SMOOTH))
    plain = composed(shop, None, **sampling).last()
    redrawn = torch.zeros(16, 24, dtype=torch.bool)
    redrawn[5:11, 8:16] = True
    steps = list(prepared.sample())
    for step in steps:
        off = (step.estimate["x"] - clean).abs().amax(0)
        assert off[~redrawn].max() < (0.05 if "coarse" in sampling else 2e-3)
        assert not step.notices
    assert (steps[-1].estimate["x"] - clean).abs().amax(0)[redrawn].mean() > 0.1
    assert (steps[-1].controls["x"] - plain.controls["x"]).abs().amax(0)[6:10, 9:15].min() > 1e-3


def test_the_trust_of_the_kept_picture_falls_along_the_feather(shop: Shop) -> None:
    """A cell that is half redrawn is trusted as much as in a window. The trust of the kept picture falls along the
    feather."""
    known = composed(shop, {"box": {**BOX, "x": 64}, "feather": 16}).prepared.graph.at(0).observables[-1]
    trust = known.precision(0, 4)
    assert isinstance(trust, torch.Tensor)
    torch.testing.assert_close(
        trust[7, 6:13], torch.tensor([1e3, 1e3, 0.747 / 0.2541, 1 / 3, 0, 0, 0]), rtol=0.1, atol=1e-2
    )


@pytest.mark.parametrize(
    "noise", [{"eta": 1.0}, {"fresh": {"share": 1.0, "active": [0.0, 0.6]}}, {"fresh": {"filled": 0.3}}]
)
def test_a_run_from_a_picture_goes_on_from_any_step_bit_for_bit(shop: Shop, noise: dict[str, Any]) -> None:
    options = {**noise, "steps": 5, "coarse": {"weight": 3.0}}
    start = {"strength": 0.8, "box": BOX, "seed": 3}
    unbroken = list(composed(shop, start, **options).prepared.sample())
    assert len(unbroken) == 4
    for cut in unbroken[:-1]:
        *_, step = composed(shop, start, **options).prepared.sample(cut.state)
        assert torch.equal(step.controls["x"], unbroken[-1].controls["x"])


@pytest.mark.parametrize("fresh", [None, {"share": 1.0}])
def test_a_reroll_changes_one_part_with_its_seed(shop: Shop, fresh: dict[str, Any] | None) -> None:
    first, second, again = (
        made(shop, {"strength": 1, "box": BOX, "seed": seed, "feather": 0}, fresh=fresh) for seed in (1, 2, 1)
    )
    assert np.array_equal(first, again)
    assert np.array_equal(first[~INSIDE], second[~INSIDE])
    assert (first != second)[INSIDE].any(-1).mean() > 0.9


def test_a_part_may_be_kept_and_the_rest_redrawn(shop: Shop) -> None:
    shown = made(shop, {"strength": 1, "box": BOX, "keep": "inside", "feather": 0})
    assert np.array_equal(shown[INSIDE], np.asarray(SMOOTH)[INSIDE])
    assert (shown != np.asarray(SMOOTH))[~INSIDE].any(-1).mean() > 0.9


def test_every_picture_of_the_whole_canvas_gets_back_what_is_kept(shop: Shop) -> None:
    start = {"strength": 1, "box": BOX, "feather": 0}
    run = composed(shop, start, LAYOUTS["scene"], outputs=["x1", "scene", "y1"])
    background, whole, window = run.pictures()
    for shown in (background, whole):
        assert np.array_equal(shown[~INSIDE], np.asarray(SMOOTH)[~INSIDE])
    assert window.shape == (128, 128, 3)


def test_a_deleted_picture_is_an_error_with_a_sentence(shop: Shop) -> None:
    document = {"layout": PANORAMA, "sampling": {"model": "tiny", "steps": 2}, "start": {"picture": PICTURE}}
    compiled = shop.compiled(document, {PICTURE: SMOOTH})
    with pytest.raises(PictureMissing, match="upload the picture again"):
        prepare(compiled.graph, compiled.job, shop.models, no_pictures)


@pytest.mark.parametrize(("fit", "left", "right"), [("same", 0, 255), ("stretch", 0, 255), ("crop", 64, 191)])
def test_a_picture_is_fitted_to_the_canvas_as_the_start_says(fit: Any, left: int, right: int) -> None:
    ramp = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (128, 1))).convert("RGB")
    size = (128, 64) if fit == "same" else (64, 64)
    shown = np.asarray(fitted(ramp, size, fit)).astype(int)
    assert shown.shape == (size[1], size[0], 3)
    assert np.abs(shown[:, [0, -1], 0] - [left, right]).max() <= 3


def test_a_picture_of_the_canvas_s_size_is_left_alone() -> None:
    assert fitted(SMOOTH, (192, 128), "crop") is SMOOTH


def test_a_picture_may_be_laid_over_more_pixels_than_a_canvas_has() -> None:
    """A control of a custom graph has no canvas."""
    assert laid(SMOOTH.crop((0, 0, 8, 8)), None, "stretch", MAX_SIDE + 16, 8).shape == (8, MAX_SIDE + 16, 3)


def share(*columns: int, width: int = 64) -> np.ndarray:
    """Return a strip of a canvas in which these columns are redrawn."""
    drawn = np.zeros((8, width), np.uint8)
    drawn[:, columns] = 255
    return drawn


def test_a_feather_lies_inside_and_leaves_a_middle() -> None:
    soft = feathered(share(*range(10, 50)), 10, False, False)
    assert np.array_equal(soft > 0, share(*range(10, 50)) > 0)
    np.testing.assert_allclose(soft[3, 10:21], [*np.linspace(0.05, 0.95, 10), 1.0], atol=1e-6)
    assert feathered(share(30, 31, 32), 100, False, False).max() == 1
    assert (feathered(share(*range(20)), 10, False, False)[:, :10] == 1).all(), "a canvas's edge keeps nothing"


def test_a_feather_goes_around_an_edge_that_wraps() -> None:
    soft = feathered(share(*range(15), *range(49, 64)), 10, True, False)
    np.testing.assert_allclose(soft[3, 5:15], np.linspace(0.95, 0.05, 10), atol=1e-6)
    np.testing.assert_allclose(soft[3, 49:59], np.linspace(0.05, 0.95, 10), atol=1e-6)


def test_a_feather_is_the_same_at_every_call() -> None:
    """OpenCV's own distances depend on how it divides the picture among threads."""
    drawn = np.where(np.random.default_rng(0).random((517, 1031)) > 0.001, 255, 0).astype(np.uint8)
    threads, made = cv2.getNumThreads(), []
    try:
        for number in (1, 2, 8):
            cv2.setNumThreads(number)
            made.append(feathered(drawn, 40, False, False))
    finally:
        cv2.setNumThreads(threads)
    assert made[0].dtype == np.float32
    assert all(np.array_equal(one, made[0]) for one in made)


def test_without_a_feather_a_mask_is_taken_as_it_is_drawn() -> None:
    grey = share(3)
    grey[:, 4] = 128
    assert np.array_equal(feathered(grey, 0, False, False), grey.astype(np.float32) / 255)


@pytest.mark.slow
def test_papercut_keeps_close_to_a_picture_at_little_strength_and_not_at_full() -> None:
    shop = Shop(BUNDLED, Models(BUNDLED, "cpu"))
    options = {"model": "papercut", "steps": 10}
    before = made(shop, None, **options)
    night = {**PANORAMA, "prompt": "mountains at night"}
    off = {
        strength: np.abs(
            made(shop, {"strength": strength}, night, picture=Image.fromarray(before), **options).astype(int) - before
        ).mean()
        for strength in (0.2, 0.6, 1)
    }
    assert off[0.2] < off[1] / 5, off
    assert off[0.2] < off[0.6] < off[1], off
    assert off[1] > 40, off
