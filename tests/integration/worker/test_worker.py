"""A worker runs jobs, with a real database, a real bus and a tiny model with random weights."""

import contextlib
import io
import json
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from PIL import Image

from backend.contracts.job import Job
from backend.store.errors import NotFound
from backend.store.pictures.documents import PNG_KEY
from tests.integration.worker.conftest import ON_POSTGRES, OWNER, PICTURE, Place, soon
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.build.prepared_run import PreparedRun
from worker.diffusion.loading import Models
from worker.job.lease_keeper import LeaseKeeper
from worker.job.run import work


def test_a_job_becomes_a_picture_that_can_be_made_again(place: Place) -> None:
    first, second, other = place.submit(seed=1), place.submit(seed=1), place.submit(seed=2)
    for _ in range(3):
        assert work(place.worker)
    assert not work(place.worker)
    assert place.get(first).state == "succeeded"
    assert place.types(first) == ["job_queued", "job_started", *["job_progress"] * 4, "job_succeeded"]
    assert place.picture(first) == place.picture(second)
    assert place.picture(first) != place.picture(other)
    picture = Image.open(io.BytesIO(place.picture(first)))
    assert (picture.size, picture.mode) == ((256, 128), "RGB")
    document = Job.model_validate_json(picture.info[PNG_KEY])
    assert document == place.get(first).spec


@ON_POSTGRES
def test_previews_come_at_every_step_and_of_what_was_asked_for(place: Place) -> None:
    job = place.submit(steps=5)
    place.api.want(job.id, 2, "noisy")
    place.api.want(job.id, 0, "residual")
    soon(lambda: len(place.worker.bus.wanted(job.id)) == 2)
    assert work(place.worker)
    soon(lambda: len(place.previews) == 15)
    shown = {(header.node, header.what) for header, _ in place.previews}
    assert shown == {(0, "x0"), (2, "noisy"), (0, "residual")}
    main = [(header.step, picture) for header, picture in place.previews if (header.node, header.what) == (0, "x0")]
    assert [step for step, _ in main] == [1, 2, 3, 4, 5]
    assert len({picture for _, picture in main}) == 5
    assert Image.open(io.BytesIO(main[0][1])).size == (128, 64)
    assert place.hints.count(job.id) >= 5


@ON_POSTGRES
def test_progress_reports_each_views_residual(place: Place) -> None:
    job = place.submit()
    work(place.worker)
    events = place.worker.jobs.events(OWNER, job.id, 0)
    residuals = [event.residual for event in events if event.type == "job_progress"]
    assert all(set(residual) == {"y1", "y2", "y3"} for residual in residuals)
    assert all(value > 0 for value in residuals[0].values())


def test_a_cancelled_job_stops_between_steps(place: Place) -> None:
    job = place.submit(steps=200)
    thread = threading.Thread(target=work, args=[place.worker])
    thread.start()
    soon(lambda: place.get(job).progress.step >= 2)
    place.worker.jobs.cancel(OWNER, job.id)
    thread.join(10)
    assert not thread.is_alive()
    ended = place.get(job)
    assert (ended.state, ended.outputs) == ("cancelled", [])
    assert ended.progress.step < 200


