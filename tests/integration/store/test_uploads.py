"""Uploads, on both databases, with a real folder."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from backend.contracts.job import Job
from backend.reconciler import Reconciler
from backend.store.bus_local import LocalApiBus
from backend.store.database import Database, connect
from backend.store.errors import Conflict, NotFound
from backend.store.images import Images
from backend.store.jobs import Jobs, Wanted
from backend.store.layouts import Layouts
from backend.store.pictures import Picture, as_colour, as_grey
from backend.store.tables import now
from backend.store.tables import uploads as rows
from backend.store.uploads import Uploads
from tests.integration.store.samples import GRAPH, job
from tests.picture_files import encoded
from tests.unit.store.test_pictures import HALF

DAY = 24 * 3600


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images((tmp_path / "images").as_uri())


@pytest.fixture
def uploads(database: Database, images: Images) -> Uploads:
    return Uploads(database, images)


def picture(values: np.ndarray = HALF) -> Picture:
    return as_grey(encoded(Image.fromarray(values)), 10_000)


def values(uploads: Uploads, owner: str, id: str) -> np.ndarray:
    found = uploads.mask(owner, id)
    assert found is not None
    return found


def test_an_upload_is_kept_once_and_read_back(uploads: Uploads, images: Images):
    kept = uploads.create("ann", picture())
    assert (kept.width, kept.height, kept.url) == (64, 48, f"/api/uploads/{kept.id}")
    assert uploads.png("ann", kept.id) == picture().png
    assert np.array_equal(values(uploads, "ann", kept.id), HALF)
    assert uploads.create("ann", picture()) == kept
    assert uploads.create("ann", picture(255 - HALF)).id != kept.id
    assert len([*images.list_prefix("uploads/")]) == 2


def test_another_owner_reads_it_only_after_uploading_it_too(uploads: Uploads):
    id = uploads.create("ann", picture()).id
    with pytest.raises(NotFound, match="Upload the picture again"):
        uploads.png("bob", id)
    assert uploads.mask("bob", id) is None
    assert uploads.create("bob", picture()).id == id
    assert np.array_equal(values(uploads, "bob", id), HALF)


def test_a_picture_may_be_a_mask_as_well(uploads: Uploads):
    colours = Image.merge("RGB", [Image.fromarray(HALF)] * 3)
    kept = uploads.create("ann", as_colour(encoded(colours), 10_000))
    assert uploads.size("ann", kept.id) == (64, 48)
    assert uploads.size("bob", kept.id) is None
    assert np.array_equal(values(uploads, "ann", kept.id), HALF)


def aged(database: Database, seconds: float = DAY + 60) -> None:
    """Make all uploads old, as if the time had passed."""
    with database.begin() as connection:
        connection.execute(update(rows).values(used_at=now(-seconds)))


def naming(**start: Any) -> Job:
    """Return a job that starts from uploads."""
    return Job.model_validate(job().model_dump() | {"start": start})


def kept(images: Images) -> set[str]:
    return {file.removeprefix("uploads/").removesuffix(".png") for file in images.list_prefix("uploads/")}


def test_what_nothing_names_is_swept_after_a_day(uploads: Uploads, images: Images, database: Database):
    old, again = (uploads.create("ann", picture(value)).id for value in (HALF, 255 - HALF))
    images.put("uploads/readme.txt", b"not ours")
    reconciler = Reconciler(Jobs(database), images, LocalApiBus())
    aged(database, DAY - 60)
    assert reconciler.sweep() == 0
    aged(database)
    uploads.create("ann", picture(255 - HALF))
    assert reconciler.sweep() == 1
    assert kept(images) == {again, "readme.txt"}
    assert uploads.mask("ann", old) is None
    assert uploads.create("ann", picture()).id == old
    assert np.array_equal(values(uploads, "ann", old), HALF)


def test_what_another_owner_still_has_is_kept(uploads: Uploads, images: Images, database: Database):
    uploads.create("ann", picture())
    aged(database)
    id = uploads.create("bob", picture()).id
    assert uploads.sweep() == 0
    assert uploads.mask("ann", id) is None
    assert np.array_equal(values(uploads, "bob", id), HALF)


def test_what_a_job_names_stays_as_long_as_the_job(uploads: Uploads, images: Images, database: Database):
    start, mask, loose = (uploads.create("ann", picture(value)).id for value in (HALF, 255 - HALF, HALF // 2))
    store = Jobs(database)
    made, _ = store.submit("ann", naming(picture=start, mask=mask), GRAPH, 10)
    aged(database)
    assert uploads.sweep() == 1
    assert kept(images) == {start, mask}
    assert uploads.mask("ann", loose) is None
    store.delete("ann", made.id)
    assert uploads.sweep() == 2


def test_a_job_is_refused_whose_upload_is_gone(uploads: Uploads, database: Database):
    id = uploads.create("bob", picture()).id
    store = Jobs(database)
    with pytest.raises(Conflict, match="Upload the picture again"):
        store.submit("ann", naming(picture=id), GRAPH, 10)
    assert store.search("ann", Wanted(), None, 10) == []


def test_what_a_saved_layout_names_stays_until_it_names_it_no_more(
    uploads: Uploads, images: Images, database: Database
):
    first, second = (uploads.create("ann", picture(value)).id for value in (HALF, 255 - HALF))
    layouts = Layouts(database)
    layout = layouts.create("ann", "mine", naming(picture=first))
    aged(database)
    assert uploads.sweep() == 1
    assert kept(images) == {first}
    uploads.create("ann", picture(255 - HALF))
    layouts.update("ann", layout.id, "mine", naming(picture=second))
    aged(database)
    uploads.sweep()
    assert kept(images) == {second}
    layouts.delete("ann", layout.id)
    uploads.sweep()
    assert kept(images) == set()


def test_a_layout_may_name_what_is_not_here(database: Database):
    assert Layouts(database).create("ann", "lent", naming(picture="0" * 64)).document.start is not None


def meanwhile(what: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=what)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive(), "it waits for the transaction that is open"
    return thread


def test_a_sweep_waits_for_a_job_that_is_being_made(postgres_url: str, images: Images):
    """After the wait, the sweep sees that the job uses its upload."""
    database = connect(postgres_url)
    ours = Uploads(database, images)
    id = ours.create("ann", picture()).id
    aged(database)
    with database.begin() as connection:
        connection.execute(update(rows).where(rows.c.id == id).values(used_at=now()))
        sweep = meanwhile(ours.sweep)
    sweep.join(10)
    assert kept(images) == {id}
    assert ours.mask("ann", id) is not None
    database.close()


def test_a_job_waits_for_a_sweep_and_is_then_refused(postgres_url: str, images: Images):
    database = connect(postgres_url)
    ours, refused = Uploads(database, images), threading.Event()
    id = ours.create("ann", picture()).id

    def submit() -> None:
        with pytest.raises(Conflict):
            Jobs(database).submit("ann", naming(picture=id), GRAPH, 10)
        refused.set()

    with database.begin() as connection:
        connection.execute(rows.delete())
        submission = meanwhile(submit)
    submission.join(10)
    assert refused.is_set()
    database.close()


def test_an_upload_waits_while_files_are_deleted(postgres_url: str, images: Images):
    """Another owner uploads the same picture while its file is being deleted."""
    database = connect(postgres_url)
    ours = Uploads(database, images)
    id = ours.create("ann", picture()).id
    aged(database)

    class Slow(Images):
        def delete(self, keys: Any) -> None:
            files = [*keys]
            upload.start()
            upload.join(0.5)
            super().delete(files)

    upload = threading.Thread(target=lambda: ours.create("bob", picture()))
    Uploads(database, Slow(images._url)).sweep()
    upload.join(10)
    assert np.array_equal(values(ours, "bob", id), HALF)
    with database.read() as connection:
        assert connection.scalars(select(rows.c.owner)).all() == ["bob"]
    database.close()
