"""Axe-core finds nothing serious in any view of the studio, in both themes and on a phone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import serious_findings
from tests.e2e.conftest import DESKTOP, PHONE, Studio
from tests.e2e.hands import MINUTE, choose_kind, open_gallery, show_graph

VIEWS = [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")]
NAMES = ["desktop-light", "desktop-dark", "phone-light", "phone-dark"]


@pytest.fixture(scope="module")
def jobs(studio: Studio, browser: Browser) -> list[str]:
    """Two finished jobs of two regions, whose ids only differ in their seeds."""
    context = browser.new_context()
    patches = [
        {"id": name, "box": {"x": x, "y": 32, "width": 64, "height": 64}, "prompt": name}
        for name, x in (("house", 32), ("tree", 160))
    ]
    canvas = {"width": 256, "height": 128}
    layout = {"kind": "regions", "canvas": canvas, "prompt": "a meadow", "patches": patches}
    made: list[str] = []
    for seed in (1, 2):
        sampling = {"model": "papercut", "steps": 3, "seed": seed}
        headers = {"Content-Type": "application/json", "Prefer": "wait=60"}
        job = json.dumps({"layout": layout, "sampling": sampling})
        answer = context.request.post(f"{studio.url}/api/jobs", data=job, headers=headers)
        assert answer.ok, answer.text()
        made.append(answer.json()["id"])
    context.close()
    return made


@pytest.fixture(params=VIEWS, ids=NAMES)
def view(browser: Browser, studio: Studio, request: pytest.FixtureRequest) -> Iterator[Page]:
    size, scheme = request.param
    context = browser.new_context(
        viewport=size, color_scheme=scheme, has_touch=size is PHONE, is_mobile=size is PHONE, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(studio.url)
    yield page
    context.close()


def show(page: Page, job: str) -> None:
    open_gallery(page)
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
    found["network"] = serious_findings(view)
    choose_kind(view, "custom")
    expect(view.get_by_test_id("graph-view")).to_be_visible()
    found["fields"] = serious_findings(view)
    view.get_by_test_id("graph-json").check()
    expect(view.get_by_test_id("graph-text")).to_be_visible()
    found["json"] = serious_findings(view)
    assert {part: says for part, says in found.items() if says} == {}


def test_axe_finds_nothing_serious_in_drawers_and_dialogs(view: Page, jobs: list[str]) -> None:
    found: dict[str, Any] = {}
    open_gallery(view)
    tile = view.locator(f"[data-testid=gallery-item][data-job='{jobs[0]}']").get_by_test_id("gallery-picture")
    expect(tile).to_be_visible()
    found["pictures"] = serious_findings(view)
    if view.viewport_size == DESKTOP:
        tile.click()
        expect(view.get_by_test_id("show-on-canvas")).to_be_visible()
    found["gallery"] = serious_findings(view)
    view.get_by_test_id("close-drawer").click()
    view.get_by_test_id("open-queue").click()
    expect(view.get_by_test_id("queue")).to_be_visible()
    found["queue"] = serious_findings(view)
    view.get_by_test_id("close-drawer").click()
    view.keyboard.press("Control+k")
    expect(view.get_by_test_id("palette-input")).to_be_focused()
    found["palette"] = serious_findings(view)
    view.keyboard.press("Escape")
    view.get_by_test_id("open-queue").focus()
    view.keyboard.press("?")
    expect(view.get_by_test_id("help")).to_be_visible()
    found["help"] = serious_findings(view)
    view.keyboard.press("Escape")
    view.get_by_test_id("generate").click()
    expect(view.get_by_test_id("generate-anyway")).to_be_visible()
    found["no prompt"] = serious_findings(view)
    assert {part: says for part, says in found.items() if says} == {}


def test_axe_finds_nothing_serious_in_compare(view: Page, jobs: list[str]) -> None:
    found: dict[str, Any] = {}
    show(view, jobs[0])
    view.get_by_role("button", name="More to do with this job").click()
    found["menu of the job"] = serious_findings(view)
    view.get_by_test_id("compare-with").click()
    expect(view.get_by_test_id("compare-left")).to_be_visible()
    view.get_by_test_id("choose-right").click()
    expect(view.get_by_test_id("pick-picture").first).to_be_visible()
    found["choice"] = serious_findings(view)
    view.get_by_test_id("pick-picture").first.click()
    expect(view.get_by_test_id("compare-right")).to_be_visible()
    for way in ("slider", "beside"):
        view.get_by_test_id(f"compare-as-{way}").check()
        found[way] = serious_findings(view)
    view.get_by_test_id("compare-grid").check()
    found["grid"] = serious_findings(view)
    assert {part: says for part, says in found.items() if says} == {}


def test_axe_finds_nothing_serious_in_the_dock(view: Page, jobs: list[str]) -> None:
    found: dict[str, Any] = {}
    show(view, jobs[1])
    expect(view.get_by_test_id("progress")).to_have_attribute("data-state", "succeeded")
    found["finished"] = serious_findings(view)
    choose_kind(view, "texture")
    view.get_by_test_id("prompt").fill("the sea")
    view.keyboard.press("Escape")
    view.get_by_test_id("tab-sampling").click()
    view.get_by_test_id("steps").fill("150")
    view.get_by_test_id("steps").press("Tab")
    view.get_by_test_id("generate").click()
    expect(view.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    found["running"] = serious_findings(view)
    view.get_by_test_id("cancel").click()
    expect(view.get_by_test_id("progress")).to_have_attribute("data-state", "cancelled", timeout=MINUTE)
    found["cancelled"] = serious_findings(view)
    assert {part: says for part, says in found.items() if says} == {}
