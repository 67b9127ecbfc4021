"""Every kind of layout in a real browser, from an example or a document to its pictures."""

import json
import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.e2e.conftest import PHONE, Studio
from tests.e2e.hands import (
    choose,
    choose_kind,
    draw_box,
    finished,
    forget_draft,
    generate,
    graph_text,
    open_gallery,
    picture,
    resource,
    set_sampling,
    turn_to,
    write_graph,
)
from tests.picture_files import encoded, png_with
from tests.unit.store.test_picture_documents import texts

STEPS = 2


def begin(page: Page, example: str) -> None:
    """Open an example by the name of its file, with few steps."""
    choose_kind(page, example.split("-")[0])
    page.get_by_test_id(f"example-{example}").click()
    set_sampling(page, STEPS, 3)


def unfold(page: Page, summary: str) -> None:
    turn_to(page, "sampling")
    page.get_by_test_id("sampling").locator("summary", has_text=summary).click()


def layout_of(page: Page, studio: Studio, job: str) -> Mapping[str, Any]:
    return resource(page, studio, job)["spec"]["layout"]


def pictures_of(page: Page, job: str) -> Locator:
    """Select a job in the gallery, and return its pictures, if it has several."""
    open_gallery(page)
    tile = page.locator(f"[data-testid=gallery-item][data-job='{job}']")
    tile.get_by_test_id("gallery-picture").click()
    return page.get_by_test_id("gallery-output")


def open_document(page: Page, document: Mapping[str, Any]) -> None:
    file: FilePayload = {
        "name": "job.json",
        "mimeType": "application/json",
        "buffer": json.dumps(document).encode(),
    }
    page.get_by_test_id("open-file").set_input_files(file)
    expect(page.get_by_text("job.json is open.").last).to_be_visible()


def test_a_picture_opens_with_its_document_in_any_form(page: Page) -> None:
    canvas, sampling = {"width": 256, "height": 128}, {"model": "tiny"}
    bare = encoded(Image.new("RGB", (16, 8)))
    for number, (form, before) in enumerate(product(texts("", "utf-8"), (b"IDAT", b"IEND"))):
        prompt = f"ein Wäldchen {number}"
        layout = {"kind": "texture", "canvas": canvas, "prompt": prompt}
        said = json.dumps({"layout": layout, "sampling": sampling}, ensure_ascii=False)
        carried = png_with(bare, texts(said, "latin-1" if form == "tEXt" else "utf-8")[form], before=before)
        file: FilePayload = {"name": f"{number}.png", "mimeType": "image/png", "buffer": carried}
        page.get_by_test_id("open-file").set_input_files(file)
        expect(page.get_by_test_id("prompt")).to_have_value(prompt)


def test_a_scene_keeps_its_background_and_its_object_as_pictures(page: Page, studio: Studio) -> None:
    begin(page, "scene-oasis")
    draw_box(page, 0.55, 0.35, 0.85, 0.6)
    expect(page.get_by_test_id("box-x")).not_to_have_value("32")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("ArrowLeft")
    left = int(page.get_by_test_id("box-x").input_value())
    unfold(page, "Outputs")
    for name in ("scene", "x1", "x2"):
        expect(page.get_by_test_id(f"save-{name}")).to_be_checked()
    generate(page)
    job = finished(page)
    layout = layout_of(page, studio, job)
    assert layout["kind"] == "scene"
    assert layout["box"]["x"] == left
    assert [output["name"] for output in resource(page, studio, job)["outputs"]] == ["scene", "x1", "x2"]
    expect(pictures_of(page, job)).to_have_count(3)
    page.keyboard.press("Escape")
    page.get_by_test_id("picture").select_option("x2")
    expect(page.get_by_test_id("result")).to_have_attribute("data-name", "x2")
    pictures = {name: picture(page, studio, job, name).tobytes() for name in ("scene", "x1", "x2")}
    assert len(set(pictures.values())) == 3


