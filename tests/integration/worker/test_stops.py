"""A user stops a job, and another job continues it to the picture of a run without a stop."""

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from backend.contracts.job import Job, JobResource, Progress
from backend.graph.continuing import with_rest
from backend.reconciler import Reconciler
from backend.store.pictures.documents import carried_document
from backend.store.tables import jobs
from tests.integration.worker.conftest import ON_POSTGRES, OWNER, Place
from worker.job.run import work


def stop_after(place: Place, job: JobResource, step: int) -> JobResource:
    """Run the job, which is next in the queue, and ask it to stop during the step after `step`. Steps at the end of an
    image do not count."""
    calls = iter(range(1, 1000))

    def ask() -> bool:
        if next(calls) == step:
            place.worker.jobs.stop(OWNER, job.id)
        return False

    assert work(replace(place.worker, stopping=ask))
    return place.get(job)


def continued(place: Place, job: JobResource) -> JobResource:
    made, _ = place.worker.jobs.resume(OWNER, job.id)
    assert work(replace(place.worker, name="w2"))
    return place.get(made)


def steps(place: Place, job: JobResource) -> list[int]:
    return [event.step for event in place.worker.jobs.events(OWNER, job.id, 0) if event.type == "job_progress"]


def notices(place: Place, job: JobResource) -> list[str]:
    return [event.detail for event in place.worker.jobs.events(OWNER, job.id, 0) if event.type == "job_notice"]


def files(place: Place, job: JobResource) -> list[str]:
    """Return the names of a job's files, without its frames."""
    names = [key.rpartition("/")[2] for key in place.worker.images.list_prefix(f"jobs/{job.id}/")]
    return sorted(name for name in names if not name.endswith(".pack"))


def test_a_stopped_job_keeps_the_estimate_as_an_unfinished_picture(place: Place) -> None:
    whole, job = place.submit(steps=6), place.submit(steps=6)
    assert work(place.worker)
    ended = stop_after(place, job, 2)
    assert (ended.state, ended.progress, ended.can_continue) == ("succeeded", Progress(step=3, of=6), True)
    (output,) = ended.outputs
    assert (output.stopped_at, output.residual) == (Progress(step=3, of=6), None)
    assert notices(place, job) == ["Stopped as asked after step 3 of 6; the picture is the estimate of that step."]
    png = place.picture(job)
    picture = Image.open(io.BytesIO(png))
    assert picture.size == (256, 128)
    assert picture.info["Comment"] == "This picture is unfinished: its run was stopped after step 3 of 6."
    assert Job.model_validate_json(carried_document(png) or "") == ended.spec
    assert "Comment" not in Image.open(io.BytesIO(place.picture(whole))).info
    assert picture.tobytes() != Image.open(io.BytesIO(place.picture(whole))).tobytes()
    assert files(place, job) == ["checkpoint-0-3.safetensors", "x.png"]
    images, database = place.worker.images, place.worker.jobs.database
    stored = sum(len(images.get(key)) for key in images.list_prefix(f"jobs/{job.id}/"))
    with database.read() as connection:
        counted = connection.scalar(select(jobs.c.bytes).where(jobs.c.id == job.id))
    assert counted == stored, "the checkpoint counts as well"


