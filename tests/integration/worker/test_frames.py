"""A worker keeps the frames of a run, and no fault of a store costs more than frames."""

import io
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from backend.contracts.events import What
from backend.contracts.job import JobResource
from backend.reconciler import Reconciler
from backend.store.errors import ImageStoreError
from backend.store.frames import Frames
from backend.store.images import Images
from tests.integration.store.samples import let_its_time_come, let_lease_run_out
from tests.integration.worker.conftest import ON_POSTGRES, OWNER, Place, soon
from worker.job import frames as writer
from worker.job import previews
from worker.job.run import work

MAIN = (0, "x0")


def submit(place: Place, steps: int = 4, images: int = 1, **preview: Any) -> JobResource:
    layout = {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "a desert"}
    sampling = {"model": "tiny", "steps": steps, "seed": 1}
    return place.accept({"layout": layout, "sampling": sampling, "images": images, "preview": preview})


def kept(place: Place, job: JobResource) -> dict[tuple[int, What], dict[int, bytes]]:
    """Return the frames of a job by node, kind and step."""
    frames = Frames(place.worker.jobs.database, place.worker.images)
    views: set[tuple[int, What]] = {
        (shot.node, shot.what) for pack in frames.packs(OWNER, job.id) for shot in pack.shots
    }
    return {
        view: dict(one for place in frames.places(OWNER, job.id, *view, range(1, 1000)) for one in frames.read(place))
        for view in views
    }


def files(place: Place, id: UUID) -> set[str]:
    return {key for key in place.worker.images.list_prefix(f"jobs/{id}/") if key.endswith(".pack")}


def pixels(place: Place, job: JobResource) -> bytes:
    return Image.open(io.BytesIO(place.picture(job))).tobytes()


@ON_POSTGRES
def test_the_frames_of_the_output_are_the_previews_of_every_step(place: Place) -> None:
    job = place.submit(steps=5)
    assert work(place.worker)
    soon(lambda: len(place.previews) == 5)
    frames = kept(place, job)
    assert frames == {MAIN: {header.step: image for header, image in place.previews}}
    assert Image.open(io.BytesIO(frames[MAIN][5])).size == (128, 64)
    assert len(files(place, job.id)) <= 5


@ON_POSTGRES
def test_every_node_and_kind_is_kept_if_the_job_asks(place: Place) -> None:
    job = submit(place, keep="all")
    assert work(place.worker)
    frames = kept(place, job)
    whats = ("x0", "noisy", "residual", "weights")
    assert frames.keys() == {(node, what) for node in range(4) for what in whats}
    assert {step for view, steps in frames.items() for step in steps if view[1] != "weights"} == {1, 2, 3, 4}
    assert all([*frames[node, "weights"]] == [1] for node in range(4))
    assert Image.open(io.BytesIO(frames[1, "residual"][1])).size == (64, 64)


@ON_POSTGRES
def test_frames_do_not_change_the_picture(place: Place) -> None:
    jobs = [submit(place, keep=keep) for keep in ("none", "outputs", "all")]
    for _ in jobs:
        assert work(place.worker)
    assert len({pixels(place, job) for job in jobs}) == 1
    assert kept(place, jobs[0]) == {}
    assert files(place, jobs[0].id) == set()


@ON_POSTGRES
def test_every_second_step_and_the_last_of_each_image_are_kept(place: Place) -> None:
    once, twice, never = (
        submit(place, steps=5, every=2),
        submit(place, steps=3, images=2, every=2),
        submit(place, every=0),
    )
    for _ in range(3):
        assert work(place.worker)
    assert [*kept(place, once)[MAIN]] == [2, 4, 5]
    assert [*kept(place, twice)[MAIN]] == [2, 3, 4, 6]
    assert kept(place, never) == {}


def test_a_resumed_job_has_all_its_frames(place: Place) -> None:
    whole, cut = place.submit(steps=6), place.submit(steps=6)
    assert work(place.worker)
    seen: list[int] = []
    assert work(replace(place.worker, stopping=lambda: bool(seen.append(1)) or len(seen) == 3))
    before = files(place, cut.id)
    assert [*kept(place, cut)[MAIN]] == [1, 2, 3]
    assert work(replace(place.worker, name="w2"))
    assert kept(place, cut) == kept(place, whole)
    assert before < files(place, cut.id)