def test_a_portrait_asks_for_its_head_where_it_was_put(page: Page, studio: Studio) -> None:
    begin(page, "portrait-doctor")
    expect(page.get_by_test_id("pose")).to_be_checked()
    page.get_by_test_id("box-y").fill("32")
    page.get_by_test_id("box-y").press("Enter")
    generate(page)
    job = finished(page)
    assert layout_of(page, studio, job)["head"]["box"] == {"x": 48, "y": 32, "width": 128, "height": 128}
    assert picture(page, studio, job).size == (256, 256)


def test_a_pose_is_kept_bent_and_dropped_where_the_model_takes_none(page: Page) -> None:
    box = {"x": 96, "y": 16, "width": 48, "height": 32}
    joints = [[120, 34], [120, 56]]
    body = {"prompt": "a meadow by day", "control": {"kind": "pose", "joints": joints}}
    layout = {
        "kind": "portrait",
        "canvas": {"width": 256, "height": 256},
        "body": body,
        "head": {"prompt": "a house", "box": box},
    }
    open_document(page, {"layout": layout, "sampling": {"model": "tiny", "steps": STEPS}})
    expect(page.get_by_test_id("problem")).to_contain_text("pose")
    expect(page.get_by_text("Pose, changed by hand")).to_be_visible()
    view = page.get_by_test_id("canvas").bounding_box()
    assert view is not None
    scale = min((view["width"] - 80) / 256, (view["height"] - 80) / 256, 6)
    left, top = view["x"] + (view["width"] - 256 * scale) / 2, view["y"] + (view["height"] - 256 * scale) / 2
    page.mouse.move(left + 120 * scale, top + 56 * scale)
    page.mouse.down()
    page.mouse.move(left + 120 * scale, top + 156 * scale, steps=6)
    page.mouse.up()
    page.wait_for_timeout(600)
    saved = page.evaluate("JSON.parse(localStorage['inlay.draft.1']).state.draft.portrait")
    assert saved["body"]["control"]["joints"][0] == [120, 34]
    assert saved["body"]["control"]["joints"][1][1] == pytest.approx(156, abs=4)
    assert saved["head"]["box"] == box
    page.get_by_test_id("pose").click()
    expect(page.get_by_test_id("pose")).to_have_count(0)
    expect(page.get_by_test_id("generate")).to_be_enabled()


def test_an_illusion_is_looked_at_in_its_ways(page: Page, studio: Studio) -> None:
    begin(page, "illusion-peaks-or-sea")
    page.get_by_test_id("add-view").click()
    expect(page.get_by_test_id("view-list").get_by_role("listitem")).to_have_count(3)
    page.get_by_test_id("prompt").last.fill("a forest by day")
    page.get_by_test_id("transform").last.select_option("rotate_90")
    generate(page)
    job = finished(page)
    assert [view["transform"] for view in layout_of(page, studio, job)["views"]] == [
        "identity",
        "rotate_180",
        "rotate_90",
    ]
    seen = set()
    for look in ("identity", "rotate_180", "rotate_90"):
        page.get_by_test_id("look").select_option(look)
        page.wait_for_timeout(300)
        seen.add(page.get_by_test_id("canvas").screenshot())
    assert len(seen) == 3


def test_a_texture_is_shown_as_tiles(page: Page, studio: Studio) -> None:
    begin(page, "texture-endless-forest")
    generate(page)
    job = finished(page)
    assert layout_of(page, studio, job)["canvas"]["wrap"] == "both"
    page.wait_for_timeout(300)
    one = page.get_by_test_id("canvas").screenshot()
    page.get_by_test_id("look").select_option("tiled")
    page.wait_for_timeout(300)
    assert page.get_by_test_id("canvas").screenshot() != one


def test_a_graph_begins_from_a_layout_and_says_beside_itself_what_is_wrong(page: Page, studio: Studio) -> None:
    begin(page, "texture-endless-forest")
    choose_kind(page, "custom")
    page.get_by_test_id("graph-source").select_option("texture")
    faults = page.get_by_test_id("graph-faults")
    expect(page.get_by_text("This is the graph of your texture.")).to_be_visible()
    text = graph_text(page)
    assert "a forest at night" in text
    write_graph(page, text[:-1])
    expect(faults).to_contain_text("not JSON")
    expect(page.get_by_test_id("generate")).to_be_disabled()
    write_graph(page, text.replace('"control": "x"', '"control": "z"', 1))
    expect(faults).to_contain_text("no control 'z'")
    write_graph(page, text)
    expect(faults.get_by_role("listitem")).to_have_count(0)
    generate(page)
    job = finished(page)
    assert layout_of(page, studio, job)["graph"]["controls"][0]["wrap"] == "both"
    forget_draft(page)
    page.get_by_test_id("open-job").click()
    expect(page.get_by_test_id("kind")).to_have_value("custom")
    assert "a forest at night" in graph_text(page)


