"""The studio under the fingers, on a phone: draw, pinch, move, undo, generate, and look at an old picture."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.conftest import PHONE, Studio
from tests.e2e.hands import choose_kind, finished, generate, open_gallery, resource, set_sampling

THUMB = 44  # the least pixels of a button that a thumb presses


@pytest.fixture
def phone(browser: Browser, studio: Studio) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(studio.url)
    expect(page.get_by_test_id("canvas")).to_be_visible()
    yield page
    context.close()
    assert errors == []


class Fingers:
    """Real touches, whose places are fractions of the visible canvas."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.events: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, places: Sequence[tuple[float, float]]) -> None:
        area = self.page.get_by_test_id("canvas").bounding_box()
        assert area is not None
        points: list[dict[str, Any]] = [
            {"x": area["x"] + x * area["width"], "y": area["y"] + y * area["height"], "id": finger}
            for finger, (x, y) in enumerate(places)
        ]
        self.events.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 6) -> None:
        """Move one finger or several at once, each from a place to another."""
        for finger in range(len(ways)):
            self._send("touchStart", [start for start, _ in ways[: finger + 1]])
        for step in range(1, steps + 1):
            share = step / steps
            self._send("touchMove", [(x + share * (u - x), y + share * (v - y)) for (x, y), (u, v) in ways])
        self.page.wait_for_timeout(150)  # the fingers rest before they leave, so nothing is flung
        self._send("touchMove", [end for _, end in ways])
        self._send("touchEnd", [])

    def flick(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Move one finger and let it go without a rest."""
        self._send("touchStart", [start])
        for step in range(1, 4):
            self._send("touchMove", [(start[0], start[1] + step / 3 * (end[1] - start[1]))])
        self._send("touchEnd", [])

    def tap(self, x: float, y: float) -> None:
        self._send("touchStart", [(x, y)])
        self._send("touchEnd", [])


def percent(page: Page) -> float:
    return float(page.get_by_test_id("zoom").inner_text().removesuffix(" %"))


def expect_zoomed(page: Page, least: float) -> None:
    page.wait_for_function(
        "least => parseFloat(document.querySelector('[data-testid=zoom]').innerText) > least", arg=least
    )


def expect_boxes(page: Page, count: int) -> None:
    page.get_by_test_id("tab-layers").click()
    expect(page.get_by_test_id("layers")).to_be_visible()
    expect(page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(count)
    page.get_by_test_id("tab-region").click()


def test_a_box_is_drawn_with_a_finger_and_its_picture_generated(phone: Page, studio: Studio) -> None:
    choose_kind(phone, "regions")
    phone.get_by_test_id("prompt").fill("a meadow by day")
    phone.keyboard.press("Escape")  # the words that the model knows lie over the tabs
    set_sampling(phone, 3, 5)
    fingers = Fingers(phone)
    before = percent(phone)
    fingers.drag(((0.4, 0.5), (0.2, 0.5)), ((0.6, 0.5), (0.8, 0.5)))
    expect_zoomed(phone, 2 * before)
    phone.get_by_test_id("fit").tap()
    expect_boxes(phone, 0)  # a pinch draws no box
    fingers.drag(((0.3, 0.4), (0.6, 0.6)))
    expect(phone.get_by_test_id("prompt-on-box")).to_be_focused()
    phone.keyboard.type("a house")
    generate(phone)
    job = finished(phone)
    assert [patch["prompt"] for patch in resource(phone, studio, job)["spec"]["layout"]["patches"]] == ["a house"]
    open_gallery(phone)
    phone.locator(f"[data-testid=gallery-item][data-job='{job}']").get_by_test_id("gallery-picture").tap()
    expect(phone.get_by_test_id("drawer")).to_have_count(0)
    expect(phone.get_by_test_id("result")).to_have_attribute("data-job", job)


def test_two_fingers_zoom_the_canvas_while_a_prompt_is_open(phone: Page) -> None:
    choose_kind(phone, "regions")
    fingers = Fingers(phone)
    fingers.drag(((0.3, 0.4), (0.6, 0.6)))
    field = phone.get_by_test_id("prompt-on-box")
    expect(field).to_be_focused()
    for start, end in ((0.1, 0.05), (0.45, 0.2)):  # beside the prompt, and with a finger on it
        before = percent(phone)
        fingers.drag(((start, 0.85), (end, 0.85)), ((0.6, 0.5), (0.95, 0.5)))
        expect_zoomed(phone, 1.1 * before)
        assert phone.evaluate("visualViewport.scale") == 1
    expect_boxes(phone, 1)


def test_a_tap_soon_after_a_flick_counts(phone: Page) -> None:
    choose_kind(phone, "regions")
    fingers = Fingers(phone)
    fingers.drag(((0.3, 0.4), (0.6, 0.6)))
    expect_boxes(phone, 1)
    phone.get_by_test_id("tool-select").tap()
    phone.get_by_test_id("tab-region").tap()
    fingers.flick((0.1, 0.2), (0.15, 0.85))
    phone.wait_for_timeout(50)
    fingers.tap(0.45, 0.5)  # the box
    expect(phone.get_by_test_id("patch-prompt")).to_be_visible()


def test_the_words_offered_for_a_prompt_leave_the_tabs_in_reach(phone: Page) -> None:
    choose_kind(phone, "regions")
    phone.get_by_test_id("prompt").tap()
    phone.keyboard.type("a me")
    words = phone.get_by_role("listbox")
    expect(words).to_be_visible()
    for reached in ("tab-sampling", "generate"):
        phone.get_by_test_id(reached).tap(trial=True)
    phone.get_by_test_id("tab-sampling").tap()
    expect(words).to_have_count(0)
    expect(phone.get_by_test_id("steps")).to_be_visible()


def test_two_fingers_move_the_canvas_and_never_the_page(phone: Page) -> None:
    choose_kind(phone, "panorama")  # a layout without boxes
    before = percent(phone)
    fingers = Fingers(phone)
    fingers.drag(((0.4, 0.4), (0.4, 0.7)), ((0.6, 0.4), (0.6, 0.7)))
    assert percent(phone) == pytest.approx(before, abs=1)
    expect(phone.get_by_test_id("fit")).to_have_attribute("aria-pressed", "false")
    fingers.drag(((0.45, 0.5), (0.2, 0.5)), ((0.55, 0.5), (0.8, 0.5)))
    expect_zoomed(phone, 2 * before)
    assert phone.evaluate("visualViewport.scale") == 1
    assert phone.evaluate("scrollY") == 0


def test_the_rail_of_a_phone_has_the_tools_and_the_way_back_in_reach(phone: Page) -> None:
    choose_kind(phone, "regions")
    rail = phone.get_by_test_id("rail")
    for button in rail.get_by_role("button").all():
        place = button.bounding_box()
        assert place is not None
        assert min(place["width"], place["height"]) >= THUMB, button.get_attribute("aria-label")
    for always in ("tool-rectangle", "tool-hand", "graph-switch", "undo", "redo"):
        expect(phone.get_by_test_id(always)).to_be_in_viewport(ratio=1)
    Fingers(phone).drag(((0.3, 0.4), (0.6, 0.6)))
    expect_boxes(phone, 1)
    phone.get_by_test_id("undo").tap()
    expect_boxes(phone, 0)
    phone.get_by_test_id("redo").tap()
    expect_boxes(phone, 1)
    phone.get_by_test_id("tool-hand").tap()
    Fingers(phone).drag(((0.3, 0.4), (0.6, 0.6)))
    expect_boxes(phone, 1)
    phone.get_by_test_id("graph-switch").tap()
    expect(phone.get_by_test_id("graph-view")).to_be_visible(timeout=20_000)
    phone.get_by_test_id("graph-switch").tap()
    choose_kind(phone, "panorama")
    expect(phone.get_by_test_id("tool-rectangle")).to_have_count(0)
