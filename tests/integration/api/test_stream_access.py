"""A stream shows what its key may see, for as long as the key opens anything."""

import time
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest

from backend.api.guard import LOOK_SECONDS
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.database import connect
from backend.store.users import Users
from tests.integration.api.harness import panorama
from tests.integration.api.people import People, peopled
from tests.integration.api.tabs import closed, follow, hear, submit, tab


@pytest.fixture
def people(settings: Settings, bus: LocalApiBus) -> Iterator[People]:
    with peopled(settings, bus, served=True) as people:
        yield people


@pytest.mark.parametrize("ends", ["revoked", "disabled", "expired"])
def test_an_open_stream_ends_with_its_key(people: People, ends: str) -> None:
    key = people.keys["ann", "read"].key
    with tab(people.client, key=people.headers("ann", "read")) as socket:
        if ends == "disabled":
            people.users.disable("ann", True)
        elif ends == "revoked":
            people.users.revoke(key.id)
        else:
            people.users.rotate(key.id, 0)
        code, reason = closed(socket)
    assert code == 1008
    assert "was revoked or has expired" in reason


def test_a_stream_without_a_key_ends_when_the_first_user_is_made(server: httpx2.Client, settings: Settings) -> None:
    with closing(connect(settings.database)) as database, tab(server) as socket:
        follow(socket, **{submit(server): 0})
        assert hear(socket)["type"] == "job_queued"
        Users(database).add("ann")
        code, reason = closed(socket)
    assert code == 1008
    assert "the server now asks for keys" in reason


def test_a_stream_without_a_key_stays_open_while_there_are_no_users(server: httpx2.Client) -> None:
    with tab(server) as socket:
        id = submit(server)
        time.sleep(2 * LOOK_SECONDS + 0.5)
        follow(socket, **{id: 0})
        assert hear(socket)["type"] == "job_queued"


def test_an_admin_follows_everybodys_jobs_and_an_owner_only_their_own(people: People) -> None:
    job = people.client.post("/api/jobs", json=panorama(), headers=people.headers("ann")).json()["id"]
    root, submits, bob = people.headers("root", "admin"), people.headers("root"), people.headers("bob", "read")
    for key, first in ((root, "job_queued"), (submits, "problem"), (bob, "problem")):
        with tab(people.client, key=key) as socket:
            follow(socket, **{job: 0})
            assert hear(socket)["type"] == first


def test_a_key_sends_messages_no_faster_than_requests(settings: Settings, bus: LocalApiBus) -> None:
    with (
        peopled(settings, bus, served=True, rate_limit="10/second") as people,
        tab(people.client, key=people.headers("ann")) as socket,
    ):
        began = time.monotonic()
        for number in range(30):
            follow(socket, **{f"job {number}": 0})
        heard = [hear(socket)["detail"] for _ in range(30)]
        assert heard[-1].startswith("There is no job job 29.")
        assert time.monotonic() - began > 1.5


def test_server_sent_events_end_with_their_key(people: People) -> None:
    ann = people.headers("ann")
    job = people.client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
    with people.client.stream("GET", f"/api/jobs/{job}/events/stream", headers=ann) as answer:
        lines = answer.iter_lines()
        assert any(line.startswith("event: job_queued") for line in lines)
        people.users.revoke(people.keys["ann", "submit"].key.id)
        assert not [line for line in lines if line.startswith("event:")]
