"""The 360° viewer of pictures that wrap, in a real browser."""

from playwright.sync_api import Page, expect

from tests.e2e.axe import serious_findings
from tests.e2e.conftest import PHONE, Studio
from tests.e2e.hands import choose, finished, generate, set_sampling


def _panorama(page: Page, wrap: str) -> None:
    """Make a panorama of 512 x 128 in two steps."""
    choose(page, "panorama", 512, 128)
    page.get_by_test_id("wrap").select_option(wrap)
    page.get_by_test_id("prompt").first.fill("the sea at sunset")
    set_sampling(page, 2, 3)
    generate(page)
    finished(page)


def _seen(page: Page) -> bytes:
    page.wait_for_timeout(700)  # a turn of the view glides to its end
    return page.get_by_test_id("around").locator("canvas").screenshot()


def test_a_wrapped_panorama_is_looked_at_from_its_middle(page: Page, studio: Studio) -> None:
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    _panorama(page, "x")
    assert not any("AroundView" in url for url in asked)
    page.get_by_test_id("look-around").click()
    expect(page.locator("[data-testid=around] canvas")).to_be_visible()
    expect(page.locator("[data-testid=around] .psv-loader-container")).to_be_hidden()
    first = _seen(page)
    page.keyboard.down("ArrowRight")
    page.wait_for_timeout(400)
    page.keyboard.up("ArrowRight")
    turned = _seen(page)
    assert turned != first
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("around")).to_have_count(0)
    expect(page.get_by_test_id("look-around")).to_be_focused()
    assert any("AroundView" in url for url in asked)
    assert all(url.startswith((studio.url, "blob:", "data:")) for url in asked)
    assert refused == []


def test_a_picture_that_does_not_wrap_offers_no_view_around(page: Page) -> None:
    _panorama(page, "none")
    expect(page.get_by_test_id("download")).to_be_visible()
    expect(page.get_by_test_id("look-around")).to_have_count(0)


def test_a_phone_turns_the_view_by_touch_and_a_browser_without_webgl_says_so(page: Page) -> None:
    _panorama(page, "x")
    page.set_viewport_size(PHONE)
    page.get_by_test_id("look-around").click()
    expect(page.locator("[data-testid=around] .psv-loader-container")).to_be_hidden()
    first = _seen(page)
    place = page.get_by_test_id("around").bounding_box()
    assert place is not None
    touch = page.context.new_cdp_session(page)
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    for kind, across in (("touchStart", 0), ("touchMove", -40), ("touchMove", -90)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x + across, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert _seen(page) != first
    page.keyboard.press("Escape")
    page.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
    page.get_by_test_id("look-around").click()
    expect(page.get_by_test_id("around-fault")).to_contain_text("WebGL 2")
