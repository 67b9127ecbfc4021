"""Uploads, on both databases, over a real folder."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.reconciler import Reconciler
from backend.store.bus_local import LocalApiBus
from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.pictures import GreyPicture, as_grey
from backend.store.uploads import Uploads
from tests.unit.store.test_pictures import HALF, encoded


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images((tmp_path / "images").as_uri())


@pytest.fixture
def uploads(database: Database, images: Images) -> Uploads:
    return Uploads(database, images)


def picture(values: np.ndarray = HALF) -> GreyPicture:
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
    with pytest.raises(NotFound, match="upload the picture again"):
        uploads.png("bob", id)
    assert uploads.mask("bob", id) is None
    assert uploads.create("bob", picture()).id == id
    assert np.array_equal(values(uploads, "bob", id), HALF)


def test_no_sweep_takes_an_upload(uploads: Uploads, images: Images, database: Database):
    id = uploads.create("ann", picture()).id
    images.put("jobs/00000000-0000-0000-0000-000000000000/1/x.png", b"lost")
    reconciler = Reconciler(Jobs(database), images, LocalApiBus())
    assert reconciler.sweep() == 1
    assert uploads.png("ann", id) == picture().png
