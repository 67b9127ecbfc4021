"""Jobs that are shared by links: what a link shows, to whom, and until when."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from backend import logs
from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.jobs import Jobs
from backend.store.retention import Retention, Rules
from backend.store.tables import jobs, now, shared_links
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.people import People, peopled


@pytest.fixture
def people(settings: Settings, bus: LocalApiBus) -> Iterator[People]:
    with peopled(settings, bus) as people:
        yield people


@pytest.fixture
def done(people: People, hand: Hand) -> str:
    """A finished job of ann."""
    job = people.client.post("/api/jobs", json=panorama(), headers=people.headers("ann")).json()["id"]
    hand.finish(hand.start())
    return job


def share(people: People, job: str, name: str = "ann", **draft: float) -> dict[str, str]:
    answer = people.client.post(f"/api/jobs/{job}/links", json=draft, headers=people.headers(name))
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return {"url": answer.json()["url"], "id": answer.json()["link"]["id"]}


def test_whoever_has_the_link_sees_the_picture_and_the_document_and_nothing_else(people: People, done: str) -> None:
    link = share(people, done)
    seen = people.client.get(link["url"])
    assert seen.status_code == 200
    assert set(seen.json()) == {"kind", "finished_at", "document", "pictures"}
    assert seen.json()["document"]["layout"]["prompt"] == "a forest"
    (picture,) = seen.json()["pictures"]
    mine = people.client.get(f"/api/jobs/{done}/images/{picture['name']}", headers=people.headers("ann"))
    shared = people.client.get(picture["url"])
    assert (shared.status_code, shared.content) == (200, mine.content)
    assert shared.headers["cache-control"] == "private, no-cache"
    assert "ann" not in json.dumps(seen.json())
    token = link["url"].rpartition("/")[2]
    for path in (f"/api/jobs/{done}", f"/api/jobs/{done}/images/x", "/api/jobs", "/api/links"):
        assert people.client.get(path).status_code == 401
        assert people.client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert people.client.request(method, link["url"]).status_code == 405
    assert people.client.get(f"{link['url']}/images/other").status_code == 404


def test_a_link_is_listed_and_taken_back_by_its_owner(people: People, done: str) -> None:
    link, other = share(people, done), share(people, done, days=1)
    listed = people.client.get("/api/links", headers=people.headers("ann", "read")).json()["items"]
    assert [one["id"] for one in listed] == [other["id"], link["id"]]
    assert link["url"].rpartition("/")[2] not in json.dumps(listed)
    assert people.client.get("/api/links", headers=people.headers("bob")).json()["items"] == []
    of_other = people.client.get("/api/links", params={"job": str(uuid4())}, headers=people.headers("ann"))
    assert of_other.json()["items"] == []
    mine = f"/api/links/{link['id']}"
    assert people.client.delete(mine, headers=people.headers("bob")).status_code == 404
    assert people.client.delete(mine, headers=people.headers("ann", "read")).status_code == 403
    assert people.client.delete(mine, headers=people.headers("ann")).status_code == 204
    assert [people.client.get(one["url"]).status_code for one in (link, other)] == [404, 200]
    assert people.client.delete(f"/api/links/{other['id']}", headers=people.headers("root", "admin")).status_code == 204
    noted = people.client.get("/api/audit", headers=people.headers("root", "admin")).json()["items"]
    assert [(one["actor"], one["action"], one["object"]) for one in noted][:4] == [
        ("root", "revokeLink", f"{done}/{other['id']}"),
        ("ann", "revokeLink", f"{done}/{link['id']}"),
        ("ann", "shareJob", f"{done}/{other['id']}"),
        ("ann", "shareJob", f"{done}/{link['id']}"),
    ]


def test_a_link_ends(people: People, done: str) -> None:
    link = share(people, done, days=1)
    with people.database.begin() as connection:
        connection.execute(update(shared_links).values(expires_at=now(-1)))
    assert people.client.get(link["url"]).status_code == 404
    assert people.client.get("/api/links", headers=people.headers("ann")).json()["items"] == []


def test_a_link_shows_nothing_while_its_job_is_in_the_trash_or_its_owner_disabled(people: People, done: str) -> None:
    link, ann = share(people, done), people.headers("ann")
    people.client.post("/api/trash", json={"ids": [done]}, headers=ann)
    assert people.client.get(link["url"]).status_code == 404
    people.client.post("/api/trash/restore", json={"ids": [done]}, headers=ann)
    assert people.client.get(link["url"]).status_code == 200
    people.users.disable("ann", True)
    assert people.client.get(link["url"]).status_code == 404
    people.users.disable("ann", False)
    people.client.delete(f"/api/jobs/{done}", headers=ann)
    assert people.client.get(link["url"]).status_code == 404


def test_only_ones_own_finished_jobs_are_shared(people: People, done: str) -> None:
    def tried(job: str, name: str = "ann", **draft: object) -> int:
        return people.client.post(f"/api/jobs/{job}/links", json=draft, headers=people.headers(name)).status_code

    waiting = people.client.post("/api/jobs", json=panorama(), headers=people.headers("ann")).json()["id"]
    assert (tried(done, "bob"), tried(waiting), tried(str(uuid4()))) == (404, 409, 404)
    assert (tried(done, days=0), tried(done, days=10**6), tried(done, token="mine")) == (422, 422, 422)
    assert [tried(done) for _ in range(21)] == [201] * 20 + [409]


def test_guessed_links_are_counted_as_wrong_keys(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, wrong_key_limit="2/hour") as people:
        guesses = [people.client.get(f"/api/shared/{'x' * 42}{number}").status_code for number in range(3)]
        assert guesses == [404, 404, 429]


def test_an_operator_forbids_links(people: People, done: str, settings: Settings, bus: LocalApiBus) -> None:
    link = share(people, done)
    forbids = settings.model_copy(update={"share_links": False, "host": "0.0.0.0"})
    with TestClient(create_app(forbids, bus), base_url="https://inlay.example") as client:
        assert client.get(link["url"]).status_code == 404
        refused = client.post(f"/api/jobs/{done}/links", json={}, headers=people.headers("ann"))
        assert refused.status_code == 403
        assert "INLAY_SHARE_LINKS" in refused.json()["detail"]


def test_a_shared_job_does_not_go_by_age(people: People, done: str) -> None:
    share(people, done)
    with people.database.begin() as connection:
        connection.execute(update(jobs).values(finished_at=now(-99 * 24 * 3600)))
    rules = Retention(people.database, Rules(days=30))
    assert rules.plan() == []
    (link,) = people.client.get("/api/links", headers=people.headers("ann")).json()["items"]
    people.client.delete(f"/api/links/{link['id']}", headers=people.headers("ann"))
    assert [str(one.id) for one in rules.plan()] == [done]
    assert Jobs(people.database).get("ann", rules.retire()[0].id).trashed_at is not None


def test_the_log_does_not_hold_the_token(people: People, done: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    link = share(people, done)
    people.client.get(link["url"])
    said = capsys.readouterr().err
    assert link["url"].rpartition("/")[2] not in said
    assert "/api/shared/..." in said
