"""The picture store in a local folder: objects are whole or absent, and never outside the folder."""

import shutil
from pathlib import Path

import pytest
from obstore.store import S3Store

from backend.store.errors import ImageStoreError, NotFound
from backend.store.images import Images


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images((tmp_path / "images").as_uri())


def test_what_was_put_can_be_got_listed_and_deleted(images: Images):
    keys = ["jobs/a/1/x.png", "jobs/a/1/checkpoint-10.safetensors", "jobs/a/10/x.png", "jobs/b/1/x.png"]
    for key in keys:
        images.put(key, key.encode())
    assert images.get("jobs/a/10/x.png") == b"jobs/a/10/x.png"
    assert sorted(images.list_prefix("jobs/a/1/")) == sorted(keys[:2])
    assert sorted(images.list_prefix("jobs/")) == sorted(keys)
    images.delete(images.list_prefix("jobs/a/1/"))
    assert sorted(images.list_prefix("jobs/")) == sorted(keys[2:])
    images.delete(images.list_prefix("jobs/a/1/"))
    images.delete(["jobs/a/10/x.png", "jobs/a/10/x.png", "jobs/none/1/x.png"])
    assert list(images.list_prefix("jobs/")) == ["jobs/b/1/x.png"]


def test_a_second_put_replaces_the_first(images: Images):
    images.put("jobs/a/1/x.png", b"one")
    images.put("jobs/a/1/x.png", b"two")
    assert images.get("jobs/a/1/x.png") == b"two"


def test_an_empty_folder_lists_nothing_and_a_missing_picture_is_not_found(images: Images):
    assert list(images.list_prefix("jobs/")) == []
    with pytest.raises(NotFound):
        images.get("jobs/a/1/x.png")


BAD_KEYS = [
    "",
    "/etc/passwd",
    "../secret",
    "jobs/../../secret",
    "jobs/a/..",
    "jobs/./x.png",
    "jobs//x.png",
    "jobs/a/1/",
    "jobs/a\\..\\x.png",
    "jobs/%2e%2e/x.png",
    "jobs/a/x\x00.png",
    "jobs/a/x.png\n",
    "jobs/a/.hidden",
    "jobs/a/é.png",
    "a" * 501,
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_no_key_leads_out_of_the_folder(images: Images, tmp_path: Path, key: str):
    (tmp_path / "secret").write_bytes(b"secret")
    for ask in (lambda: images.get(key), lambda: images.put(key, b"x"), lambda: images.delete([key])):
        with pytest.raises(ImageStoreError, match="not a key"):
            ask()
    assert (tmp_path / "secret").read_bytes() == b"secret"


@pytest.mark.parametrize("prefix", ["jobs", "../", "/", "", "jobs/../"])
def test_no_prefix_leads_out_of_the_folder(images: Images, prefix: str):
    with pytest.raises(ImageStoreError):
        list(images.list_prefix(prefix))


def test_check_tells_a_folder_that_is_away_or_full_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    images = Images((tmp_path / "images").as_uri())
    images.check()
    assert list((tmp_path / "images").iterdir()) == []
    with monkeypatch.context() as full:
        full.setattr("backend.store.images.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(2**30, 2**30, 4096))
        with pytest.raises(ImageStoreError, match="full"):
            images.check()
    (tmp_path / "images").rmdir()
    (tmp_path / "images").write_bytes(b"a file stands where the folder was")
    with pytest.raises(ImageStoreError, match="does not work"):
        images.check()


def test_an_address_that_is_neither_folder_nor_s3_is_refused():
    with pytest.raises(ImageStoreError, match="'http'"):
        Images("http://example.org/bucket")


def test_empty_settings_of_s3_count_as_unset():
    """The S3 client panics at an empty address."""
    store = Images("s3://bucket", endpoint="", access_key="", secret_key="")._store
    assert isinstance(store, S3Store)
    assert set(store.config) == {"bucket", "region"}
