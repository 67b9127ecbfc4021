"""Two pictures under a slider, a layout through several methods, and variations, in a real browser with real jobs."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Studio
from tests.e2e.hands import MINUTE, choose, draw_box, finished, generate, picture, resource, set_sampling


def panorama(page: Page, prompt: str, steps: int, seed: int) -> None:
    choose(page, "panorama", 256, 128)
    page.get_by_test_id("prompt").fill(prompt)
    set_sampling(page, steps, seed)


def show_compare(page: Page) -> None:
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("c")
    expect(page.get_by_test_id("compare-view")).to_be_visible()


def open_variations(page: Page) -> None:
    """Open the dialog of variations from the command palette."""
    page.keyboard.press("Control+k")
    field = page.get_by_test_id("palette-input")
    expect(field).to_be_focused()
    field.fill("Variations")
    page.get_by_test_id("action-compare.variations").click()


def labels(page: Page) -> list[str]:
    """Return the labels of the pictures of the grid."""
    return page.get_by_test_id("grid-cell").get_by_role("heading").all_inner_texts()


def test_two_pictures_are_compared_by_keyboard_and_their_differences_listed(page: Page, studio: Studio) -> None:
    panorama(page, "a desert by day", 3, 5)
    generate(page)
    first = finished(page)
    panorama(page, "a desert at night", 4, 6)
    generate(page)
    expect(page.get_by_test_id("result")).not_to_have_attribute("data-job", first, timeout=MINUTE)
    second = finished(page)

    show_compare(page)
    for side, prompt in (("left", "a desert at night"), ("right", "a desert by day")):  # the newest two
        expect(page.get_by_test_id(f"choose-{side}")).to_contain_text(prompt)
    page.get_by_test_id("choose-right").click()
    page.locator(f'[data-testid="pick-picture"][data-job="{first}"]').click()
    expect(page.get_by_test_id("compare-right")).to_be_visible()

    divider = page.get_by_test_id("compare-divider")
    divider.focus()
    stage = page.get_by_test_id("compare-slider")
    page.keyboard.press("Home")
    at_start = stage.screenshot()
    page.keyboard.press("End")
    assert stage.screenshot() != at_start, "the slider shows the same picture at both ends"
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuetext", "97 % left picture, 3 % right picture")

    differences = page.get_by_test_id("compare-differences")
    for field, left, right in (
        ("Prompt", "a desert at night", "a desert by day"),
        ("Steps", "4", "3"),
        ("Seed", "6", "5"),
    ):
        row = differences.get_by_role("row", name=field)
        expect(row.get_by_role("cell")).to_have_text([left, right])
    expect(differences.get_by_role("row")).to_have_count(4)

    figures = page.get_by_test_id("compare-figures")
    expect(figures.locator('[data-figure="seed"] td')).to_have_text(["6", "5"])
    residual = resource(page, studio, second)["outputs"][0]["residual"]
    expect(figures.locator('[data-figure="residual"] td').first).to_have_text(f"{residual:.3f}")

    page.get_by_test_id("compare-zoom-in").click()
    page.get_by_test_id("compare-as-beside").check()
    transforms = page.get_by_test_id("compare-beside").locator("[data-stage] > div")
    expect(transforms).to_have_count(2)
    styles = transforms.evaluate_all("all => all.map((one) => one.style.transform)")
    assert styles[0] == styles[1]
    assert "scale(1.5)" in styles[0]
    page.get_by_test_id("compare-zoom-in").focus()
    page.keyboard.press("ArrowLeft")
    moved = transforms.evaluate_all("all => all.map((one) => one.style.transform)")
    assert moved[0] == moved[1] != styles[0], "the arrow keys move both pictures"
    assert "scale(1.5)" in moved[0]

    page.reload()
    expect(page.get_by_test_id("compare-left")).to_be_visible()
    page.get_by_test_id("compare-swap").click()
    expect(page.get_by_test_id("choose-left")).to_contain_text("a desert by day")


def test_a_layout_goes_through_all_methods_in_one_click(page: Page, studio: Studio) -> None:
    panorama(page, "a forest", 3, 7)
    show_compare(page)
    page.get_by_test_id("send-methods").click()
    cells = page.get_by_test_id("grid-cell")
    expect(cells).to_have_count(4, timeout=MINUTE)
    expect(page.get_by_test_id("grid-picture")).to_have_count(4, timeout=2 * MINUTE)
    expect(page.get_by_test_id("grid-axis")).to_have_text("Methods, seed 7")
    assert labels(page) == ["Independent tiles", "MultiDiffusion", "This layout, as set", "The paper’s descent"]

    jobs = [cell.get_attribute("data-job") or "" for cell in cells.all()]
    specs = [resource(page, studio, job)["spec"] for job in jobs]
    assert {spec["sampling"]["seed"] for spec in specs} == {7}
    assert specs[0]["sampling"]["windows"]["stride"] == specs[0]["sampling"]["windows"]["size"] == 128
    assert [spec["sampling"]["agree"]["solver"] for spec in specs[1:]] == ["diagonal", "conjugate", "descent"]
    assert [spec["sampling"]["coarse"]["weight"] > 0 for spec in specs] == [False, False, True, False]
    assert len({picture(page, studio, job).tobytes() for job in jobs}) == 4

    for cell, forwards in zip(cells.all(), ("12", "18", None, "18"), strict=True):
        if forwards is not None:
            expect(cell.locator('[data-figure="forwards"] dd')).to_have_text(forwards)
        for figure in ("seconds", "seam", "residual"):
            expect(cell.locator(f'[data-figure="{figure}"] dd')).not_to_have_text("–")

    page.reload()
    expect(page.get_by_test_id("grid-picture")).to_have_count(4)
    page.get_by_test_id("grid-choose").nth(0).click()
    page.get_by_test_id("grid-choose").nth(2).click()
    page.get_by_test_id("compare-two").click()
    expect(page.get_by_test_id("compare-left")).to_be_visible()
    expect(page.get_by_test_id("compare-differences")).to_contain_text("Windows: Stride")


def test_variations_over_guidance_have_an_axis_and_one_goes_into_the_editor(page: Page, studio: Studio) -> None:
    panorama(page, "a beach", 2, 9)
    open_variations(page)
    page.get_by_test_id("variations-over").select_option(label="Guidance")
    values = page.get_by_test_id("variations-values")
    values.fill("1 two")
    expect(page.get_by_text("“two” is no number")).to_be_visible()
    expect(page.get_by_test_id("variations-send")).to_be_disabled()
    values.fill("1, 3, 6")
    expect(page.get_by_test_id("variations-cost")).to_contain_text("3 pictures, ")
    expect(page.get_by_test_id("variations-cost")).to_contain_text("view-forwards")
    page.get_by_test_id("variations-send").click()

    expect(page.get_by_test_id("grid-axis")).to_have_text("Guidance, seed 9")
    expect(page.get_by_test_id("grid-picture")).to_have_count(3, timeout=2 * MINUTE)
    assert labels(page) == ["Guidance 1", "Guidance 3", "Guidance 6"]
    page.get_by_test_id("grid-use").nth(2).click()
    expect(page.get_by_test_id("canvas")).to_be_visible()
    page.get_by_test_id("tab-sampling").click()
    expect(page.get_by_label("Guidance", exact=True).first).to_have_value("6")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_label("Guidance", exact=True).first).to_have_value("")


def test_variations_over_seeds_are_jobs_of_the_gallery(page: Page, studio: Studio) -> None:
    panorama(page, "a lake", 2, 9)
    page.get_by_test_id("generate-otherwise").click()
    page.get_by_test_id("generate-variations").click()
    count = page.get_by_test_id("variations-count")
    expect(count).to_be_focused()
    expect(page.get_by_test_id("canvas")).to_be_visible()  # until something is sent
    count.fill("2")
    count.press("Enter")
    expect(page.get_by_test_id("grid-picture")).to_have_count(2, timeout=2 * MINUTE)
    cells = page.get_by_test_id("grid-cell")
    jobs = [cell.get_attribute("data-job") or "" for cell in cells.all()]
    seeds = [resource(page, studio, job)["spec"]["sampling"]["seed"] for job in jobs]
    assert len({*seeds, 9}) == 3
    assert labels(page) == [f"Seed {seed}" for seed in seeds]


def grid_jobs(page: Page, studio: Studio) -> list[dict[str, Any] | None]:
    """Return the job of every cell of the grid, or None for a method that the layout cannot go through."""
    ids = [cell.get_attribute("data-job") for cell in page.get_by_test_id("grid-cell").all()]
    return [resource(page, studio, id) if id else None for id in ids]


def forwards(page: Page, cell: int) -> int:
    text = page.get_by_test_id("grid-cell").nth(cell).locator('[data-figure="forwards"] dd').inner_text()
    return int(text.replace(",", ""))


def test_methods_are_compared_at_equal_view_forwards(page: Page, studio: Studio) -> None:
    panorama(page, "a forest", 3, 7)
    show_compare(page)
    page.get_by_test_id("equal-cost").check()
    page.get_by_test_id("send-methods").click()
    expect(page.get_by_test_id("grid-picture")).to_have_count(4, timeout=2 * MINUTE)
    expect(page.get_by_test_id("grid-axis")).to_have_text("Methods at equal cost, seed 7")
    costs = [forwards(page, cell) for cell in range(4)]
    steps = [job["spec"]["sampling"]["steps"] for job in grid_jobs(page, studio) if job]
    most = max(cost for cost, taken in zip(costs, steps, strict=True) if taken == 3)
    for cell, (cost, taken) in enumerate(zip(costs, steps, strict=True)):
        assert abs(cost - most) <= cost / taken, "within one step of the method that takes most"
        said = page.get_by_test_id("grid-cell").nth(cell)
        expect(said).to_contain_text(f"{taken} steps, {cost} view-forwards.")
    assert max(steps) > 3


def test_a_scene_goes_through_all_methods(page: Page, studio: Studio) -> None:
    page.locator("input[type=file]").first.set_input_files(ROOT / "examples" / "scene-oasis.json")
    expect(page.get_by_text("scene-oasis.json is open.")).to_be_visible()
    set_sampling(page, 2, 7)
    show_compare(page)
    page.get_by_test_id("send-methods").click()
    expect(page.get_by_test_id("grid-picture")).to_have_count(3, timeout=2 * MINUTE)
    merged = "MultiDiffusion = This layout, as set"  # the canvas is one window, so both make the same picture
    assert labels(page) == ["Independent tiles", merged, "The paper’s descent"]
    jobs = grid_jobs(page, studio)
    assert all(job is not None and job["state"] == "succeeded" for job in jobs)
    kinds = [job["spec"]["layout"]["kind"] for job in jobs if job]
    assert kinds == ["custom", "scene", "scene"], "the parts apart are a graph without the whole's views"
    groups = {one["precision"]["group"] for one in jobs[0]["spec"]["layout"]["graph"]["observables"]} if jobs[0] else {}
    assert "whole" not in groups
    made = [picture(page, studio, job["id"], job["outputs"][0]["name"]).tobytes() for job in jobs if job]
    assert len({*made}) == 3


def test_regions_go_through_all_methods_and_two_are_compared(page: Page, studio: Studio) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    draw_box(page, 0.3, 0.3, 0.6, 0.6)
    page.get_by_test_id("patch-prompt").fill("a house")
    set_sampling(page, 2, 7)
    show_compare(page)
    page.get_by_test_id("send-methods").click()
    expect(page.get_by_test_id("grid-picture")).to_have_count(4, timeout=2 * MINUTE)
    jobs = grid_jobs(page, studio)
    assert [job["spec"]["layout"]["kind"] for job in jobs if job] == ["regions"] * 4
    assert len({picture(page, studio, job["id"]).tobytes() for job in jobs if job}) == 4
    page.get_by_test_id("grid-choose").nth(1).click()
    page.get_by_test_id("grid-choose").nth(3).click()
    page.get_by_test_id("compare-two").click()
    expect(page.get_by_test_id("compare-left")).to_be_visible()
    expect(page.get_by_test_id("compare-differences")).to_contain_text("Solver")


def test_each_cell_of_a_grid_shows_its_job_s_live_picture(page: Page, studio: Studio) -> None:
    panorama(page, "a lake", 30, 9)
    open_variations(page)
    count = page.get_by_test_id("variations-count")
    count.fill("2")
    count.press("Enter")
    cells = page.get_by_test_id("grid-cell")
    for cell in (cells.nth(0), cells.nth(1)):
        expect(cell.get_by_test_id("grid-preview")).to_be_visible(timeout=MINUTE)
        expect(cell).to_contain_text("%")
        expect(cell.get_by_test_id("grid-picture")).to_be_visible(timeout=2 * MINUTE)
        expect(cell.get_by_test_id("grid-preview")).to_have_count(0)