RUNS: dict[str, dict[str, Any]] = {
    "default": {},
    "multistep": {"scheduler": "dpmsolver++"},
    "fresh": {"fresh": {"share": 1.0, "active": [0.0, 0.75]}},
    "filled": {"eta": 1.0, "fresh": {"filled": 0.3}, "coarse": {"weight": 3.3}},
    "shifted": {"windows": {"shift": True}},
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@ON_POSTGRES
def test_a_continued_job_makes_the_file_of_a_run_without_a_stop(place: Place, run: dict[str, Any]) -> None:
    whole, job = place.submit(steps=6, **run), place.submit(steps=6, **run)
    assert work(place.worker)
    unfinished = place.picture(stop_after(place, job, 2))
    made = continued(place, job)
    assert (made.state, made.continues, made.stop_requested) == ("succeeded", job.id, False)
    assert (steps(place, job), steps(place, made)) == ([1, 2, 3], [4, 5, 6])
    assert place.picture(made) == place.picture(whole), "pixels, document and all"
    assert (made.outputs[0].residual, made.outputs[0].stopped_at) == (place.get(whole).outputs[0].residual, None)
    assert place.picture(job) == unfinished


def test_a_job_that_was_stopped_twice_still_ends_with_the_same_file(place: Place) -> None:
    whole, job = place.submit(steps=6), place.submit(steps=6)
    assert work(place.worker)
    stop_after(place, job, 1)
    second, _ = place.worker.jobs.resume(OWNER, job.id)
    again = stop_after(place, second, 2)
    assert again.outputs[0].stopped_at == Progress(step=5, of=6)
    assert files(place, job).count("checkpoint-0-2.safetensors") == 1, "the first job can still be continued"
    assert place.picture(continued(place, second)) == place.picture(whole)
    assert place.picture(continued(place, job)) == place.picture(whole)


def test_a_job_that_starts_from_a_picture_counts_its_own_steps(place: Place) -> None:
    whole, job = place.from_picture(), place.from_picture()
    assert work(place.worker)
    ended = stop_after(place, job, 1)
    assert ended.outputs[0].stopped_at == Progress(step=2, of=3)
    assert place.picture(continued(place, job)) == place.picture(whole)


@pytest.mark.parametrize(
    ("asked_after", "names", "sentence"),
    [
        (2, ["x"], "after step 3 of 4 of image 1 of 3; the picture of that image is the estimate of that step."),
        (3, ["x"], "after 1 of 3 images; the others were not begun."),
        (4, ["x", "x.2"], "after step 2 of 4 of image 2 of 3; the picture of that image is the estimate of that step."),
        (6, ["x", "x.2"], "after 2 of 3 images; the others were not begun."),
    ],
)
@ON_POSTGRES
def test_of_several_images_the_finished_ones_are_kept_and_the_present_one_is_unfinished(
    place: Place, asked_after: int, names: list[str], sentence: str
) -> None:
    whole, job = place.submit(steps=4, images=3), place.submit(steps=4, images=3)
    assert work(place.worker)
    ended = stop_after(place, job, asked_after)
    assert [output.name for output in ended.outputs] == names
    assert notices(place, job) == [f"Stopped as asked {sentence}"]
    finished = [output.name for output in ended.outputs if output.stopped_at is None]
    assert finished == (names if "not begun" in sentence else names[:-1])
    for name in finished:
        assert place.picture(job, name) == place.picture(whole, name)
    made = continued(place, job)
    assert [output.name for output in made.outputs] == ["x", "x.2", "x.3"]
    for output in made.outputs:
        assert place.picture(made, output.name) == place.picture(whole, output.name)


@ON_POSTGRES
def test_the_unfinished_image_is_kept_beside_the_best_of_the_finished_ones(place: Place) -> None:
    options: dict[str, Any] = {"seed": 1, "steps": 4, "images": 4, "keep": 1, "scheduler": "dpmsolver++"}
    whole, every, job = place.submit(**options), place.submit(**{**options, "keep": None}), place.submit(**options)
    assert work(place.worker)
    assert work(place.worker)
    ended = stop_after(place, job, 7)
    residual = {output.name: output.residual or 0.0 for output in place.get(every).outputs[:2]}
    best = min(residual, key=lambda name: residual[name])
    assert [output.name for output in ended.outputs] == [best, "x.3"]
    assert [output.stopped_at for output in ended.outputs] == [None, Progress(step=2, of=4)]
    made = continued(place, job)
    (one,), (other,) = place.get(whole).outputs, made.outputs
    assert (other.name, other.residual) == (one.name, one.residual)
    assert place.picture(made, one.name) == place.picture(whole, one.name)


def test_a_stop_in_the_last_step_leaves_a_finished_job(place: Place) -> None:
    job = place.submit(steps=4)
    ended = stop_after(place, job, 3)
    assert (ended.stop_requested, ended.can_continue, ended.outputs[0].stopped_at) == (True, False, None)
    assert notices(place, job) == []


@pytest.mark.parametrize(("handed_back_after", "last"), [(2, 3), (3, 4), (5, 7)])
def test_the_next_worker_stops_after_one_step_if_the_first_could_not(
    place: Place, handed_back_after: int, last: int
) -> None:
    """The worker hands the job back, with a checkpoint, before it hears that the user asked to stop."""
    whole, job = place.submit(steps=4, images=2), place.submit(steps=4, images=2)
    assert work(place.worker)
    calls = iter(range(1, 1000))

    def hand_back() -> bool:
        if next(calls) < handed_back_after:
            return False
        place.worker.jobs.stop(OWNER, job.id)
        return True

    assert work(replace(place.worker, stopping=hand_back))
    waiting = place.get(job)
    assert (waiting.state, waiting.stop_requested) == ("queued", True)
    assert work(replace(place.worker, name="w2"))
    ended = place.get(job)
    assert (ended.state, ended.progress.step, ended.can_continue) == ("succeeded", last, True)
    made = continued(place, job)
    for name in ("x", "x.2"):
        assert place.picture(made, name) == place.picture(whole, name)


def test_the_next_worker_takes_no_step_between_two_images(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    job = place.submit(steps=4, images=2)
    finish = place.worker.jobs.finish

    def lose(*_: Any, **__: Any) -> None:
        monkeypatch.setattr(place.worker.jobs, "finish", finish)
        raise RuntimeError("the worker broke down before it recorded the end")

    monkeypatch.setattr(place.worker.jobs, "finish", lose)
    calls = iter(range(1, 1000))

    def ask() -> bool:
        if next(calls) == 3:
            place.worker.jobs.stop(OWNER, job.id)
        return False

    settings = place.worker.settings.model_copy(update={"retry_seconds": 0.0})
    assert work(replace(place.worker, stopping=ask, settings=settings))
    assert place.get(job).state == "queued"
    assert work(place.worker)
    ended = place.get(job)
    assert (ended.state, steps(place, job)) == ("succeeded", [1, 2, 3, 4])
    assert [(output.name, output.stopped_at) for output in ended.outputs] == [("x", None)]
    assert len(notices(place, job)) == 1


def test_a_cancel_after_a_stop_leaves_no_picture(place: Place) -> None:
    job = place.submit(steps=6)
    calls = iter(range(1, 1000))

    def ask() -> bool:
        if next(calls) == 2:
            place.worker.jobs.stop(OWNER, job.id)
            place.worker.jobs.cancel(OWNER, job.id)
        return False

    assert work(replace(place.worker, stopping=ask))
    assert (place.get(job).state, place.get(job).outputs) == ("cancelled", [])


@ON_POSTGRES
def test_every_output_of_a_scene_shows_its_estimate(place: Place) -> None:
    box = {"x": 32, "y": 32, "width": 64, "height": 64}
    prompts = {name: {"prompt": name} for name in ("background", "object", "whole")}
    layout = {"kind": "scene", "canvas": {"width": 256, "height": 128}, "box": box, "soft": 16, **prompts}
    document = {"layout": layout, "sampling": {"model": "tiny", "steps": 4, "seed": 1}}
    whole, job = place.accept(document), place.accept(document)
    assert work(place.worker)
    ended = stop_after(place, job, 1)
    names = [output.name for output in ended.outputs]
    assert names == ["scene", "x1", "x2"]
    assert [output.stopped_at for output in ended.outputs] == [Progress(step=2, of=4)] * 3
    made = continued(place, job)
    assert [place.picture(made, name) for name in names] == [place.picture(whole, name) for name in names]


def test_a_sweep_keeps_the_checkpoint_until_nothing_continues_from_it(place: Place) -> None:
    whole, job = place.submit(steps=6), place.submit(steps=6)
    assert work(place.worker)
    stop_after(place, job, 2)
    reconciler = Reconciler(place.worker.jobs, place.worker.images, place.api)
    reconciler.sweep()
    assert reconciler.sweep() == 0
    made, _ = place.worker.jobs.resume(OWNER, job.id)
    place.worker.jobs.delete(OWNER, job.id)
    reconciler.sweep()
    assert files(place, job) == ["checkpoint-0-3.safetensors"], "the picture and the frames are gone"
    assert work(place.worker)
    assert steps(place, made) == [4, 5, 6]
    assert place.picture(made) == place.picture(whole)
    reconciler.sweep()
    assert [*place.worker.images.list_prefix(f"jobs/{job.id}/")] == []


def test_a_continued_job_begins_anew_if_the_checkpoint_is_gone(place: Place) -> None:
    whole, job = place.submit(steps=6), place.submit(steps=6)
    assert work(place.worker)
    stop_after(place, job, 2)
    keys = [key for key in place.worker.images.list_prefix(f"jobs/{job.id}/") if key.endswith(".safetensors")]
    place.worker.images.delete(keys)
    assert place.picture(continued(place, job)) == place.picture(whole)


def continued_finer(place: Place, job: JobResource, more: int) -> JobResource:
    """Continue a stopped job with `more` steps, as the API does."""
    stopped = place.get(job)
    other = place.compiled(with_rest(stopped.spec, stopped.progress.step, more, 200))
    made, _ = place.worker.jobs.resume(OWNER, job.id, other=other)
    return made


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@ON_POSTGRES
def test_a_stopped_job_is_continued_with_more_steps_to_the_file_of_its_document(
    place: Place, run: dict[str, Any]
) -> None:
    whole, job = place.submit(steps=6, **run), place.submit(steps=6, **run)
    assert work(place.worker)
    stop_after(place, job, 2)
    made = continued_finer(place, job, 8)
    assert work(replace(place.worker, name="w2"))
    made = place.get(made)
    assert (made.state, made.continues, made.progress) == ("succeeded", job.id, Progress(step=11, of=11))
    assert steps(place, made) == [*range(4, 12)]
    anew = place.accept(made.spec.model_dump())
    assert work(place.worker)
    assert place.picture(made) == place.picture(anew), "pixels, document and all"
    assert made.outputs[0].residual == place.get(anew).outputs[0].residual
    assert place.picture(made) != place.picture(whole)


def test_a_job_with_more_steps_can_be_stopped_and_continued_with_more_again(place: Place) -> None:
    job = place.submit(steps=6)
    stop_after(place, job, 2)
    second = continued_finer(place, job, 8)
    stop_after(place, second, 2)
    third = continued_finer(place, second, 10)
    assert work(place.worker)
    third = place.get(third)
    assert (third.state, third.progress) == ("succeeded", Progress(step=16, of=16))
    anew = place.accept(third.spec.model_dump())
    assert work(place.worker)
    assert place.picture(third) == place.picture(anew)


@ON_POSTGRES
def test_a_job_that_keeps_a_part_of_its_start_picture_is_continued_with_more_steps(place: Place) -> None:
    job = place.from_picture(steps=10)
    stop_after(place, job, 1)
    made = continued_finer(place, job, 5)
    assert work(place.worker)
    made = place.get(made)
    assert (made.state, made.progress) == ("succeeded", Progress(step=7, of=7))
    anew = place.accept(made.spec.model_dump())
    assert work(place.worker)
    assert place.picture(made) == place.picture(anew)
