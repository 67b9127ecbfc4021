"""The kept frames of a run over REST, and the newest preview for whoever follows a running job."""

import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.contracts.events import What, unpack_preview
from backend.contracts.frames import LEGENDS
from backend.store.bus_local import LocalApiBus
from backend.store.frames import Frame, Frames
from backend.store.jobs import Claim
from tests.integration.api.conftest import ORIGIN, serving
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.tabs import follow, say, see, tab


def shot(step: int, node: int = 0, what: What = "x0") -> Frame:
    return Frame(node, what, step, 128, 64, b"\xff\xd8" + f"JPEG of {node} {what} at {step}".encode())


def keep(hand: Hand, claim: Claim, steps: Sequence[int], **view: Any) -> None:
    Frames(hand.jobs.database, hand.images).keep(claim, [shot(step, **view) for step in steps])


def submit(client: TestClient, **preview: Any) -> str:
    return client.post("/api/jobs", json=panorama() | {"preview": preview}).json()["id"]


def images(answer: bytes) -> list[tuple[int, int, str, bytes]]:
    """Return the step, node, kind and picture of each message in an answer."""
    found = []
    while answer:
        (length,) = struct.unpack(">I", answer[:4])
        header, image = unpack_preview(answer[4 : 4 + length])
        found.append((header.step, header.node, header.what, image))
        answer = answer[4 + length :]
    return found


def test_the_index_lists_what_is_kept_and_grows_with_the_run(client: TestClient, hand: Hand) -> None:
    id = submit(client)
    empty = client.get(f"/api/jobs/{id}/frames").json()
    assert (empty["nodes"], empty["bytes"], empty["complete"], empty["of"]) == ([], 0, False, 4)
    claim = hand.start()
    for number in range(1, 4):
        hand.step(claim, number)
    keep(hand, claim, [1, 2])
    keep(hand, claim, [3])
    listed = client.get(f"/api/jobs/{id}/frames").json()
    assert (listed["keep"], listed["every"], listed["taken"], listed["cell"]) == ("outputs", 1, 4, 8)
    assert not listed["complete"]
    (node,) = listed["nodes"]
    series = {"what": "x0", "width": 128, "height": 64, "steps": [1, 2, 3], "bytes": 3 * len(shot(1).image)}
    assert node == {
        "name": "x",
        "index": 0,
        "kind": "control",
        "saved": True,
        "patch": None,
        "columns": 32,
        "rows": 16,
        "series": [series],
    }
    assert listed["legends"] == {what: legend.model_dump(mode="json") for what, legend in LEGENDS.items()}
    hand.step(claim, 4)
    keep(hand, claim, [4])
    hand.finish(claim)
    ended = client.get(f"/api/jobs/{id}/frames").json()
    assert ended["complete"]
    assert ended["nodes"][0]["series"][0]["steps"] == [1, 2, 3, 4]
    assert ended["version"] == listed["version"] > empty["version"]


def test_a_run_that_lost_a_frame_is_not_complete(client: TestClient, hand: Hand) -> None:
    id = submit(client)
    claim = hand.start()
    hand.step(claim, 4)
    keep(hand, claim, [1, 2, 4])
    hand.finish(claim)
    assert not client.get(f"/api/jobs/{id}/frames").json()["complete"]


@pytest.mark.parametrize("preview", [{"every": 0}, {"keep": "none"}])
def test_a_job_that_keeps_nothing_has_an_empty_index(client: TestClient, hand: Hand, preview: dict[str, Any]) -> None:
    id = submit(client, **preview)
    claim = hand.start()
    hand.step(claim, 4)
    hand.finish(claim)
    listed = client.get(f"/api/jobs/{id}/frames").json()
    assert (listed["nodes"], listed["complete"]) == ([], True)


