"""The bundled models as they come: the studio begins with the large one, and layouts have the size that fits it."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from benchmarks.studio.app import ROOT, Studio, running_studio
from tests.e2e.hands import (
    choose_kind,
    draw_box,
    finished,
    generate,
    picture,
    resource,
    set_sampling,
    show_graph,
    stored_draft,
    write_graph,
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running Inlay that offers the bundled models."""
    folder = tmp_path_factory.mktemp("bundled")
    with running_studio(folder, {"INLAY_MODELS": str(ROOT / "models"), "PORT": "0"}) as studio:
        yield studio


KINDS = ("panorama", "regions", "scene", "portrait", "illusion", "texture", "custom")


def canvas_size(page: Page) -> tuple[str, str]:
    width, height = (page.get_by_test_id(f"canvas-{side}").input_value() for side in ("width", "height"))
    return width, height


def test_the_studio_begins_with_the_large_model_and_empty_layouts_follow_the_model(page: Page) -> None:
    expect(page.get_by_test_id("model")).to_have_value("papercut-large")
    expect(page.get_by_test_id("canvas-width")).to_have_value("1024")
    choose_kind(page, "portrait")
    expect(page.get_by_test_id("canvas-width")).to_have_value("512")
    expect(page.locator("[data-testid^=example-portrait-]")).to_have_count(3)
    expect(page.get_by_test_id("too-small")).to_have_count(0)
    page.get_by_test_id("model").select_option("papercut")
    expect(page.get_by_test_id("canvas-width")).to_have_value("256")
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("model")).to_have_value("papercut-large")
    assert canvas_size(page) == ("512", "512"), "one step takes the model and the size back"
    page.reload()
    expect(page.get_by_test_id("canvas-width")).to_have_value("512")


def test_an_example_makes_the_same_picture_larger(page: Page, studio: Studio) -> None:
    sizes = []
    for model in ("papercut", "papercut-large"):
        page.get_by_test_id("model").select_option(model)
        choose_kind(page, "panorama")
        page.get_by_test_id("example-panorama-snowy-night").click()
        expect(page.get_by_test_id("model")).to_have_value(model)
        generate(page)
        sizes.append(picture(page, studio, finished(page)))
        page.get_by_test_id("undo").click()
    small, large = (one.convert("RGB") for one in sizes)
    assert large.size == (2 * small.width, 2 * small.height)
    apart = np.abs(np.asarray(large.resize(small.size), float) - np.asarray(small, float)).mean()
    assert apart < 12, "of 255: the same latents, painted by another decoder"