@pytest.mark.parametrize("stopped", [False, True])
@ON_POSTGRES
def test_the_lease_lasts_through_each_pass_of_a_step_and_the_decoding_of_each_output(
    place: Place, stopped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each output is decoded, and each image prepared, within a time of its own. A step has one for each of
    its passes."""
    heard: list[float | str] = []
    long, step = place.worker.settings.first_step_seconds, place.worker.settings.step_seconds
    expect, decode = LeaseKeeper.expect, PreparedRun.decode
    images = 1 if stopped else 2
    sampling = {"model": "tiny", "steps": 2, "seed": 1, "harmonise": 2, "corrector_steps": 1}
    job = place.accept({"layout": {"kind": "scene", **LAYOUTS["scene"][0]}, "sampling": sampling, "images": images})

    def expected(self: LeaseKeeper, seconds: float) -> None:
        if stopped and seconds == 4 * step:
            place.worker.jobs.stop(OWNER, job.id)
        heard.append(seconds)
        expect(self, seconds)

    monkeypatch.setattr(LeaseKeeper, "expect", expected)
    monkeypatch.setattr(PreparedRun, "decode", lambda *given: (heard.append("decode"), decode(*given))[1])
    assert work(place.worker)
    assert place.get(job).state == "succeeded"
    assert [before for before, now in pairwise(heard) if now == "decode"] == [long] * 3 * images
    assert heard.count(4 * step) == (1 if stopped else 4)
    assert heard.count(long + 3 * step) == images


NOISES: dict[str, dict[str, Any]] = {
    "default": {},
    "fresh": {"fresh": {"share": 1.0, "active": [0.0, 0.75]}},
    "filled": {"eta": 1.0, "fresh": {"filled": 0.3}, "coarse": {"weight": 3.3}},
}


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
def test_another_worker_resumes_a_handed_back_job_to_the_same_picture(place: Place, noise: dict[str, Any]) -> None:
    whole, cut = place.submit(steps=6, **noise), place.submit(steps=6, **noise)
    work(place.worker)
    seen: list[int] = []

    def stop_at_third_step() -> bool:
        seen.append(1)
        return len(seen) == 3

    assert work(replace(place.worker, stopping=stop_at_third_step))
    assert place.get(cut).state == "queued"
    assert work(replace(place.worker, name="w2"))
    steps = [event.step for event in place.worker.jobs.events(OWNER, cut.id, 0) if event.type == "job_progress"]
    assert steps == [1, 2, 3, 4, 5, 6]
    assert place.get(cut).attempt == 1
    assert _pixels(place.picture(cut)) == _pixels(place.picture(whole))


OTHER_FORMAT = safetensors.torch.save({"image": torch.tensor(0)})


@pytest.mark.parametrize("unreadable", [b"", b"not a checkpoint", OTHER_FORMAT], ids=["empty", "damaged", "other"])
@ON_POSTGRES
def test_a_job_begins_anew_if_its_checkpoint_cannot_be_read(place: Place, tmp_path: Path, unreadable: bytes) -> None:
    whole, cut = place.submit(steps=4), place.submit(steps=4)
    work(place.worker)
    seen: list[int] = []
    assert work(replace(place.worker, stopping=lambda: bool(seen.append(1)) or len(seen) == 2))
    (checkpoint,) = (tmp_path / "images" / "jobs" / str(cut.id)).rglob("*.safetensors")
    checkpoint.write_bytes(unreadable)
    assert work(replace(place.worker, name="w2"))
    assert (place.get(cut).state, place.get(cut).attempt) == ("succeeded", 1)
    assert _pixels(place.picture(cut)) == _pixels(place.picture(whole))


@ON_POSTGRES
def test_a_job_that_starts_from_a_picture_takes_fewer_steps_and_keeps_the_rest(place: Place) -> None:
    job = place.from_picture()
    assert place.get(job).progress.of == 3
    assert work(place.worker)
    made = place.get(job)
    assert (made.error, made.progress.step, made.progress.of) == (None, 3, 3)
    shown = Image.open(io.BytesIO(place.picture(job)))
    left, right = (0, 0, 128, 128), (128, 0, 256, 128)
    assert shown.crop(left).tobytes() == PICTURE.crop(left).tobytes()
    assert shown.crop(right).tobytes() != PICTURE.crop(right).tobytes()
    views = {name for event in place.worker.jobs.events(OWNER, job.id, 0) for name in getattr(event, "residual", {})}
    assert views == {"y2", "y3"}


def test_another_worker_resumes_a_job_that_starts_from_a_picture(place: Place) -> None:
    whole, cut = place.from_picture(), place.from_picture()
    work(place.worker)
    assert work(replace(place.worker, stopping=lambda: True))
    assert place.get(cut).state == "queued"
    assert work(replace(place.worker, name="w2"))
    steps = [event.step for event in place.worker.jobs.events(OWNER, cut.id, 0) if event.type == "job_progress"]
    assert steps == [1, 2, 3]
    assert _pixels(place.picture(cut)) == _pixels(place.picture(whole))


def test_a_picture_that_is_gone_fails_the_job_with_a_sentence(place: Place) -> None:
    job = place.from_picture()
    place.worker.images.delete(place.worker.images.list_prefix("uploads/"))
    assert work(place.worker)
    error = place.get(job).error
    assert error is not None
    assert (error.title, "upload the picture again" in error.detail) == ("A picture is missing", True)


def test_several_images_are_those_of_their_seeds(place: Place) -> None:
    job, alone = place.submit(seed=1, images=3), place.submit(seed=2)
    assert work(place.worker)
    assert work(place.worker)
    made = place.get(job)
    assert [output.name for output in made.outputs] == ["x", "x.2", "x.3"]
    assert (made.progress.step, made.progress.of) == (12, 12)
    steps = [event.step for event in place.worker.jobs.events(OWNER, job.id, 0) if event.type == "job_progress"]
    assert steps == [*range(1, 13)]
    assert place.picture(job, "x.2") == place.picture(alone), "pixels, and the document that makes them again"
    assert place.picture(job, "x.3") != place.picture(job, "x.2")


SMALL, WIDE = {"width": 128, "height": 128}, {"width": 256, "height": 128}
BOX = {"x": 32, "y": 32, "width": 64, "height": 64}
POSE = {"kind": "pose", "joints": [[64.0, 10.0 * k] for k in range(14)]}
VIEWS = [{"prompt": "a", "transform": "identity"}, {"prompt": "b", "transform": "rotate_90"}]
LAYOUTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "scene": (
        {"canvas": WIDE, "box": BOX, "soft": 16, "background": {"prompt": "a"}, "object": {"prompt": "b"}}
        | {"whole": {"prompt": "c"}},
        ["scene", "x1", "x2", "y1"],
    ),
    "portrait": (
        {"canvas": {"width": 128, "height": 200}, "body": {"prompt": "a", "control": POSE}}
        | {"head": {"prompt": "b", "box": BOX}},
        ["x", "y1", "y2"],
    ),
    "illusion": ({"canvas": SMALL, "views": VIEWS}, ["x", "y2"]),
    "texture": ({"canvas": {"width": 160, "height": 160}, "prompt": "a"}, ["x", "coarse"]),
    "regions": (
        {"canvas": WIDE, "prompt": "a", "bootstrap": 0.5, "patches": [{"id": "p", "prompt": "b", "box": BOX}]},
        ["x", "y4", "y5"],
    ),
}


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize(
    "sampling",
    [{"coarse": {"weight": 10.0}}, {"scheduler": "dpmsolver++", "windows": {"shift": True, "weights": "gaussian"}}],
    ids=["coarse", "shifted"],
)
@ON_POSTGRES
def test_every_layout_becomes_its_pictures(place: Place, kind: str, sampling: dict[str, Any]) -> None:
    layout, outputs = LAYOUTS[kind]
    if "coarse" not in sampling:
        outputs = [output for output in outputs if output != "coarse"]
    settings = {"model": "tiny", "steps": 2, "seed": 1, **sampling}
    job = place.accept({"layout": {"kind": kind, **layout}, "sampling": settings, "outputs": outputs})
    assert work(place.worker)
    made = place.get(job)
    assert made.error is None
    assert [output.name for output in made.outputs] == outputs
    for output in made.outputs:
        picture = Image.open(io.BytesIO(place.picture(job, output.name)))
        assert picture.size == (output.width, output.height)
    assert made.outputs[0].width == layout["canvas"]["width"]


def test_a_solver_that_falls_short_is_told_once(place: Place) -> None:
    hasty = {"solver": "gradient", "iterations": 1}
    job = place.submit(agree=hasty, coarse={"weight": 100.0})
    assert work(place.worker)
    events = place.worker.jobs.events(OWNER, job.id, 0)
    notices = [event for event in events if event.type == "job_notice"]
    assert [notice.step for notice in notices] == [1], "the same with other figures is no news"
    assert notices[0].detail.startswith("Gradient descent left a residual of ")
    assert place.get(job).state == "succeeded"


@pytest.mark.parametrize("stop_after", [2, 5, 8])
@ON_POSTGRES
def test_several_images_survive_a_stop_in_any_of_them(place: Place, stop_after: int) -> None:
    """The sampler's transition uses several steps, so its history must survive as well."""
    whole = place.submit(steps=4, images=3, scheduler="dpmsolver++")
    cut = place.submit(steps=4, images=3, scheduler="dpmsolver++")
    work(place.worker)
    asked = iter(range(1, 100))
    assert work(replace(place.worker, stopping=lambda: next(asked) == stop_after))
    assert place.get(cut).state == "queued"
    assert work(replace(place.worker, name="w2"))
    for name in ("x", "x.2", "x.3"):
        assert _pixels(place.picture(cut, name)) == _pixels(place.picture(whole, name))


@ON_POSTGRES
def test_a_job_keeps_the_images_with_the_least_residual(place: Place) -> None:
    every, job = place.submit(seed=1, images=4, keep=None), place.submit(seed=1, images=4, keep=2)
    assert work(place.worker)
    assert work(place.worker)
    residual = {output.name: output.residual for output in place.get(every).outputs}
    assert [*residual] == ["x", "x.2", "x.3", "x.4"]
    ranked = sorted(residual, key=lambda name: residual[name] or 0.0)
    made = place.get(job)
    assert [(one.name, one.residual) for one in made.outputs] == [(name, residual[name]) for name in ranked[:2]]
    assert (made.progress.step, made.progress.of) == (16, 16)
    for name in ranked[:2]:
        assert place.picture(job, name) == place.picture(every, name)
    stored = [key for key in place.worker.images.list_prefix(f"jobs/{job.id}/") if key.endswith(".png")]
    assert len(stored) == 2, "dropped pictures are not stored"
    (notice,) = (event for event in place.worker.jobs.events(OWNER, job.id, 0) if event.type == "job_notice")
    seeds = {name: f"{seed} ({residual[name]:.4f})" for seed, name in enumerate(residual, 1)}
    dropped = ", ".join(seeds[name] for name in residual if name in ranked[2:])
    said = f"Kept by seed (and residual): {seeds[ranked[0]]}, {seeds[ranked[1]]}. Dropped: {dropped}."
    assert (notice.step, notice.detail) == (16, said)


@pytest.mark.parametrize("stop_after", [1, 3, 4, 6, 7, 9])
@ON_POSTGRES
def test_a_resumed_job_keeps_the_same_image(place: Place, stop_after: int) -> None:
    whole = place.submit(steps=4, images=3, keep=1, scheduler="dpmsolver++")
    cut = place.submit(steps=4, images=3, keep=1, scheduler="dpmsolver++")
    work(place.worker)
    asked = iter(range(1, 100))
    assert work(replace(place.worker, stopping=lambda: next(asked) == stop_after))
    assert place.get(cut).state == "queued"
    assert work(replace(place.worker, name="w2"))
    (one,), (other,) = place.get(whole).outputs, place.get(cut).outputs
    assert (other.name, other.residual) == (one.name, one.residual)
    assert place.picture(cut, one.name) == place.picture(whole, one.name)
    notices = [event.detail for event in place.worker.jobs.events(OWNER, cut.id, 0) if event.type == "job_notice"]
    assert len(notices) == 1


def _pixels(png: bytes) -> bytes:
    return Image.open(io.BytesIO(png)).tobytes()


def test_a_worker_that_lost_its_lease_leaves_nothing_behind(place: Place) -> None:
    job = place.submit(steps=3)
    jobs = place.worker.jobs

    def lose() -> bool:
        jobs.delete(OWNER, job.id)
        return False

    with contextlib.suppress(NotFound):
        work(replace(place.worker, stopping=lose))
    with pytest.raises(NotFound):
        place.get(job)
    assert list(place.worker.images.list_prefix("jobs/")) == []


@ON_POSTGRES
def test_a_damaged_model_fails_the_job_with_a_sentence(place: Place, tmp_path: Path) -> None:
    job = place.submit()
    broken = tmp_path / "models"
    write_tiny_checkpoint(broken / "tiny")
    (broken / "tiny" / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"not weights")
    assert work(replace(place.worker, models=Models(broken)))
    ended = place.get(job)
    assert ended.state == "failed"
    assert ended.error is not None
    assert "diffusion_pytorch_model.safetensors" in ended.error.detail


@ON_POSTGRES
def test_a_model_that_was_replaced_between_two_attempts_fails_the_job_with_a_sentence(
    place: Place, tmp_path: Path
) -> None:
    """The second attempt does not go on with other weights from the checkpoint of the first."""
    job, steps = place.submit(), iter([False, True])
    assert work(replace(place.worker, stopping=lambda: next(steps, True)))
    assert place.get(job).state == "queued"
    write_tiny_checkpoint(tmp_path / "models" / "tiny", seed=7, pose=True)
    assert work(replace(place.worker, models=Models(tmp_path / "models")))
    ended = place.get(job)
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.title == "A model has changed"
    assert ended.error.detail.startswith("This job was accepted with the model tiny 1 (")


@ON_POSTGRES
def test_a_model_that_breaks_down_names_step_and_view(place: Place, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    broken = tmp_path / "models"
    write_tiny_checkpoint(broken / "tiny")
    weights = broken / "tiny" / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    tensors["conv_out.bias"] += float("nan")
    save_file(tensors, weights, metadata={"format": "pt"})
    job = replace(place, models=broken).submit()
    work(replace(place.worker, models=Models(broken)))
    error = place.get(job).error
    assert error is not None
    assert error.detail.startswith("At step 1 of 4, for the view 'y1', the denoiser of the model 'tiny' answered with")


@ON_POSTGRES
def test_regions_and_their_views_become_pictures(place: Place) -> None:
    patch = {"id": "a", "box": {"x": 16, "y": 16, "width": 64, "height": 64}, "prompt": "the sea", "feather": 16}
    regions = {"kind": "regions", "prompt": "a desert", "patches": [patch]}
    layout = {"canvas": {"width": 256, "height": 136}, **regions}
    made = place.accept({"layout": layout, "sampling": {"model": "tiny", "steps": 2}, "outputs": ["x", "y7"]})
    work(place.worker)
    outputs = place.get(made).outputs
    assert [(output.name, output.width, output.height) for output in outputs] == [("x", 256, 136), ("y7", 128, 128)]
    json.loads(Image.open(io.BytesIO(place.picture(made, "y7"))).info[PNG_KEY])