def test_a_frame_of_an_early_version_is_a_webp(client: TestClient, hand: Hand) -> None:
    id = submit(client)
    kept = shot(1)._replace(image=b"RIFF\0\0\0\0WEBPVP8 ")
    Frames(hand.jobs.database, hand.images).keep(hand.start(), [kept])
    answer = client.get(f"/api/jobs/{id}/frames/x/x0/1")
    assert (answer.content, answer.headers["content-type"]) == (kept.image, "image/webp")


def test_a_frame_is_fetched_once(client: TestClient, hand: Hand) -> None:
    id = submit(client)
    claim = hand.start()
    keep(hand, claim, [1, 2])
    address = f"/api/jobs/{id}/frames/x/x0/2"
    answer = client.get(address)
    assert (answer.content, answer.headers["content-type"]) == (shot(2).image, "image/jpeg")
    assert answer.headers["cache-control"] == "private, no-cache"
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(address, headers=known).status_code == 304
    assert client.get(f"/api/jobs/{id}/frames/x/x0/1", headers=known).status_code == 200
    versioned = client.get(address, params={"version": claim.fence})
    assert versioned.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert versioned.headers["vary"] == "Authorization, Cookie"


def test_a_range_is_one_answer_over_all_packs(client: TestClient, hand: Hand) -> None:
    id = submit(client, keep="all")
    claim = hand.start()
    frames = Frames(hand.jobs.database, hand.images)
    for steps in ([1, 2], [3, 4]):
        whats: tuple[What, ...] = ("x0", "noisy")
        frames.keep(claim, [shot(step, node, what) for step in steps for node in (0, 1) for what in whats])
    answer = client.get(f"/api/jobs/{id}/frames/y1/noisy", params={"steps": "2-9"})
    assert images(answer.content) == [(step, 1, "noisy", shot(step, 1, "noisy").image) for step in (2, 3, 4)]
    assert answer.headers["cache-control"] == "private, no-cache", "the run may go on"
    for steps, immutable in (("2-3", True), ("2-4", True), ("2-5", False)):
        asked = {"steps": steps, "version": claim.fence}
        caching = client.get(f"/api/jobs/{id}/frames/y1/noisy", params=asked).headers["cache-control"]
        assert ("immutable" in caching) == immutable, steps
    assert client.get(f"/api/jobs/{id}/frames/y2/x0", params={"steps": "1-4"}).content == b""


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/nobody/x0/1", 404, "The job has no node 'nobody'; its nodes run from x to y3."),
        ("/x/x0/3", 404, "No frame of 'x' (x0) is kept at step 3."),
        ("/x/x0/0", 422, "path.step"),
        ("/x/x0/one", 422, "path.step"),
        ("/x/gradient/1", 422, "path.what"),
        ("/x/x0?steps=2-1", 422, "steps: ends at step 1, before it begins at 2."),
        ("/x/x0?steps=1", 422, "query.steps"),
        ("/x/x0", 422, "query.steps"),
        ("/x/x0/1?version=-1", 422, "query.version"),
    ],
)
def test_wrong_requests_are_told_why(client: TestClient, hand: Hand, path: str, status: int, sentence: str) -> None:
    id = submit(client)
    keep(hand, hand.start(), [1, 2])
    answer = client.get(f"/api/jobs/{id}/frames{path}")
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].startswith(sentence)


def test_frames_belong_to_their_owner(settings: Settings, bus: LocalApiBus, hand: Hand) -> None:
    keys = {sha256(key.encode()).hexdigest(): owner for key, owner in (("a", "alice"), ("b", "bob"))}
    app = create_app(settings.model_copy(update={"api_keys": keys}), bus)
    with TestClient(app, base_url=ORIGIN, headers={"Authorization": "Bearer a"}) as alice:
        id = submit(alice)
        keep(hand, hand.start(), [1])
        for path in ("", "/x/x0/1", "/x/x0?steps=1-1"):
            address = f"/api/jobs/{id}/frames{path}"
            assert alice.get(address).status_code == 200
            answer = alice.get(address, headers={"Authorization": "Bearer b"})
            assert answer.status_code == 404
            assert answer.json()["detail"].startswith(f"There is no job {id}.")


