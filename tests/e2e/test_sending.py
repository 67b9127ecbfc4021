"""Jobs that are sent: once, as they were asked for, and with an answer that reaches the visitor."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import MINUTE, choose, finished, generate, resource, set_sampling
from tests.e2e.test_compare import open_variations
from tests.e2e.test_gallery import document


@contextmanager
def held(page: Page, address: str) -> Iterator[list[Route]]:
    """Hold the POST requests to an address on their way to the server, until the block ends."""
    requests: list[Route] = []
    page.route(address, lambda route: requests.append(route) if route.request.method == "POST" else route.continue_())
    yield requests
    for one in requests:
        one.continue_()
    page.unroute(address)


def texture(page: Page, prompt: str = "") -> None:
    choose(page, "texture", 128, 128)
    set_sampling(page, 2, 3)
    if prompt:
        page.get_by_test_id("prompt").fill(prompt)


def wait_for(page: Page, requests: list[Route], count: int) -> None:
    for _ in range(100):
        if len(requests) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(requests)} requests, not {count}")


def test_a_job_without_a_prompt_that_goes_first_still_goes_first_when_it_was_asked_for(page: Page) -> None:
    texture(page)
    page.keyboard.press("Control+Shift+Enter")
    with page.expect_request(lambda one: one.method == "POST" and one.url.split("?")[0].endswith("/api/jobs")) as sent:
        page.get_by_test_id("generate-anyway").click()
    assert "first=true" in sent.value.url
    finished(page)


def test_an_edit_while_a_job_is_sent_neither_sends_it_again_nor_hides_a_refusal(page: Page, studio: Studio) -> None:
    texture(page, "the sea")
    button = page.get_by_test_id("generate")
    with held(page, "**/api/jobs") as requests:
        generate(page)
        wait_for(page, requests, 1)
        page.get_by_test_id("prompt").fill("the sea by day")
        page.wait_for_timeout(600)  # longer than the studio waits for the next letter
        expect(button).to_be_disabled()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(300)
        assert len(requests) == 1
    assert resource(page, studio, finished(page))["spec"]["layout"]["prompt"] == "the sea"
    with held(page, "**/api/jobs") as requests:
        generate(page)
        wait_for(page, requests, 1)
        page.get_by_test_id("prompt").fill("a forest")
        page.wait_for_timeout(600)
        requests.pop().abort()
    expect(page.get_by_text("The studio cannot reach its server").first).to_be_visible()


def test_ctrl_enter_says_why_nothing_is_sent_before_the_models_are_known(page: Page) -> None:
    page.route("**/api/models", lambda route: None)  # never answered
    page.reload()
    page.get_by_test_id("kind").select_option("texture")
    page.get_by_test_id("prompt").fill("the sea")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The server has not said yet which models it has").first).to_be_visible()


def test_more_steps_are_sent_once_however_often_they_are_pressed(page: Page) -> None:
    texture(page, "the sea")
    generate(page)
    first = finished(page)
    page.get_by_test_id("more-steps").click()
    page.get_by_test_id("more-steps-number").fill("4")
    with held(page, "**/continue") as requests:
        run = page.get_by_test_id("more-steps-run")
        run.click()
        wait_for(page, requests, 1)
        expect(run).to_be_disabled()
        page.get_by_test_id("more-steps-number").press("Enter")
        page.wait_for_timeout(300)
        assert len(requests) == 1
        assert requests[0].request.headers["idempotency-key"]
    second = finished(page, after=first)
    shown = page.context.new_page()
    shown.goto(page.url)  # the browser remembers the job as its own
    expect(shown.get_by_test_id("result")).to_have_attribute("data-job", second, timeout=MINUTE)


def test_a_grid_is_sent_over_plain_http_too_and_no_further_once_it_is_cancelled(page: Page, studio: Studio) -> None:
    page.add_init_script("delete Crypto.prototype.randomUUID")  # as over HTTP from another machine
    page.reload()
    texture(page, "the sea")
    open_variations(page)
    page.get_by_test_id("variations-count").fill("4")
    page.get_by_test_id("variations-count").press("Tab")
    with held(page, "**/api/jobs") as requests:
        page.get_by_test_id("variations-send").click()
        wait_for(page, requests, 1)
        expect(page.get_by_test_id("grid")).to_contain_text("Sending…")
        page.get_by_test_id("grid-cancel").click()
    expect(page.get_by_test_id("grid-cell")).to_have_count(1)
    expect(page.get_by_test_id("grid")).not_to_contain_text("Sending…")
    page.wait_for_timeout(500)
    assert len(requests) == 1
    job = page.get_by_test_id("grid-cell").get_attribute("data-job") or ""
    assert resource(page, studio, job)["state"] in ("queued", "running", "succeeded")


def test_the_reason_why_a_picture_of_a_grid_failed_can_be_read_by_everybody(page: Page) -> None:
    texture(page, "the sea")
    open_variations(page)
    page.get_by_test_id("variations-count").fill("2")
    page.get_by_test_id("variations-count").press("Tab")
    page.get_by_test_id("variations-send").click()
    cells = page.get_by_test_id("grid-cell")
    expect(page.get_by_test_id("grid-picture")).to_have_count(2, timeout=2 * MINUTE)
    job = cells.first.get_attribute("data-job")
    failed = {"state": "failed", "outputs": [], "error": {"code": "memory", "detail": "The device has no room."}}

    def fail(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for one in body["items"]:
            if one["id"] == job:
                one |= failed
        route.fulfill(response=answer, json=body)

    page.route("**/api/jobs?*", fail)
    page.reload()
    expect(cells.first).to_contain_text("Failed: The device has no room.")
    page.unroute_all(behavior="wait")


def test_a_key_that_is_held_down_generates_once(page: Page) -> None:
    texture(page, "the sea")
    sent: list[str] = []
    page.on(
        "request", lambda one: sent.append(one.url) if one.method == "POST" and one.url.endswith("/api/jobs") else None
    )
    page.keyboard.down("Control")
    for _ in range(5):  # the first press, and repeats
        page.keyboard.down("Enter")
        page.wait_for_timeout(300)
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    finished(page)
    assert len(sent) == 1


@pytest.fixture
def paused(page: Page, studio: Studio) -> Iterator[None]:
    page.request.patch(f"{studio.url}/api/queue/mine", data={"paused": True})
    yield
    page.request.patch(f"{studio.url}/api/queue/mine", data={"paused": False})


@pytest.mark.usefixtures("paused")
def test_the_dock_says_that_a_job_is_paused(page: Page, studio: Studio) -> None:
    made = page.request.post(f"{studio.url}/api/jobs", data=document("a paused job")).json()
    texture(page, "the sea")
    generate(page)
    expect(page.get_by_test_id("progress")).to_contain_text("Paused with all your jobs")
    page.request.post(f"{studio.url}/api/jobs/{made['id']}/cancel")