@ON_POSTGRES
def test_frames_after_the_checkpoint_are_made_again(place: Place) -> None:
    job = submit(place, steps=6)
    patient = replace(place.worker, settings=place.worker.settings.model_copy(update={"checkpoint_seconds": 1000.0}))
    jobs, seen = place.worker.jobs, []

    def lose() -> bool:
        """Take the job away after its fourth step, as if the worker had died, with a checkpoint of the second."""
        seen.append(1)
        if len(seen) == 4:
            soon(lambda: [*kept(place, job).get(MAIN, ())] == [1, 2, 3, 4])
            let_lease_run_out(jobs.database, job.id)
            jobs.requeue_expired()
        return False

    assert work(replace(patient, stopping=lose))
    lost = files(place, job.id)
    assert lost
    assert [*kept(place, job)[MAIN]] == [1, 2, 3, 4]
    assert work(place.worker)
    assert [*kept(place, job)[MAIN]] == [1, 2, 3, 4, 5, 6]
    Reconciler(jobs, place.worker.images, place.api).sweep()
    assert files(place, job.id).isdisjoint(lost)
    assert len(kept(place, job)[MAIN]) == 6


@ON_POSTGRES
def test_slow_encoding_loses_no_preview_and_keeps_their_order(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = previews.Encoded.for_followers

    def slowly(self: previews.Encoded) -> bytes:
        time.sleep(0.2)
        return encode(self)

    monkeypatch.setattr(previews.Encoded, "for_followers", slowly)
    job = submit(place, steps=5)
    assert work(place.worker)
    soon(lambda: [header.step for header, _ in place.previews] == [1, 2, 3, 4, 5])
    assert [*kept(place, job)[MAIN]] == [1, 2, 3, 4, 5]


def test_a_preview_that_cannot_be_encoded_ends_the_attempt(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "QUALITY", "no quality")
    job = submit(place, steps=1)
    assert work(place.worker)
    assert place.get(job).state == "queued"
    monkeypatch.undo()
    let_its_time_come(place.worker.jobs.database, job.id)
    assert work(place.worker)
    assert place.get(job).state == "succeeded"


def refusing(place: Place, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the picture store refuse frames so many times."""
    put, refused = Images.put, []

    def refuse(self: Images, key: str, data: bytes) -> None:
        if "/frames/" in key and len(refused) < times:
            refused.append(key)
            raise ImageStoreError("The picture store does not work: it is full")
        put(self, key, data)

    monkeypatch.setattr(Images, "put", refuse)


@ON_POSTGRES
def test_a_store_that_takes_no_frames_costs_frames_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(place, monkeypatch, 1000)
    job = submit(place)
    assert work(place.worker)
    assert place.get(job).state == "succeeded"
    assert kept(place, job) == {}


@ON_POSTGRES
def test_a_store_that_refuses_frames_for_a_while_gets_them_later(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(place, monkeypatch, 2)
    job = submit(place)
    assert work(place.worker)
    assert [*kept(place, job)[MAIN]] == [1, 2, 3, 4]


@ON_POSTGRES
def test_frames_that_wait_too_long_are_given_up_from_the_oldest(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 1)
    refusing(place, monkeypatch, 3)
    job = submit(place)
    assert work(place.worker)
    assert place.get(job).state == "succeeded"
    steps = [*kept(place, job)[MAIN]]
    assert steps == [1, 2, 3, 4][-len(steps) :]
    assert 0 < len(steps) < 4


def test_a_cancelled_job_keeps_its_frames_until_it_is_tried_again_or_deleted(place: Place) -> None:
    job = submit(place, steps=6)
    jobs, seen = place.worker.jobs, []
    assert work(replace(place.worker, stopping=lambda: bool(seen.append(jobs.cancel(OWNER, job.id)))))
    assert place.get(job).state == "cancelled"
    first = kept(place, job)[MAIN]
    assert [*first] == [*range(1, len(first) + 1)]
    jobs.retry(OWNER, job.id)
    assert kept(place, job) == {}
    assert work(place.worker)
    assert [*kept(place, job)[MAIN]] == [1, 2, 3, 4, 5, 6]
    reconciler = Reconciler(jobs, place.worker.images, place.api)
    reconciler.sweep()
    assert len(kept(place, job)[MAIN]) == 6
    jobs.delete(OWNER, job.id)
    reconciler.sweep()
    assert files(place, job.id) == set()
