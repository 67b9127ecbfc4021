"""The graph view: the network of a layout with its live pictures, and a graph of one's own that is built in it."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Studio
from tests.e2e.hands import MINUTE, generate, set_sampling


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
