"""Search, marks, the trash, thumbnails and archives over HTTP."""

import io
import json
from contextlib import closing
from typing import Any
from uuid import uuid4
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import update

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.contracts.limits import MAX_SEARCH, MAX_SELECTED, MAX_TAG, MAX_TAGS
from backend.reconciler import Reconciler
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from backend.store.database import connect
from backend.store.jobs import Wanted
from backend.store.tables import jobs, now
from tests.integration.api.harness import Hand, panorama, regions


def sent(client: TestClient, document: dict[str, Any]) -> str:
    return client.post("/api/jobs", json=document).json()["id"]


def listed(client: TestClient, **query: Any) -> list[str]:
    return [one["id"] for one in client.get("/api/jobs", params=query).json()["items"]]


def png(width: int, height: int) -> bytes:
    gradient = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(gradient).save(encoded, "PNG")
    return encoded.getvalue()


def finished(client: TestClient, hand: Hand, picture: bytes, **sampling: Any) -> str:
    id = sent(client, panorama(**sampling))
    hand.finish(hand.start(), picture)
    return id


def test_a_search_names_what_it_looks_for(client: TestClient) -> None:
    forest, hills = sent(client, panorama()), sent(client, regions())
    assert listed(client) == [hills, forest]
    assert listed(client, q="FOREST") == listed(client, layout="panorama") == [forest]
    assert listed(client, q="forest hills") == listed(client, model="another") == listed(client, state="failed") == []
    assert listed(client, since="2026-01-01") == [hills, forest]
    today = client.get(f"/api/jobs/{hills}").json()["created_at"][:10]
    assert listed(client, since=today, until=today) == [hills, forest]
    assert listed(client, until=f"{today}T00:00:00Z") == listed(client, since="9999-12-31") == []
    first = client.get("/api/jobs", params={"q": "a", "limit": 1}).json()
    assert [one["id"] for one in first["items"]] == [forest]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "x" * (MAX_SEARCH + 1)}, "q"),
        ({"state": "lost"}, "state"),
        ({"layout": "mosaic"}, "layout"),
        ({"model": "no such/model"}, "model"),
        ({"since": "yesterday"}, "since"),
        ({"since": "0.5"}, "since"),
        ({"since": "20261129"}, "since"),
        ({"until": "2026-13-01"}, "until"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"favourite": "perhaps"}, "favourite"),
        ({"tag": ""}, "tag"),
        ({"tag": "a\x00b"}, "tag"),
        ({"trash": "bin"}, "trash"),
        ({"favorite": "true"}, "favorite"),
        ({"limit": 101}, "limit"),
        ({"after": "1"}, "after"),
    ],
)
def test_a_wrong_search_is_refused_with_its_field(client: TestClient, query: dict[str, Any], field: str) -> None:
    answer = client.get("/api/jobs", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["query", field])


def test_marks_are_set_searched_and_counted(client: TestClient) -> None:
    one, two = sent(client, panorama()), sent(client, panorama())
    marked = client.patch(f"/api/jobs/{one}", json={"favourite": True, "tags": ["  sky ", "Дом"]}).json()
    assert (marked["favourite"], marked["tags"]) == (True, ["sky", "Дом"])
    assert client.get(f"/api/jobs/{one}").json() == marked
    client.patch(f"/api/jobs/{two}", json={"tags": ["sky"]})
    assert listed(client, favourite="true") == listed(client, tag="Дом") == [one]
    assert listed(client, tag=" sky ") == [two, one]
    assert client.get("/api/tags").json() == {"items": [{"tag": "sky", "count": 2}, {"tag": "Дом", "count": 1}]}
    assert client.patch(f"/api/jobs/{one}", json={"favourite": None}).json() == marked
    assert client.patch(f"/api/jobs/{uuid4()}", json={"favourite": True}).status_code == 404
    assert client.request("OPTIONS", f"/api/jobs/{one}").headers["allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


@pytest.mark.parametrize(
    ("tags", "location", "said"),
    [
        ([""], ["tags", 0], "must not be empty"),
        (["sea", " "], ["tags", 1], "must not be empty"),
        (["x" * (MAX_TAG + 1)], ["tags", 0], f"at most {MAX_TAG} characters"),
        (["two\nlines"], ["tags", 0], "one line of text"),
        (["\u200b"], ["tags", 0], "a visible character"),
        (["sea", "Sea"], ["tags"], "has the tag 'Sea' twice"),
        ([str(number) for number in range(MAX_TAGS + 1)], ["tags"], f"at most {MAX_TAGS} items"),
        ([7], ["tags", 0], "must be text"),
        ("sea", ["tags"], "must be a list"),
    ],
)
def test_a_wrong_tag_is_refused_with_a_sentence(client: TestClient, tags: Any, location: list[Any], said: str) -> None:
    id = sent(client, panorama())
    answer = client.patch(f"/api/jobs/{id}", json={"favourite": True, "tags": tags})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["location"]) == (422, location)
    assert said in error["message"]
    assert client.get(f"/api/jobs/{id}").json()["favourite"] is False


