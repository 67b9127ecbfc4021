"""The bundled models as they come: a layout that is drawn for one grows for the other, and its picture with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from benchmarks.studio.app import ROOT, Studio, running_studio
from tests.e2e.hands import choose_kind, draw_box, finished, generate, picture, resource, set_sampling


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running Inlay that offers the bundled models."""
    folder = tmp_path_factory.mktemp("bundled")
    with running_studio(folder, {"INLAY_MODELS": str(ROOT / "models"), "PORT": "0"}) as studio:
        yield studio


def enlarge(page: Page) -> None:
    """Choose the large model, and take its offer to make the layout larger."""
    page.get_by_test_id("model").select_option("papercut-large")
    note = page.get_by_test_id("too-small")
    expect(note).to_contain_text("Papercut large was trained on pictures of 256 × 256 pixels")
    note.get_by_role("button").click()
    expect(note).to_have_count(0)


def test_a_drawn_layout_is_generated_twice_as_large(page: Page, studio: Studio) -> None:
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
