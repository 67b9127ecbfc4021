"""The graph view: the network of a layout with its live pictures, and a graph of one's own that is built in it."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import ROOT, Studio
from tests.e2e.hands import MINUTE, choose_kind, generate, graph_text, picture, set_sampling, turn_to


def opened(page: Page, example: str) -> None:
    """Open an example document, as a visitor opens a file, and show its graph."""
    page.locator("input[type=file]").first.set_input_files(ROOT / "examples" / f"{example}.json")
    expect(page.get_by_text(f"{example}.json is open.")).to_be_visible()
    page.locator("body").click(position={"x": 1, "y": 1})
    page.keyboard.press("g")
    expect(page.get_by_test_id("graph-view")).to_be_visible()


def test_the_network_of_regions_is_live_while_the_job_runs(page: Page, studio: Studio) -> None:
    opened(page, "regions-four-things-in-a-meadow")
    nodes = page.get_by_test_id("graph-node")
    expect(page.get_by_test_id("graph-group")).to_contain_text("7 windows")
    expect(nodes.filter(has_text="a windmill")).to_contain_text("weight 1")
    set_sampling(page, 12, 3)
    generate(page)
    for prompt in ("a red house", "a windmill"):
        card = nodes.filter(has_text=prompt)
        expect(card.get_by_test_id("node-preview")).to_be_attached(timeout=MINUTE)
        expect(card).to_contain_text("residual")
    windows = page.get_by_test_id("graph-group").get_by_test_id("node-preview")
    expect(windows).to_have_count(7)


def test_a_node_and_its_patch_are_chosen_together(page: Page, studio: Studio) -> None:
    opened(page, "regions-four-things-in-a-meadow")
    card = page.get_by_test_id("graph-node").filter(has_text="a windmill")
    card.click()
    facts = page.get_by_test_id("node-facts")
    expect(facts).to_contain_text("crop 16 × 16 cells (128 × 128 px) at 16, 0 (128, 0 px)")
    patch = page.get_by_test_id("patch-list").get_by_role("listitem").filter(has_text="sheep")
    expect(page.get_by_test_id("patch-list").locator("[data-selected]")).to_contain_text("a windmill")
    patch.locator("[aria-pressed]").first.click()
    expect(page.get_by_test_id("graph-node").and_(page.locator("[data-picked]"))).to_contain_text("two sheep")
    page.get_by_test_id("graph-as-table").check()
    rows = page.get_by_test_id("graph-table").get_by_role("row")
    expect(rows).to_have_count(1 + 1 + 7 + 4 + 1)
    expect(rows.filter(has_text="y11")).to_contain_text("x: crop 16 × 16 cells (128 × 128 px) at 48, 0 (384, 0 px)")


def begin_own(page: Page) -> None:
    """Choose a graph of one's own, and show it."""
    choose_kind(page, "custom")
    page.get_by_test_id("graph-open").click()
    expect(page.get_by_test_id("graph-view")).to_contain_text("This graph is empty.")


def own_graph(page: Page) -> Any:
    return json.loads(graph_text(page))


def middle(card: Locator, share: float = 0.5) -> tuple[float, float]:
    box = card.bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def test_a_graph_is_built_from_nothing_by_mouse_and_generated(page: Page, studio: Studio) -> None:
    begin_own(page)
    page.get_by_test_id("graph-add-controls").click()
    field = page.get_by_test_id("field-width")
    expect(page.get_by_test_id("node-editor")).to_contain_text("128 px.")
    field.fill("32")
    field.press("Enter")
    card = page.get_by_test_id("graph-node").filter(has_text="Control")
    start = middle(card, 1.0)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1] - 120, steps=6)
    page.mouse.up()
    page.get_by_test_id("field-prompted.prompt").fill("the sea at sunset")
    page.get_by_test_id("field-operator.kind").select_option("crop")
    page.get_by_test_id("graph-add-observables").click()
    page.get_by_test_id("field-prompted.prompt").fill("a coast at sunset")
    page.get_by_test_id("wrap-operator").select_option("resize")
    expect(page.get_by_test_id("graph-line").last).to_contain_text("resize to 16 × 16 cells (128 × 128 px)")
    assert own_graph(page) == {
        "controls": [{"name": "x", "width": 32, "height": 16}],
        "observables": [
            {
                "name": "y1",
                "operator": {"kind": "crop", "control": "x", "box": {"x": 0, "y": 0, "width": 16, "height": 16}},
                "prompted": {"prompt": "the sea at sunset"},
            },
            {
                "name": "y2",
                "operator": {
                    "kind": "resize",
                    "of": {"kind": "identity", "control": "x"},
                    "width": 16,
                    "height": 16,
                },
                "prompted": {"prompt": "a coast at sunset"},
            },
        ],
    }
    set_sampling(page, 2, 1)
    generate(page)
    expect(page.get_by_test_id("graph-node").first.locator("img")).to_be_attached(timeout=MINUTE)
    job = page.request.get(f"{studio.url}/api/jobs").json()["items"][0]
    assert job["spec"]["layout"]["graph"]["observables"][1]["operator"]["kind"] == "resize"
    assert picture(page, studio, job["id"]).size == (256, 128)