def test_several_jobs_are_marked_by_one_request(client: TestClient) -> None:
    one, two = sent(client, panorama()), sent(client, panorama())
    client.patch(f"/api/jobs/{two}", json={"tags": ["Sky", "old"]})
    asked = {"ids": [one, two, str(uuid4())], "favourite": True, "add_tags": [" sky ", "Дом"], "remove_tags": ["old"]}
    marked = {
        "items": [
            {"id": two, "favourite": True, "tags": ["Sky", "Дом"]},
            {"id": one, "favourite": True, "tags": ["sky", "Дом"]},
        ]
    }
    for _ in range(2):
        answer = client.post("/api/marks", json=asked)
        assert (answer.status_code, answer.json()) == (200, marked)
    assert listed(client, tag="Дом", favourite="true") == [two, one]
    assert client.post("/api/marks", json={"ids": [one, two]}).json() == marked
    kept = client.post("/api/marks", json={"ids": [one], "favourite": None, "remove_tags": ["sky"]}).json()
    assert kept == {"items": [{"id": one, "favourite": True, "tags": ["Дом"]}]}


def test_two_clients_that_add_tags_to_one_job_both_keep_theirs(client: TestClient) -> None:
    id = sent(client, panorama())
    for tag in ("mine", "theirs"):
        client.post("/api/marks", json={"ids": [id], "add_tags": [tag]})
    assert client.get(f"/api/jobs/{id}").json()["tags"] == ["mine", "theirs"]


@pytest.mark.parametrize(
    ("change", "location", "said"),
    [
        ({"ids": []}, ["ids"], "must not be empty"),
        ({"ids": [str(uuid4())] * (MAX_SELECTED + 1)}, ["ids"], f"at most {MAX_SELECTED} items"),
        ({"ids": ["x"]}, ["ids", 0], "a UUID"),
        ({"ids": None}, ["ids"], "must be a list"),
        ({"favourite": "yes"}, ["favourite"], "true or false"),
        ({"add_tags": [" "]}, ["add_tags", 0], "must not be empty"),
        ({"add_tags": None}, ["add_tags"], "must be a list"),
        ({"add_tags": ["sea", "Sea"]}, ["add_tags"], "has the tag 'Sea' twice"),
        ({"remove_tags": ["x" * (MAX_TAG + 1)]}, ["remove_tags", 0], f"at most {MAX_TAG} characters"),
        ({"remove_tags": [str(number) for number in range(MAX_TAGS + 1)]}, ["remove_tags"], f"at most {MAX_TAGS}"),
        ({"add_tags": ["sea", "sky"], "remove_tags": [" sky"]}, [], "the tag 'sky' in `add_tags` and in `remove_tags`"),
        ({"tags": ["sea"]}, ["tags"], "not a field"),
    ],
)
def test_a_wrong_change_of_marks_is_refused_whole(
    client: TestClient, change: dict[str, Any], location: list[Any], said: str
) -> None:
    id = sent(client, panorama())
    answer = client.post("/api/marks", json={"ids": [id], "favourite": True} | change)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["location"]) == (422, location)
    assert said in error["message"]
    assert client.get(f"/api/jobs/{id}").json()["favourite"] is False