def test_two_images_are_two_pictures(page: Page, studio: Studio) -> None:
    begin(page, "illusion-peaks-or-sea")
    turn_to(page, "sampling")
    page.get_by_test_id("images").fill("2")
    page.get_by_test_id("images").press("Enter")
    generate(page)
    job = finished(page)
    pictures = pictures_of(page, job)
    expect(pictures).to_have_count(2)
    expect(page.get_by_test_id("progress")).to_have_attribute("data-of", str(2 * STEPS))
    expect(page.get_by_text("seeds 3 to 4")).to_be_visible()
    pictures.nth(1).click()
    expect(page.get_by_test_id("result")).to_have_attribute("data-name", "x.2")
    assert picture(page, studio, job, "x").tobytes() != picture(page, studio, job, "x.2").tobytes()
    saved: list[str] = []
    page.on("download", lambda download: saved.append(download.suggested_filename))
    with page.expect_event("download", lambda download: "x.2" in download.suggested_filename):
        page.get_by_test_id("download-all").click()
    assert sorted(saved) == [f"inlay-{job[:8]}-x.2.png", f"inlay-{job[:8]}-x.png"]


def test_the_best_of_two_images_is_one_picture(page: Page, studio: Studio) -> None:
    begin(page, "illusion-peaks-or-sea")
    turn_to(page, "sampling")
    expect(page.get_by_test_id("keep")).to_have_count(0)
    page.get_by_test_id("images").fill("2")
    page.get_by_test_id("images").press("Enter")
    page.get_by_test_id("keep").fill("1")
    page.get_by_test_id("keep").press("Enter")
    generate(page)
    job = finished(page)
    expect(page.get_by_test_id("progress")).to_have_attribute("data-of", str(2 * STEPS))
    expect(page.get_by_text("the best of seeds 3 to 4")).to_be_visible()
    expect(page.get_by_test_id("notices")).to_contain_text("Dropped: ")
    expect(page.get_by_test_id("result")).to_have_attribute("data-name", re.compile(r"x(\.2)?"))
    expect(pictures_of(page, job)).to_have_count(0)
    expect(page.get_by_test_id("details").locator("img")).to_have_count(1)


def test_a_document_with_a_coarse_view_shows_how_lambda_moves(page: Page, studio: Studio) -> None:
    sampling = {
        "model": "papercut",
        "steps": 4,
        "seed": 1,
        "agree": {"solver": "auto", "step_size": {"mu": 0.05, "min": 0.0, "max": 2.0}},
        "coarse": {"weight": 5.0, "prompt": "the sea", "guidance": 1.5, "active": [0.0, 0.75], "fade": [0.25, 0.0]},
    }
    layout = {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "the sea by day"}
    open_document(page, {"layout": layout, "sampling": sampling})
    turn_to(page, "sampling")
    page.get_by_test_id("advanced").locator("> summary").click()
    expect(page.get_by_test_id("coarse")).to_have_value("on")
    expect(page.get_by_test_id("coarse-until")).to_have_value("75")
    expect(page.get_by_test_id("coarse-guidance")).to_have_value("1.5")
    expect(page.get_by_test_id("advanced").get_by_test_id("fade-in")).to_have_value("25")
    expect(page.get_by_test_id("mu")).to_have_value("0.05")
    generate(page)
    job = finished(page)
    spec = resource(page, studio, job)["spec"]["sampling"]
    assert spec["coarse"] == sampling["coarse"]
    assert spec["agree"]["step_size"] == sampling["agree"]["step_size"]
    page.reload()  # the curves of a finished job come from its events
    page.get_by_test_id("residuals").locator("summary").click()
    page.get_by_test_id("curve-lambda").check(force=True)
    traces = page.get_by_test_id("chart").locator("polyline")
    expect(traces).to_have_count(4)  # three windows and the coarse view
    assert all(traces.nth(index).get_attribute("points") for index in range(4))


