"""The queue drawer: waiting jobs are moved by mouse and by keys, and paused and resumed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import MINUTE, move_by_keys
from tests.e2e.test_gallery import document


@pytest.fixture
def waiting(page: Page, studio: Studio) -> Iterator[list[str]]:
    """The ids of three waiting jobs, in order, and the queue drawer that shows them. The queue is paused meanwhile."""
    page.request.patch(f"{studio.url}/api/queue", data={"paused": True})
    made = [
        page.request.post(f"{studio.url}/api/jobs", data=document(f"job {name}")).json()["id"]
        for name in ("one", "two", "three")
    ]
    page.get_by_test_id("open-queue").click()
    expect(rows(page)).to_have_count(3)
    yield made
    page.request.post(f"{studio.url}/api/cancel", data={"all": True})
    for address in ("/api/queue", "/api/queue/mine"):
        page.request.patch(studio.url + address, data={"paused": False})


def rows(page: Page) -> Locator:
    return page.get_by_test_id("queue-item").and_(page.locator("[data-state=queued]"))


def stands(page: Page, studio: Studio, *ids: str) -> None:
    """Wait until the drawer and the server have these jobs in this order."""
    for place, id in enumerate(ids):
        expect(rows(page).nth(place)).to_have_attribute("data-job", id)
    page.wait_for_timeout(300)
    served = page.request.get(f"{studio.url}/api/queue/mine").json()["items"]
    assert [one["id"] for one in served] == [*ids]


def grip(page: Page, place: int) -> Locator:
    return rows(page).nth(place).get_by_label("Move in the queue")


def test_jobs_are_moved_by_mouse_and_by_keys(page: Page, studio: Studio, waiting: list[str]) -> None:
    one, two, three = waiting
    lifted, target = grip(page, 2).bounding_box(), rows(page).nth(0).bounding_box()
    assert lifted is not None
    assert target is not None
    page.mouse.move(lifted["x"] + 8, lifted["y"] + 8)
    page.mouse.down()
    page.mouse.move(lifted["x"] + 8, lifted["y"] - 20, steps=3)
    page.mouse.move(lifted["x"] + 8, target["y"] + 8, steps=6)
    page.mouse.up()
    stands(page, studio, three, one, two)
    grip(page, 0).focus()
    move_by_keys(page, ("ArrowDown", 2), ("ArrowDown", 3))
    stands(page, studio, one, two, three)
    rows(page).nth(1).get_by_test_id("queue-first").click()
    stands(page, studio, two, one, three)


def test_pauses_are_said_plainly_and_end_by_a_button(page: Page, studio: Studio, waiting: list[str]) -> None:
    notice = page.get_by_test_id("queue-paused")
    expect(notice).to_contain_text("The queue is paused for everybody")
    expect(rows(page).first).to_contain_text("Paused with the whole queue")
    page.get_by_test_id("pause-mine").click()
    page.get_by_test_id("pause-all").click()
    expect(notice).to_contain_text("Your jobs are paused")
    expect(rows(page).first).to_contain_text("Paused with all your jobs")
    rows(page).first.get_by_test_id("queue-pause").click()
    expect(rows(page).first.get_by_test_id("queue-pause")).to_have_accessible_name("Resume: job one")
    page.get_by_test_id("pause-mine").click()
    expect(notice).to_have_count(0)
    expect(rows(page)).to_have_count(1, timeout=MINUTE)
    expect(rows(page).first).to_contain_text("Paused")
    assert page.request.get(f"{studio.url}/api/jobs/{waiting[1]}").json()["state"] != "queued"
    rows(page).first.get_by_test_id("queue-pause").click()
    expect(page.get_by_test_id("queue-empty")).to_be_visible(timeout=MINUTE)