def prompts_in(part: Any) -> list[str]:
    """Return the prompts in a part of a document, without empty ones."""
    if isinstance(part, list):
        return [prompt for one in part for prompt in prompts_in(one)]
    if not isinstance(part, dict):
        return []
    own = [part["prompt"]] if part.get("prompt") else []
    return own + [prompt for _, one in sorted(part.items()) for prompt in prompts_in(one)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_takes_every_example_at_the_large_size(page: Page, kind: str) -> None:
    expect(page.get_by_test_id("model")).to_have_value("papercut-large")
    choose_kind(page, kind)
    cards = page.locator(f"[data-testid^=example-{kind}-]")
    expect(cards).to_have_count(3)
    page.wait_for_timeout(600)  # the empty layout is compiled before
    for place in range(3):
        name = str(cards.nth(place).get_attribute("data-testid")).removeprefix("example-")
        written = json.loads((ROOT / "examples" / f"{name}.json").read_text())["layout"]
        with page.expect_response("**/api/compile") as compiled:
            cards.nth(place).click()
        assert compiled.value.ok, name
        drawn = json.loads(stored_draft(page))["state"]["draft"][kind]
        if kind == "custom":
            drawn = json.loads(drawn["text"])
        assert prompts_in(drawn) == prompts_in(written)
        for side in ("width", "height") if "canvas" in written else ():
            assert drawn["canvas"][side] == 2 * written["canvas"][side]
        expect(page.get_by_test_id("model")).to_have_value("papercut-large")
        expect(page.get_by_test_id("too-small")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_test_id("undo").click()


def enlarge(page: Page) -> None:
    """Choose the large model, and take its offer to make the layout larger."""
    page.get_by_test_id("model").select_option("papercut-large")
    note = page.get_by_test_id("too-small")
    expect(note).to_contain_text("Papercut large was trained on pictures of 256 × 256 pixels")
    note.get_by_role("button").click()
    expect(note).to_have_count(0)


def test_a_drawn_layout_is_generated_twice_as_large(page: Page, studio: Studio) -> None:
    page.get_by_test_id("model").select_option("papercut")
    choose_kind(page, "regions")
    page.get_by_test_id("prompt").first.fill("a meadow by day")
    draw_box(page, 0.3, 0.4, 0.5, 0.6)
    page.keyboard.type("a red house")
    page.keyboard.press("Escape")
    set_sampling(page, 3, 5)
    enlarge(page)
    generate(page)
    job = finished(page)
    assert picture(page, studio, job).size == (1024, 256)
    spec = resource(page, studio, job)["spec"]
    assert spec["sampling"]["model"] == "papercut-large"
    (patch,) = spec["layout"]["patches"]
    assert patch["prompt"] == "a red house"
    page.get_by_test_id("model").select_option("papercut")
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("model")).to_have_value("papercut-large")


def test_a_figure_keeps_its_pose(page: Page, studio: Studio) -> None:
    page.get_by_test_id("model").select_option("papercut")
    choose_kind(page, "portrait")
    page.get_by_test_id("prompt-body").fill("a doctor")
    page.get_by_test_id("canvas-width").fill("128")
    page.get_by_test_id("canvas-width").press("Enter")
    page.get_by_role("button", name="Bring inside").click()
    page.get_by_test_id("pose").click()
    set_sampling(page, 3, 5)
    enlarge(page)
    expect(page.get_by_test_id("canvas-height")).to_have_value("512")
    generate(page)
    job = finished(page)
    assert picture(page, studio, job).size == (256, 512)
    layout = resource(page, studio, job)["spec"]["layout"]
    assert layout["head"]["box"]["width"] == 256
    (nose, *_) = layout["body"]["control"]["joints"]
    assert nose == [128, round(0.55 * layout["head"]["box"]["height"])], "it lies in the larger head"


def test_a_head_that_is_too_small_grows_with_its_portrait(page: Page) -> None:
    page.get_by_test_id("model").select_option("papercut")
    choose_kind(page, "portrait")
    page.get_by_test_id("prompt-body").fill("a doctor")
    page.get_by_test_id("model").select_option("papercut-large")
    note = page.get_by_test_id("too-small")
    expect(note).to_contain_text("the box of the head has 128 × 128")
    note.get_by_role("button").click()
    expect(page.get_by_test_id("canvas-width")).to_have_value("512")
    expect(note).to_have_count(0)


def test_a_chosen_size_of_an_empty_layout_stays_over_a_reload(page: Page) -> None:
    choose_kind(page, "texture")
    expect(page.get_by_test_id("canvas-width")).to_have_value("256")
    for side in ("width", "height"):  # a usual size
        page.get_by_test_id(f"canvas-{side}").fill("512")
        page.get_by_test_id(f"canvas-{side}").press("Enter")
    page.reload()
    expect(page.get_by_test_id("model")).to_have_value("papercut-large")
    page.wait_for_timeout(300)
    assert canvas_size(page) == ("512", "512")


def test_begin_anew_knows_the_model_also_where_no_canvas_is_shown(page: Page) -> None:
    choose_kind(page, "texture")
    page.get_by_test_id("prompt").fill("the sea")
    show_graph(page)
    page.reload()
    expect(page.get_by_test_id("graph-view")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_test_id("action-file.begin").click()
    page.get_by_test_id("graph-switch").click()
    expect(page.get_by_test_id("canvas-width")).to_have_value("256")


def test_a_graph_of_no_model_has_the_size_of_its_picture(page: Page) -> None:
    choose_kind(page, "custom")
    write_graph(page, '{"controls": [{"name": "x", "width": 32, "height": 16}], "observables": []}')
    expect(page.get_by_text("512 × 256, set by the graph")).to_be_visible()


def test_an_example_that_is_opened_before_the_models_are_known_keeps_its_model(page: Page) -> None:
    asked: list[Route] = []
    page.route("**/api/models", lambda route: asked.append(route))
    page.reload()
    choose_kind(page, "scene")
    page.get_by_test_id("example-scene-oasis").click()
    expect(page.get_by_test_id("canvas-width")).to_have_value("128")
    for one in asked:
        one.continue_()
    expect(page.get_by_test_id("model")).to_have_value("papercut")
    expect(page.get_by_test_id("too-small")).to_have_count(0)


def test_models_that_arrive_late_leave_the_picture_of_a_new_tab_on_the_canvas(page: Page) -> None:
    choose_kind(page, "texture")
    page.get_by_test_id("prompt").fill("the sea")
    set_sampling(page, 2, 5)
    generate(page)
    job = finished(page)
    page.evaluate("localStorage.removeItem('inlay.draft.1')")  # the new tab begins with an empty draft
    other = page.context.new_page()
    asked: list[Route] = []
    other.route("**/api/models", lambda route: asked.append(route))
    other.goto(page.url)
    result = other.get_by_test_id("result")
    expect(result).to_have_attribute("data-job", job)
    for one in asked:
        one.continue_()
    expect(other.get_by_test_id("model")).to_have_value("papercut-large")
    other.wait_for_timeout(500)
    expect(result).to_have_attribute("data-job", job)


def test_a_shared_graph_says_the_size_of_its_picture(page: Page, studio: Studio) -> None:
    graph = {
        "controls": [{"name": "x", "width": 16, "height": 16}],
        "observables": [
            {"name": "y", "operator": {"kind": "identity", "control": "x"}, "prompted": {"prompt": "the sea by day"}}
        ],
    }
    document = {
        "layout": {"kind": "custom", "graph": graph},
        "sampling": {"model": "papercut-large", "steps": 2, "seed": 1},
    }
    made = page.request.post(f"{studio.url}/api/jobs", data=document, headers={"Prefer": "wait=60"}).json()
    assert made["state"] == "succeeded", made
    link = page.request.post(f"{studio.url}/api/jobs/{made['id']}/links", data={}).json()
    token = link["url"].rpartition("/")[2]
    page.goto(f"{studio.url}/shared#{token}")
    expect(page.get_by_test_id("shared-picture")).to_have_attribute("width", "256")
    expect(page.get_by_test_id("shared")).to_contain_text("256 × 256")