def test_a_solver_that_falls_back_leaves_a_note(page: Page, studio: Studio) -> None:
    sampling = {
        "model": "papercut",
        "steps": STEPS,
        "agree": {"solver": "gradient", "iterations": 1},
        "coarse": {"weight": 10.0},
    }
    layout = {"kind": "texture", "canvas": {"width": 256, "height": 128}, "prompt": "rolling hills by day"}
    open_document(page, {"layout": layout, "sampling": sampling})
    generate(page)
    finished(page)
    expect(page.get_by_test_id("notices")).to_contain_text("After step 1")


def test_a_patch_takes_its_shape_from_a_mask_and_keeps_it(page: Page, studio: Studio, tmp_path: Path) -> None:
    choose(page, "regions", 128, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    page.get_by_test_id("add-box").click()
    page.get_by_test_id("patch-prompt").fill("a house")
    mask = Image.new("L", (128, 128))
    ImageDraw.Draw(mask).ellipse((40, 48, 87, 111), fill=255)
    mask.save(tmp_path / "mask.png")
    page.get_by_test_id("mask-file").set_input_files(tmp_path / "mask.png")
    expect(page.get_by_test_id("mask")).to_contain_text("40, 48, 48 × 64")
    set_sampling(page, STEPS, 3)
    generate(page)
    job = finished(page)
    kept = layout_of(page, studio, job)["patches"][0]
    assert kept["box"] is None
    forget_draft(page)
    page.get_by_test_id("open-job").click()
    page.get_by_test_id("patch-p1").get_by_role("button").first.click()
    expect(page.get_by_test_id("mask")).to_contain_text("40, 48, 48 × 64")
    generate(page)
    again = finished(page, after=job)
    assert layout_of(page, studio, again)["patches"][0]["mask"] == kept["mask"]


@pytest.mark.parametrize("kind", ["scene", "portrait", "illusion", "texture", "custom"])
def test_undo_takes_an_example_back(page: Page, kind: str) -> None:
    choose_kind(page, kind)
    cards = page.locator("[data-testid^=example-]")
    expect(cards.first).to_be_visible()
    cards.first.click()
    expect(cards).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(cards.first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_fits_on_a_phone(browser: Browser, studio: Studio, scheme: Any) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(studio.url)
    for kind in ("panorama", "regions", "scene", "portrait", "illusion", "texture", "custom"):
        choose_kind(page, kind)
        cards = page.locator("[data-testid^=example-]")
        cards.first.click()
        expect(cards).to_have_count(0)
        expect(page.get_by_test_id("generate")).to_be_enabled()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], kind
    context.close()


def test_models_of_two_latent_spaces_meet_in_pixels_where_one_says_so(page: Page, studio: Studio) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    draw_box(page, 0.4, 0.2, 0.7, 0.8)
    page.get_by_test_id("patch-prompt").fill("a desert")
    own = page.get_by_test_id("own-fields")
    own.locator("> summary").click()
    own.get_by_test_id("own-model").select_option("foreign")
    problem = page.get_by_test_id("problem")
    expect(problem).to_contain_text("works on latents of 4 channels")
    page.get_by_test_id("meet-in-pixels").click()
    expect(problem).to_have_count(0)
    expect(page.get_by_test_id("note")).to_contain_text("2 models meet in pixels")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+z")
    expect(problem).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    expect(problem).to_have_count(0)
    set_sampling(page, 2, 1)
    turn_to(page, "sampling")
    page.get_by_test_id("advanced").locator("> summary").click()
    expect(page.get_by_test_id("space")).to_have_value("pixels")
    generate(page)
    spec = resource(page, studio, finished(page))["spec"]
    assert spec["sampling"]["agree"]["space"] == "pixels"
    assert spec["layout"]["patches"][0]["model"] == "foreign"
