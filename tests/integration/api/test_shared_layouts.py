"""Saved layouts that are shared by links: what a link shows, to whom, and until when."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from backend import logs
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.shared_links import SharedLinks
from backend.store.tables import now, shared_links
from tests.integration.api.harness import patch, regions
from tests.integration.api.people import People, peopled


@pytest.fixture
def people(settings: Settings, bus: LocalApiBus) -> Iterator[People]:
    with peopled(settings, bus) as people:
        yield people


@pytest.fixture
def mask(people: People) -> str:
    """An upload of ann."""
    return uploaded(people, "ann")


@pytest.fixture
def layout(people: People, mask: str) -> str:
    """A saved layout of ann, whose patch has a mask."""
    return save(people, regions({"id": "a", "prompt": "a house", "mask": mask}))


def uploaded(people: People, name: str, grey: int = 255) -> str:
    file = BytesIO()
    Image.new("L", (256, 128), grey).save(file, "PNG")
    sent = people.client.post("/api/uploads?kind=mask", content=file.getvalue(), headers=people.headers(name))
    assert sent.status_code == 201, sent.text
    return sent.json()["id"]


def save(people: People, document: dict[str, Any], name: str = "ann") -> str:
    draft = {"name": "Two hills", "document": document}
    saved = people.client.post("/api/layouts", json=draft, headers=people.headers(name))
    assert saved.status_code == 201, saved.text
    return saved.json()["id"]


def share(people: People, layout: str, name: str = "ann", **draft: float) -> dict[str, str]:
    answer = people.client.post(f"/api/layouts/{layout}/links", json=draft, headers=people.headers(name))
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["link"]["layout"] == layout
    return {"url": answer.json()["url"], "id": answer.json()["link"]["id"]}


def test_whoever_has_the_link_sees_the_layout_and_nothing_else(people: People, layout: str, mask: str) -> None:
    other = uploaded(people, "ann", 7)
    link = share(people, layout)
    seen = people.client.get(link["url"])
    assert seen.status_code == 200
    assert set(seen.json()) == {"kind", "name", "updated_at", "document"}
    assert (seen.json()["kind"], seen.json()["name"]) == ("layout", "Two hills")
    assert seen.json()["document"]["layout"]["patches"][0]["prompt"] == "a house"
    assert "ann" not in json.dumps(seen.json())
    mine = people.client.get(f"/api/uploads/{mask}", headers=people.headers("ann"))
    shown = people.client.get(f"{link['url']}/uploads/{mask}")
    assert (shown.status_code, shown.content) == (200, mine.content)
    assert people.client.get(f"{link['url']}/uploads/{other}").status_code == 404
    assert people.client.get(f"{link['url']}/uploads/..%2F{mask}").status_code in (404, 422)
    assert people.client.get(f"{link['url']}/images/x").status_code == 404
    token = link["url"].rpartition("/")[2]
    for path in (f"/api/layouts/{layout}", "/api/layouts", f"/api/uploads/{mask}", "/api/links"):
        assert people.client.get(path).status_code == 401
        assert people.client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert people.client.request(method, link["url"]).status_code == 405


def test_a_link_shows_the_layout_as_it_was_last_saved(people: People, layout: str, mask: str) -> None:
    link, ann = share(people, layout), people.headers("ann")
    draft = {"name": "One hill", "document": regions(patch("b"))}
    assert people.client.put(f"/api/layouts/{layout}", json=draft, headers=ann).status_code == 200
    assert people.client.get(link["url"]).json()["name"] == "One hill"
    assert people.client.get(f"{link['url']}/uploads/{mask}").status_code == 404


def test_a_copy_is_the_callers_own_with_its_uploads(people: People, layout: str, mask: str) -> None:
    link, bob = share(people, layout), people.headers("bob")
    assert people.client.get(f"/api/uploads/{mask}", headers=bob).status_code == 404
    assert people.client.post(f"{link['url']}/copy").status_code == 401
    assert people.client.post(f"{link['url']}/copy", headers=people.headers("bob", "read")).status_code == 403
    copied = people.client.post(f"{link['url']}/copy", headers=bob)
    assert copied.status_code == 200, copied.text
    assert people.client.get(f"/api/uploads/{mask}", headers=bob).status_code == 200
    assert people.client.post("/api/jobs", json=copied.json(), headers=bob).status_code == 201
    again = people.client.post(f"{link['url']}/copy", headers=bob)
    assert again.json() == copied.json()
    ann = people.headers("ann")
    people.client.delete(f"/api/layouts/{layout}", headers=ann)
    assert people.client.get(f"/api/uploads/{mask}", headers=bob).status_code == 200
    noted = people.client.get("/api/audit", headers=people.headers("root", "admin")).json()["items"]
    assert link["url"].rpartition("/")[2] not in json.dumps(noted)
    assert ("bob", "copyShared", link["id"]) in [(one["actor"], one["action"], one["object"]) for one in noted]


def test_a_copy_obeys_the_limits_of_its_new_owner(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, max_uploads=1) as people:
        mask = uploaded(people, "ann")
        link = share(people, save(people, regions({"id": "a", "prompt": "a house", "mask": mask})))
        uploaded(people, "bob", 7)
        assert people.client.post(f"{link['url']}/copy", headers=people.headers("bob")).status_code == 429
        assert people.client.get(f"/api/uploads/{mask}", headers=people.headers("bob")).status_code == 404


def test_a_link_is_listed_and_taken_back_by_its_owner(people: People, layout: str) -> None:
    link, other = share(people, layout), share(people, layout, days=1)
    ann = people.headers("ann")
    listed = people.client.get("/api/links", params={"layout": layout}, headers=people.headers("ann", "read"))
    assert [(one["id"], one["layout"], one["job"]) for one in listed.json()["items"]] == [
        (other["id"], layout, None),
        (link["id"], layout, None),
    ]
    assert people.client.get("/api/links", params={"layout": str(uuid4())}, headers=ann).json()["items"] == []
    assert people.client.get("/api/links", headers=people.headers("bob")).json()["items"] == []
    mine = f"/api/links/{link['id']}"
    assert people.client.delete(mine, headers=people.headers("bob")).status_code == 404
    assert people.client.delete(mine, headers=people.headers("ann", "read")).status_code == 403
    assert people.client.delete(mine, headers=ann).status_code == 204
    assert [people.client.get(one["url"]).status_code for one in (link, other)] == [404, 200]
    assert people.client.post(f"{link['url']}/copy", headers=people.headers("bob")).status_code == 404
    assert people.client.delete(f"/api/links/{other['id']}", headers=people.headers("root", "admin")).status_code == 204
    noted = people.client.get("/api/audit", headers=people.headers("root", "admin")).json()["items"]
    assert [(one["actor"], one["action"], one["object"]) for one in noted][:4] == [
        ("root", "revokeLink", f"{layout}/{other['id']}"),
        ("ann", "revokeLink", f"{layout}/{link['id']}"),
        ("ann", "shareLayout", f"{layout}/{other['id']}"),
        ("ann", "shareLayout", f"{layout}/{link['id']}"),
    ]


def test_a_link_ends_with_its_time_its_owner_and_its_layout(people: People, layout: str) -> None:
    ended, link = share(people, layout, days=1), share(people, layout)
    with people.database.begin() as connection:
        connection.execute(
            update(shared_links).where(shared_links.c.expires_at.is_not(None)).values(expires_at=now(-1))
        )
    assert people.client.get(ended["url"]).status_code == 404
    assert SharedLinks(people.database).expire() == 1
    people.users.disable("ann", True)
    assert people.client.get(link["url"]).status_code == 404
    people.users.disable("ann", False)
    assert people.client.get(link["url"]).status_code == 200
    people.client.delete(f"/api/layouts/{layout}", headers=people.headers("ann"))
    assert people.client.get(link["url"]).status_code == 404
    assert people.client.get("/api/links", headers=people.headers("ann")).json()["items"] == []


def test_only_ones_own_layouts_are_shared_and_not_without_end_of_number(people: People, layout: str) -> None:
    def tried(id: str, name: str = "ann", scope: Any = "submit", **draft: object) -> int:
        path, headers = f"/api/layouts/{id}/links", people.headers(name, scope)
        return people.client.post(path, json=draft, headers=headers).status_code

    assert (tried(layout, "bob"), tried(layout, "root", "admin"), tried(str(uuid4()))) == (404, 404, 404)
    assert tried(layout, scope="read") == 403
    assert (tried(layout, days=0), tried(layout, days=10**6), tried(layout, token="mine")) == (422, 422, 422)
    assert [tried(layout) for _ in range(21)] == [201] * 20 + [409]


def test_only_the_hash_of_a_token_is_kept_and_none_is_in_the_log(
    people: People, layout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", "json")
    token = share(people, layout)["url"].rpartition("/")[2]
    for path in ("", f"/uploads/{'0' * 64}", "/copy"):
        people.client.get(f"/api/shared/{token}{path}")
    with people.database.read() as connection:
        (row,) = connection.execute(select(shared_links)).all()
    assert token not in str(row)
    assert len(row.hash) == 64
    assert token not in capsys.readouterr().err


def test_a_link_is_to_one_job_or_to_one_layout(people: People, layout: str) -> None:
    share(people, layout)
    with pytest.raises(IntegrityError), people.database.begin() as connection:
        connection.execute(update(shared_links).values(layout_id=None))


def test_an_operator_forbids_links_to_layouts(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, share_links=False) as people:
        layout = save(people, regions(patch()))
        refused = people.client.post(f"/api/layouts/{layout}/links", json={}, headers=people.headers("ann"))
        assert refused.status_code == 403
        assert "INLAY_SHARE_LINKS" in refused.json()["detail"]