def test_frames_of_a_failed_job_stay_until_it_is_deleted(client: TestClient, hand: Hand) -> None:
    id = submit(client)
    claim = hand.start()
    hand.step(claim, 1)
    keep(hand, claim, [1])
    hand.cancel(claim)
    assert client.get(f"/api/jobs/{id}/frames/x/x0/1").status_code == 200
    assert client.get(f"/api/jobs/{id}/frames").json()["complete"]
    assert client.delete(f"/api/jobs/{id}").status_code == 204
    assert client.get(f"/api/jobs/{id}/frames").status_code == 404


def test_the_cost_of_frames_is_told_and_limited(client: TestClient, settings: Settings, bus: LocalApiBus) -> None:
    def cost(**preview: Any) -> int:
        return client.post("/api/compile", json=panorama() | {"preview": preview}).json()["frames_bytes"]

    assert cost() == cost(keep="outputs") == 2 * cost(every=2)
    assert cost(keep="none") == cost(every=0) == cost(every=0, keep="all") == 0
    assert cost(keep="all") > 5 * cost()
    tight = settings.model_copy(update={"max_frames_bytes": cost()})
    with TestClient(create_app(tight, bus), base_url=ORIGIN) as limited:
        assert limited.post("/api/jobs", json=panorama()).status_code == 201
        answer = limited.post("/api/jobs", json=panorama() | {"preview": {"keep": "all"}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == ["preview", "keep"]
    assert answer.json()["detail"].startswith("The kept frames of the run would take about 0.1 MB")


def test_whoever_follows_a_running_job_sees_its_newest_preview_at_once(server: httpx2.Client, hand: Hand) -> None:
    id = server.post("/api/jobs", json=panorama()).json()["id"]
    claim = hand.start()
    hand.step(claim, 1)
    hand.preview(claim.id, 0, 1, b"the first")
    with tab(server) as first:
        follow(first, **{id: 0})
        assert see(first) == (1, 0, "x0", b"the first")
        hand.step(claim, 2)
        hand.preview(claim.id, 0, 2, b"the second")
        assert see(first) == (2, 0, "x0", b"the second")
    with tab(server) as reloaded:
        follow(reloaded, **{id: 0})
        assert see(reloaded) == (2, 0, "x0", b"the second")


def test_a_server_that_was_restarted_shows_the_newest_kept_frame(
    settings: Settings, bus: LocalApiBus, hand: Hand
) -> None:
    with serving(settings, bus) as server:
        id = server.post("/api/jobs", json=panorama() | {"preview": {"keep": "all"}}).json()["id"]
        claim = hand.start()
        for number in (1, 2):
            hand.step(claim, number)
            Frames(hand.jobs.database, hand.images).keep(claim, [shot(number), shot(number, 2, "noisy")])
        with tab(server) as tab_:
            follow(tab_, **{id: 0})
            assert see(tab_) == (2, 0, "x0", shot(2).image)
            say(tab_, type="show", job=id, node="y2", what="noisy")
            assert see(tab_) == (2, 2, "noisy", shot(2, 2, "noisy").image)


def test_a_job_that_has_ended_or_begun_again_sends_no_old_preview(server: httpx2.Client, hand: Hand) -> None:
    id = server.post("/api/jobs", json=panorama()).json()["id"]
    claim = hand.start()
    hand.step(claim, 3)
    hand.preview(claim.id, 0, 3, b"old")
    with tab(server) as first:
        follow(first, **{id: 0})
        assert see(first)[3] == b"old"
    hand.cancel(claim)
    with tab(server) as second:
        follow(second, **{id: 0})
        with pytest.raises(TimeoutError):
            see(second, 1.0)
    server.post(f"/api/jobs/{id}/retry")
    claim = hand.start()
    with tab(server) as third:
        follow(third, **{id: 0})
        with pytest.raises(TimeoutError):
            see(third, 1.0)
        hand.step(claim, 1)
        hand.preview(claim.id, 0, 1, b"new")
        assert see(third) == (1, 0, "x0", b"new")
