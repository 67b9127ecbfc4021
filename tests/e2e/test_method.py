"""Fresh noise, the paper's descent, and a prompt that fades or has weight 0, in a real browser."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, draw_box, finished, generate, resource, set_sampling, turn_to


def sampling(page: Page, studio: Studio) -> dict[str, Any]:
    """Generate, and return the sampling of the job."""
    generate(page)
    return resource(page, studio, finished(page))["spec"]["sampling"]


def test_fresh_noise_is_set_by_keys_kept_and_sent(page: Page, studio: Studio) -> None:
    choose(page, "panorama", 256, 128)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, 2, 3)
    turn_to(page, "sampling")
    fresh = page.get_by_test_id("fresh")
    fresh.focus()
    for _ in range(7):
        page.keyboard.press("ArrowUp")
    expect(fresh).to_have_value("0.7")
    until = page.get_by_test_id("sampling").get_by_label("until").first
    until.fill("50")
    until.press("Tab")
    filled = page.get_by_test_id("filled")
    filled.fill("2")
    filled.press("Tab")
    expect(page.get_by_test_id("unfit")).to_contain_text("Filled noise")
    filled.fill("0.3")
    filled.press("Tab")
    page.reload()
    assert sampling(page, studio)["fresh"] == {"share": 0.7, "active": [0, 0.5], "filled": 0.3}
    turn_to(page, "sampling")
    page.get_by_test_id("scheduler").select_option("dpmsolver++")
    expect(page.get_by_test_id("sampling")).to_contain_text("cannot draw noise anew", timeout=20_000)
    fresh.fill("0")
    fresh.press("Tab")
    expect(fresh).to_be_disabled()
    expect(page.get_by_test_id("sampling")).to_contain_text("Only the sampler DDIM draws fresh noise.")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+z")
    expect(fresh).to_have_value("0.7")


def test_the_papers_descent_runs_with_a_prompt_that_is_only_watched(page: Page, studio: Studio) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    draw_box(page, 0.4, 0.4, 0.6, 0.6)
    page.get_by_test_id("patch-prompt").fill("a house")
    weight = page.get_by_test_id("patch-weight")
    weight.fill("0")
    weight.press("Tab")
    page.get_by_test_id("own-fields").locator("> summary").click()
    fade = page.get_by_test_id("fade-in")
    fade.fill("50")
    fade.press("Tab")
    set_sampling(page, 2, 3)
    turn_to(page, "sampling")
    page.get_by_test_id("advanced").locator("> summary").click()
    page.get_by_test_id("step-size").select_option("moving")
    page.get_by_test_id("solver").select_option("descent")
    for name, value in (("iterations", "5"), ("rate", "0.4"), ("rho", "0.5")):
        field = page.get_by_test_id(name)
        field.fill(value)
        field.press("Tab")
    rate = page.get_by_test_id("lambda-rate")
    rate.fill("2")
    rate.press("Tab")
    expect(page.get_by_text("Write a number above 0, below 2.")).to_be_visible()
    rate.press("Escape")
    generate(page)
    spec = resource(page, studio, finished(page))["spec"]
    patch = spec["layout"]["patches"][0]
    assert (patch["weight"], patch["fade"]) == (0, [0.5, 0])
    agree = spec["sampling"]["agree"]
    assert (agree["solver"], agree["iterations"], agree["rate"]) == ("descent", 5, 0.4)
    assert agree["step_size"] == {"rho": 0.5, "rate": 0.3}