def test_a_job_without_room_for_a_tag_refuses_the_change_of_all(client: TestClient) -> None:
    room, full = sent(client, panorama()), sent(client, panorama())
    many = [str(number) for number in range(MAX_TAGS)]
    client.patch(f"/api/jobs/{full}", json={"tags": many})
    refused = client.post("/api/marks", json={"ids": [room, full], "favourite": True, "add_tags": ["new"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:inlay:conflict")
    assert refused.json()["detail"].startswith(f"1 of these jobs would have more than {MAX_TAGS} tags.")
    for id, tags in ((room, []), (full, many)):
        kept = client.get(f"/api/jobs/{id}").json()
        assert (kept["favourite"], kept["tags"]) == (False, tags)


def test_jobs_go_into_the_trash_and_come_back(client: TestClient, hand: Hand) -> None:
    done, waiting = finished(client, hand, png(8, 8)), sent(client, panorama())
    assert client.post("/api/trash", json={"ids": [done, str(uuid4())]}).json() == {"ids": [done]}
    assert (listed(client), listed(client, trash="true")) == ([waiting], [done])
    assert client.get(f"/api/jobs/{done}").json()["trashed_at"] is not None
    assert client.get(f"/api/jobs/{done}/images/x").status_code == 200
    refused = client.post("/api/trash", json={"ids": [waiting]})
    assert (refused.status_code, "Cancel them first" in refused.json()["detail"]) == (409, True)
    assert client.post("/api/trash/restore", json={"ids": [done]}).json() == {"ids": [done]}
    assert listed(client) == [waiting, done]
    for ids in ([], [str(uuid4())] * (MAX_SELECTED + 1), ["x"]):
        for name in ("trash", "trash/restore", "archive"):
            answer = client.post(f"/api/{name}", json={"ids": ids})
            assert (answer.status_code, answer.json()["errors"][0]["location"][0]) == (422, "ids")


def test_a_thumbnail_is_small_made_once_and_deleted_with_its_job(client: TestClient, hand: Hand) -> None:
    id = finished(client, hand, png(1024, 128))
    where = f"/api/jobs/{id}/images/x"
    for size in (256, 512):
        answer = client.get(where, params={"size": size})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert Image.open(io.BytesIO(answer.content)).size == (size, size // 8)
        again = client.get(where, params={"size": size}, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(where).headers["content-type"] == "image/png"
    key = hand.jobs.output_key("local", hand.jobs.search("local", Wanted(), None, 1)[0].id, "x")
    files = {key, f"{key}.256.webp", f"{key}.512.webp"}
    assert set(hand.images.list_prefix("jobs/")) == files
    reconciler = Reconciler(hand.jobs, hand.images, LocalApiBus())
    assert reconciler.sweep() == 0
    hand.images.delete([key])
    assert client.get(where, params={"size": 256}).status_code == 200, "the picture itself is not read again"
    client.delete(f"/api/jobs/{id}")
    assert client.get(where, params={"size": 256}).status_code == 404
    assert reconciler.sweep() == 2
    assert list(hand.images.list_prefix("jobs/")) == []


def test_a_thumbnail_never_enlarges_and_never_vanishes(client: TestClient, hand: Hand) -> None:
    for picture, size in ((png(40, 30), (40, 30)), (png(2048, 2), (256, 1))):
        id = finished(client, hand, picture)
        answer = client.get(f"/api/jobs/{id}/images/x", params={"size": 256})
        assert Image.open(io.BytesIO(answer.content)).size == size
    broken = finished(client, hand, b"\x89PNG picture")
    answer = client.get(f"/api/jobs/{broken}/images/x", params={"size": 256})
    assert (answer.status_code, "damaged" in answer.json()["detail"]) == (404, True)
    for size in ("0", "100", "big"):
        answer = client.get(f"/api/jobs/{id}/images/x", params={"size": size})
        assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["query", "size"])
    assert client.get(f"/api/jobs/{id}/images/y", params={"size": 256}).status_code == 404


def test_an_archive_holds_pictures_and_documents_under_clear_names(client: TestClient, hand: Hand) -> None:
    first, second = finished(client, hand, png(64, 32)), finished(client, hand, png(32, 32), seed=5)
    waiting = sent(client, panorama())
    answer = client.post("/api/archive", json={"ids": [first, second, waiting, first]})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"].endswith('-3-jobs.zip"')
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == 5
        stem = next(name for name in names if first[:8] in name and name.endswith(".json")).removesuffix(".json")
        created = client.get(f"/api/jobs/{first}").json()["created_at"]
        assert stem.startswith(created[:10])
        assert stem.endswith(f"_a-forest_{first[:8]}")
        assert archive.read(f"{stem}_x.png") == png(64, 32)
        assert json.loads(archive.read(f"{stem}.json")) == client.get(f"/api/jobs/{first}").json()["spec"]
        for entry in archive.infolist():
            assert (entry.compress_type, entry.flag_bits & 0x08) == (ZIP_STORED, 0), "sizes stand before each file"
    missing = str(uuid4())
    refused = client.post("/api/archive", json={"ids": [first, missing]})
    assert (refused.status_code, missing in refused.json()["detail"]) == (404, True)


def test_jobs_whose_ids_begin_alike_have_files_of_their_own_in_an_archive(
    client: TestClient, hand: Hand, settings: Settings
) -> None:
    ids = [f"0198c0de-7000-7000-8000-00000000000{number}" for number in range(3)]
    for id in ids:
        assert client.put(f"/api/jobs/{id}", json=panorama()).status_code == 201
        hand.finish(hand.start())
    with closing(connect(settings.database)) as database, database.begin() as connection:
        connection.execute(update(jobs).values(created_at=now()))
    with ZipFile(io.BytesIO(client.post("/api/archive", json={"ids": ids}).content)) as archive:
        names = archive.namelist()
    assert len(names) == len({*names}) == 6
    assert sum(name.endswith("_0198c0de-2_x.png") for name in names) == 1


def test_a_picture_that_is_gone_is_left_out_of_an_archive(client: TestClient, hand: Hand) -> None:
    id = finished(client, hand, png(8, 8))
    hand.images.delete(list(hand.images.list_prefix("jobs/")))
    with ZipFile(io.BytesIO(client.post("/api/archive", json={"ids": [id]}).content)) as archive:
        assert [name.rpartition(".")[2] for name in archive.namelist()] == ["json"]


def test_owners_see_only_their_own_gallery(settings: Settings, bus: LocalApiBus, hand: Hand) -> None:
    keyed = settings.model_copy(update={"api_keys": {digest(name): name for name in ("ann", "bob")}})
    with TestClient(create_app(keyed, bus), base_url="http://127.0.0.1") as client:
        bob = {"Authorization": "Bearer bob"}
        client.headers["Authorization"] = "Bearer ann"
        id = finished(client, hand, png(8, 8))
        client.patch(f"/api/jobs/{id}", json={"tags": ["mine"]})
        assert client.get("/api/jobs", params={"q": "forest"}, headers=bob).json()["items"] == []
        assert client.get("/api/tags", headers=bob).json() == {"items": []}
        assert client.patch(f"/api/jobs/{id}", json={"favourite": True}, headers=bob).status_code == 404
        assert client.get(f"/api/jobs/{id}/images/x", params={"size": 256}, headers=bob).status_code == 404
        for name, status in (("trash", 200), ("trash/restore", 200), ("archive", 404)):
            answer = client.post(f"/api/{name}", json={"ids": [id]}, headers=bob)
            assert answer.status_code == status
            assert name == "archive" or answer.json() == {"ids": []}
        assert client.get(f"/api/jobs/{id}").json()["trashed_at"] is None
