"""The run of one person in every tab and on every device of theirs, and never in anybody else's."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import DESKTOP, PHONE, Keyed
from tests.e2e.hands import MINUTE, choose, finished, generate, set_sampling

ANN, BO = "ann", "bo"


@pytest.fixture(scope="module")
def shared(keyed: Keyed) -> Keyed:
    """A server that asks for keys, for two people without a run."""
    for owner in (ANN, BO):
        keyed[1].add(owner)
    return keyed


def enter(browser: Browser, shared: Keyed, owner: str, viewport: ViewportSize = DESKTOP) -> Page:
    """Open the studio on a device of its own, and give it a key of this owner."""
    studio, users = shared
    page = browser.new_context(viewport=viewport).new_page()
    page.set_default_timeout(20_000)
    page.goto(studio.url)
    page.get_by_test_id("api-key").fill(users.add_key(owner, "submit").secret)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("generate")).to_be_enabled()
    return page


def step_of(page: Page) -> int:
    return int(page.get_by_test_id("progress").get_attribute("data-step") or 0)


def texture(page: Page, steps: int) -> None:
    choose(page, "texture", 512, 256)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, steps, 3)
    generate(page)


def test_a_phone_shows_the_run_of_its_owner_and_of_nobody_else(browser: Browser, shared: Keyed) -> None:
    desk = enter(browser, shared, ANN)
    texture(desk, 150)
    expect(desk.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    phone, other = (enter(browser, shared, owner, PHONE) for owner in (ANN, BO))
    expect(phone.get_by_test_id("preview")).to_be_attached()
    assert abs(step_of(phone) - step_of(desk)) <= 1
    assert other.get_by_test_id("progress").count() == 0
    assert other.get_by_test_id("job-chip").count() == 0
    expect(other.get_by_test_id("dock")).to_contain_text("Nothing has run yet")
    phone.get_by_test_id("cancel").click()
    for page in (desk, phone):
        expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "cancelled")
        page.context.close()
    other.context.close()


def test_a_new_tab_shows_the_newest_picture_until_one_goes_back_to_the_draft(browser: Browser, shared: Keyed) -> None:
    desk = enter(browser, shared, ANN)
    texture(desk, 2)
    job = finished(desk)
    phone = enter(browser, shared, ANN, PHONE)
    expect(phone.get_by_test_id("result")).to_have_attribute("data-job", job)
    phone.get_by_role("button", name="Back to your draft").click()
    expect(phone.get_by_test_id("dock")).to_contain_text("Nothing has run yet")
    phone.reload()
    expect(phone.get_by_test_id("generate")).to_be_enabled()
    expect(phone.get_by_test_id("result")).to_have_count(0)
    for page in (desk, phone):
        page.context.close()