def test_a_graph_is_built_by_keyboard_alone(page: Page, studio: Studio) -> None:
    choose_kind(page, "custom")
    page.get_by_test_id("graph-switch").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("graph-add-controls").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    name = page.get_by_test_id("field-name")
    name.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("view")
    page.keyboard.press("Tab")
    page.keyboard.type("a forest")
    page.locator("[aria-label^='Control x1.']").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("graph-connect").focus()
    page.keyboard.type("view")
    expect(page.get_by_test_id("graph-connect")).to_have_value("")
    graph = own_graph(page)
    assert [one["name"] for one in graph["controls"]] == ["x", "x1"]
    assert graph["observables"] == [
        {"name": "view", "operator": {"kind": "identity", "control": "x1"}, "prompted": {"prompt": "a forest"}}
    ]
    page.locator("[aria-label^='Control x.']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("graph-node")).to_have_count(2)
    assert own_graph(page)["controls"] == [{"name": "x1", "width": 16, "height": 16}]
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("graph-node")).to_have_count(3)


def test_text_and_network_stay_in_step_and_errors_stand_at_their_place(page: Page, studio: Studio) -> None:
    opened(page, "custom-near-and-far")
    page.get_by_test_id("graph-json").check()
    text = page.get_by_test_id("graph-text")
    nodes = page.get_by_test_id("graph-node")
    nodes.filter(has_text="middle").click()
    expect(text.locator(".cm-chosen").filter(has_text='"middle"')).to_be_in_viewport()  # the text has scrolled there
    text.get_by_text('"far"').click()
    expect(page.locator("[data-picked]")).to_contain_text("far")

    before = graph_text(page)
    text.get_by_role("textbox").fill(before.replace('"far"', '"distant" /* all of it */'))
    expect(nodes.filter(has_text="distant")).to_be_visible()
    page.wait_for_timeout(1_300)  # what follows later is undone by itself
    text.get_by_role("textbox").fill(before[:-3])
    expect(page.get_by_test_id("graph-broken")).to_be_visible()
    expect(text.locator(".cm-lint-marker-error")).to_be_visible()
    expect(nodes).to_have_count(5)
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("graph-broken")).to_have_count(0)
    assert "/* all of it */" in graph_text(page)

    nodes.filter(has_text="middle").click()
    page.get_by_test_id("graph-fields").check()
    width = page.get_by_test_id("field-operator.box.width")
    width.fill("18")
    width.press("Enter")
    expect(nodes.filter(has_text="middle")).to_contain_text("multiples of 4 cells")
    assert "/* all of it */" in graph_text(page)
    page.get_by_test_id("graph-json").check()
    expect(text.locator(".cm-lintRange-error").first).to_be_visible()
    expect(page.get_by_test_id("graph-faults")).to_contain_text("multiples of 4 cells")


def has_succeeded(page: Page) -> None:
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "succeeded", timeout=2 * MINUTE)


def shown_by(card: Locator) -> bytes:
    """Return the pixels of the kept frame that a node shows."""
    return card.get_by_test_id("node-preview").evaluate("canvas => canvas.toDataURL()").encode()


def test_after_a_reload_the_nodes_show_the_kept_frames_of_the_step_that_the_dock_holds(
    page: Page, studio: Studio
) -> None:
    opened(page, "regions-four-things-in-a-meadow")
    set_sampling(page, 6, 3)
    turn_to(page, "sampling")
    page.get_by_test_id("keep-frames").select_option("all")
    generate(page)
    has_succeeded(page)
    page.reload()
    expect(page.get_by_test_id("graph-view")).to_be_visible()
    windmill = page.get_by_test_id("graph-node").filter(has_text="a windmill")
    expect(windmill.get_by_test_id("node-preview")).to_have_attribute("data-step", "6", timeout=MINUTE)
    result = page.get_by_test_id("graph-node").first
    scrubber = page.get_by_test_id("scrubber")
    scrubber.focus()
    page.keyboard.press("Home")
    expect(windmill.get_by_test_id("node-preview")).to_have_attribute("data-step", "1")
    first = shown_by(windmill)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(windmill.get_by_test_id("node-preview")).to_have_attribute("data-step", "3")
    expect(result.locator("canvas")).to_have_attribute("data-step", "3")
    assert shown_by(windmill) != first
    windows = page.get_by_test_id("graph-group").get_by_test_id("node-preview")
    expect(windows).to_have_count(7)
    page.get_by_test_id("follow").click()
    expect(windmill.get_by_test_id("node-preview")).to_have_attribute("data-step", "6")


def test_a_run_that_kept_its_outputs_alone_shows_those_after_a_reload(page: Page, studio: Studio) -> None:
    opened(page, "regions-four-things-in-a-meadow")
    set_sampling(page, 4, 3)
    generate(page)
    has_succeeded(page)
    page.reload()
    result = page.get_by_test_id("graph-node").filter(has_text="Control")
    expect(result.locator("img")).to_be_attached(timeout=MINUTE)
    page.get_by_test_id("scrubber").focus()
    page.keyboard.press("Home")
    expect(result.locator("canvas")).to_have_attribute("data-step", "1")
    windmill = page.get_by_test_id("graph-node").filter(has_text="a windmill")
    expect(windmill.locator("svg").first).to_be_attached()
    expect(windmill.get_by_test_id("node-preview")).to_have_count(0)
