"""The parts of the studio's benchmark that need no browser."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from backend.contracts.job import Job
from backend.store.database import connect
from backend.store.jobs import Jobs
from backend.store.migrations import migrate
from backend.store.tables import job_prompts, jobs, now
from benchmarks.bundled import MODEL, MODELS
from benchmarks.studio.gallery import fill_gallery
from benchmarks.studio.hands import patches
from benchmarks.studio.measures import gaps, percentile, scripts_of
from benchmarks.workplace import compiled

PAGE = """<head><link rel="icon" href="icon.svg"><link rel="stylesheet" crossorigin href="./assets/a.css">
<script type="module" crossorigin src="./assets/index-1.js"></script>
<link rel="modulepreload" crossorigin href="./assets/words-2.js"></head><script src="./assets/index-1.js"></script>"""


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 10), (0.95, 19), (1.0, 20)])
def test_a_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    assert percentile(list(range(20, 0, -1)), share) == expected


def test_the_gaps_between_frames_have_a_median_and_a_tail() -> None:
    moments = [0.0]
    for gap in [16.0] * 18 + [60.0, 100.0]:
        moments.append(moments[-1] + gap)
    assert gaps(moments) == (16.0, 60.0)


def test_the_scripts_of_a_page_are_its_script_elements_and_preloads_once_each() -> None:
    assert scripts_of(PAGE) == ["./assets/index-1.js", "./assets/words-2.js"]


def test_the_patches_fill_the_canvas_and_can_run() -> None:
    layout = patches(8, (1024, 512))
    boxes = [patch["box"] for patch in layout["patches"]]
    assert len(boxes) == 64
    assert sum(box["width"] * box["height"] for box in boxes) == 1024 * 512
    Job.model_validate({"layout": layout, "sampling": {"model": MODEL}})


def test_a_gallery_is_filled_with_copies_of_real_jobs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/inlay.db"
    migrate(url)
    database = connect(url)
    store = Jobs(database)
    layout = {"kind": "texture", "canvas": {"width": 128, "height": 128}, "prompt": "the sea"}
    job = compiled(MODELS, Job.model_validate({"layout": layout, "sampling": {"model": MODEL, "steps": 2}}))
    for _ in range(2):
        store.submit("local", job.job, job.graph, job.cost)
    with database.engine.begin() as connection:
        connection.execute(update(jobs).values(state="succeeded", started_at=now(), finished_at=now()))
    fill_gallery(database, 1_203)
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(jobs)).scalar_one() == 1_203
        assert {text for (text,) in connection.execute(select(job_prompts.c.prompts))} == {"the sea"}
        newest = connection.execute(select(jobs.c.id).order_by(jobs.c.number.desc()).limit(1)).scalar_one()
    assert store.get("local", newest).spec == job.job
