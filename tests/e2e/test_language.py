"""The studio in a language that is read from the right."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import serious_findings
from tests.e2e.conftest import DESKTOP, PHONE, Studio
from tests.e2e.hands import choose, draw_box, finished, generate, open_gallery, resource, set_sampling, turn_to

PAGE = "() => [document.documentElement.lang, document.documentElement.dir]"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def persian(browser: Browser, studio: Studio, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The studio of a visitor whose browser prefers Persian."""
    context = browser.new_context(viewport=request.param, locale="fa-IR")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(studio.url)
    yield page
    context.close()


def test_a_persian_browser_gets_a_persian_page_and_makes_a_picture(persian: Page, studio: Studio) -> None:
    expect(persian.get_by_test_id("generate")).to_contain_text("ساختن")
    assert persian.evaluate(PAGE) == ["fa", "rtl"]
    persian.locator("textarea[data-prompt]").first.fill("the sea by day")
    generate(persian)
    job = finished(persian)
    assert resource(persian, studio, job)["spec"]["layout"]["prompt"] == "the sea by day"
    assert persian.evaluate(WIDER) <= 0
    assert serious_findings(persian) == []


def test_the_language_changes_at_once_and_the_document_stays(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").first.fill("a meadow by day")
    page.get_by_test_id("file").click()
    page.get_by_role("menuitemradio", name="فارسی").click()
    expect(page.get_by_test_id("generate")).to_contain_text("ساختن")
    assert page.evaluate(PAGE) == ["fa", "rtl"]
    expect(page.get_by_test_id("file")).to_be_focused()
    expect(page.get_by_test_id("prompt").first).to_have_value("a meadow by day")
    page.reload()
    expect(page.get_by_test_id("generate")).to_contain_text("ساختن")
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("english")
    page.get_by_test_id("action-language.en").click()
    expect(page.get_by_test_id("generate")).to_contain_text("Generate")
    assert page.evaluate(PAGE) == ["en", "ltr"]
    expect(page.get_by_test_id("file")).to_be_focused()
    expect(page.get_by_test_id("prompt").first).to_have_value("a meadow by day")


def test_the_left_of_the_canvas_stays_left(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="fa-IR")
    page = context.new_page()
    page.goto(studio.url)
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").first.fill("a meadow by day")  # the examples go, and the canvas is free
    draw_box(page, 0.3, 0.4, 0.45, 0.6)
    page.keyboard.type("a house")
    page.keyboard.press("Escape")
    left = int(page.get_by_test_id("box-x").input_value())
    width = int(page.get_by_test_id("box-width").input_value())
    assert left + width < 256
    context.close()


def test_the_other_views_are_without_findings(page: Page) -> None:
    page.evaluate("localStorage['inlay.language'] = 'fa'")
    page.reload()
    expect(page.get_by_test_id("generate")).to_contain_text("ساختن")
    set_sampling(page, steps=4, seed=1)
    for show in (lambda: turn_to(page, "sampling"), lambda: open_gallery(page)):
        show()
        assert page.evaluate(WIDER) <= 0
        assert serious_findings(page) == []
