"""Axe-core finds nothing serious in any view of the studio, in both themes and on a phone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.axe import findings_in_both_themes
from tests.e2e.conftest import DESKTOP, PHONE, Keyed, Studio
from tests.e2e.hands import MINUTE, choose_kind, open_gallery, show_graph

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def jobs(studio: Studio, browser: Browser) -> list[str]:
    """Two finished jobs of two regions, whose ids only differ in their seeds."""
    context = browser.new_context()
    patches = [
        {"id": name, "box": {"x": x, "y": 32, "width": 64, "height": 64}, "prompt": name}
        for name, x in (("house", 32), ("tree", 160))
    ]
    canvas = {"width": 256, "height": 128}
    layout = {"kind": "regions", "canvas": canvas, "prompt": "a quiet meadow", "patches": patches}
    made: list[str] = []
    for seed in (1, 2):
        sampling = {"model": "papercut", "steps": 3, "seed": seed}
        headers = {"Content-Type": "application/json", "Prefer": "wait=60"}
        job = json.dumps({"layout": layout, "sampling": sampling})
        answer = context.request.post(f"{studio.url}/api/jobs", data=job, headers=headers, timeout=2 * MINUTE)
        assert answer.ok, answer.text()
        made.append(answer.json()["id"])
    context.close()
    return made


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def view(browser: Browser, studio: Studio, request: pytest.FixtureRequest) -> Iterator[Page]:
    size: ViewportSize = request.param
    context = browser.new_context(
        viewport=size, has_touch=size is PHONE, is_mobile=size is PHONE, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(studio.url)
    yield page
    context.close()


def show(page: Page, job: str) -> None:
    open_gallery(page)
    page.get_by_test_id("gallery-search").fill("quiet")  # the gallery builds only the tiles near the screen
    page.locator(f"[data-testid=gallery-item][data-job='{job}']").get_by_test_id("gallery-picture").click()
    if page.viewport_size == DESKTOP:  # a phone shows the picture at once
        page.get_by_test_id("show-on-canvas").click()
    expect(page.get_by_test_id("result")).to_be_attached()


def test_axe_finds_nothing_serious_in_the_graph(view: Page) -> None:
    found: dict[str, Any] = {}
    choose_kind(view, "regions")
    view.get_by_test_id("prompt").fill("a meadow")
    view.keyboard.press("Escape")
    show_graph(view)
    expect(view.locator(".react-flow__node").first).to_be_visible()
    found["network"] = findings_in_both_themes(view)
    choose_kind(view, "custom")
    expect(view.get_by_test_id("graph-view")).to_be_visible()
    found["fields"] = findings_in_both_themes(view)
    view.get_by_test_id("graph-json").check()
    expect(view.get_by_test_id("graph-text")).to_be_visible()
    found["json"] = findings_in_both_themes(view)
    assert {part: says for part, says in found.items() if says} == {}


def test_axe_finds_nothing_serious_in_drawers_and_dialogs(view: Page, jobs: list[str]) -> None:
    found: dict[str, Any] = {}
    open_gallery(view)
    tile = view.locator(f"[data-testid=gallery-item][data-job='{jobs[0]}']").get_by_test_id("gallery-picture")
    expect(tile).to_be_visible()
    found["pictures"] = findings_in_both_themes(view)
    if view.viewport_size == DESKTOP:
        tile.click()
        expect(view.get_by_test_id("show-on-canvas")).to_be_visible()
    found["gallery"] = findings_in_both_themes(view)
    view.get_by_test_id("close-drawer").click()
    view.get_by_test_id("open-queue").click()
    expect(view.get_by_test_id("queue")).to_be_visible()
    found["queue"] = findings_in_both_themes(view)
    view.get_by_test_id("close-drawer").click()
    view.keyboard.press("Control+k")
    expect(view.get_by_test_id("palette-input")).to_be_focused()
    found["palette"] = findings_in_both_themes(view)
    view.keyboard.press("Escape")
    view.get_by_test_id("open-queue").focus()
    view.keyboard.press("?")
    expect(view.get_by_test_id("help")).to_be_visible()
    found["help"] = findings_in_both_themes(view)
    view.keyboard.press("Escape")
    view.get_by_test_id("generate").click()
    expect(view.get_by_test_id("generate-anyway")).to_be_visible()
    found["no prompt"] = findings_in_both_themes(view)
    assert {part: says for part, says in found.items() if says} == {}


def test_axe_finds_nothing_serious_in_compare(view: Page, jobs: list[str]) -> None:
    found: dict[str, Any] = {}
    show(view, jobs[0])
    view.get_by_role("button", name="More to do with this job").click()
    found["menu of the job"] = findings_in_both_themes(view)
    view.get_by_test_id("compare-with").click()
    expect(view.get_by_test_id("compare-left")).to_be_visible()
    view.get_by_test_id("choose-right").click()
    expect(view.get_by_test_id("pick-picture").first).to_be_visible()
    found["choice"] = findings_in_both_themes(view)
    view.get_by_test_id("pick-picture").first.click()
    expect(view.get_by_test_id("compare-right")).to_be_visible()
    for way in ("slider", "beside"):
        view.get_by_test_id(f"compare-as-{way}").check()
        found[way] = findings_in_both_themes(view)
    view.get_by_test_id("compare-grid").check()
    found["grid"] = findings_in_both_themes(view)
    assert {part: says for part, says in found.items() if says} == {}


def test_axe_finds_nothing_serious_in_a_finished_grid_and_its_dialog(view: Page) -> None:
    found: dict[str, Any] = {}
    choose_kind(view, "panorama")
    view.get_by_test_id("prompt").first.fill("a desert by day")
    view.keyboard.press("Escape")
    view.get_by_test_id("tab-sampling").click()
    view.get_by_test_id("steps").fill("2")
    view.get_by_test_id("steps").press("Tab")
    view.get_by_test_id("generate-otherwise").click()
    expect(view.get_by_test_id("generate-methods")).to_be_visible()
    found["ways to generate"] = findings_in_both_themes(view)
    view.get_by_test_id("generate-variations").click()
    expect(view.get_by_test_id("variations-cost")).to_contain_text("view-forwards")
    found["variations"] = findings_in_both_themes(view)
    view.get_by_test_id("variations-over").select_option(label="Guidance")
    view.get_by_test_id("variations-values").fill("1 two")
    found["wrong variations"] = findings_in_both_themes(view)
    view.keyboard.press("Escape")
    view.get_by_test_id("generate-otherwise").click()
    view.get_by_test_id("generate-methods").click()
    expect(view.get_by_test_id("grid-picture")).to_have_count(4, timeout=2 * MINUTE)
    found["finished"] = findings_in_both_themes(view)
    assert {part: says for part, says in found.items() if says} == {}


@SIZES
def test_axe_finds_nothing_serious_where_a_key_is_asked_for(browser: Browser, keyed: Keyed, size: ViewportSize) -> None:
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    page = context.new_page()
    page.goto(keyed[0].url)
    expect(page.get_by_test_id("api-key")).to_be_focused()
    asked = findings_in_both_themes(page)
    page.keyboard.type("not the key")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert [asked, findings_in_both_themes(page)] == [[], []]
    context.close()


def test_axe_finds_nothing_serious_in_the_dock(view: Page, jobs: list[str]) -> None:
    found: dict[str, Any] = {}
    show(view, jobs[1])
    expect(view.get_by_test_id("progress")).to_have_attribute("data-state", "succeeded")
    found["finished"] = findings_in_both_themes(view)
    choose_kind(view, "texture")
    view.get_by_test_id("prompt").fill("the sea")
    view.keyboard.press("Escape")
    view.get_by_test_id("tab-sampling").click()
    view.get_by_test_id("steps").fill("150")
    view.get_by_test_id("steps").press("Tab")
    view.get_by_test_id("generate").click()
    expect(view.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    found["running"] = findings_in_both_themes(view)
    view.get_by_test_id("cancel").click()
    expect(view.get_by_test_id("progress")).to_have_attribute("data-state", "cancelled", timeout=MINUTE)
    found["cancelled"] = findings_in_both_themes(view)
    assert {part: says for part, says in found.items() if says} == {}
