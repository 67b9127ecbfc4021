"""The run in the dock: its steps while it goes on and afterwards, what the canvas shows of them, stop and continue, and
their export as files."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import ROOT, Studio
from tests.e2e.hands import ENDLESS, MINUTE, choose, draw_box, finished, generate, resource, set_sampling, turn_to


def regions(page: Page, steps: int, seed: int, keep: str = "outputs") -> None:
    """Draw a meadow with a house, and set how it runs."""
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    draw_box(page, 0.3, 0.3, 0.6, 0.6)
    page.get_by_test_id("patch-prompt").fill("a house")
    set_sampling(page, steps, seed)
    turn_to(page, "sampling")
    page.get_by_test_id("keep-frames").select_option(keep)


def step_of(locator: Locator) -> int:
    return int(locator.get_attribute("data-step") or 0)


def reaches(page: Page, step: int) -> None:
    page.wait_for_function(
        "step => Number(document.querySelector('[data-testid=progress]')?.dataset.step) >= step",
        arg=step,
        timeout=MINUTE,
    )


def is_running(page: Page) -> None:
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "running", timeout=MINUTE)


def test_the_steps_are_looked_at_while_the_job_runs_and_after_a_reload(page: Page, studio: Studio) -> None:
    regions(page, steps=80, seed=3)
    generate(page)
    is_running(page)
    reaches(page, 6)
    scrubber = page.get_by_test_id("scrubber")
    scrubber.focus()
    page.keyboard.press("Home")
    expect(scrubber).to_have_attribute("aria-valuetext", "Step 1 of 80")
    expect(page.get_by_test_id("preview")).to_have_attribute("data-step", "1")
    reaches(page, 9)
    expect(page.get_by_test_id("preview")).to_have_attribute("data-step", "1")  # the hand holds it
    page.get_by_test_id("follow").click()
    page.wait_for_function("() => Number(document.querySelector('[data-testid=preview]').dataset.step) >= 8")
    finished(page)
    page.reload()
    expect(page.get_by_test_id("result")).to_be_attached(timeout=MINUTE)
    scrubber.focus()
    page.keyboard.press("ArrowLeft")
    expect(scrubber).to_have_attribute("aria-valuetext", "Step 79 of 80")
    expect(page.get_by_test_id("preview")).to_have_attribute("data-step", "79")
    expect(page.get_by_test_id("result")).to_have_count(0)  # a frame is not the finished picture
    page.get_by_test_id("canvas").focus()
    page.keyboard.press(",")
    expect(page.get_by_test_id("preview")).to_have_attribute("data-step", "78")
    page.keyboard.press(".")
    expect(page.get_by_test_id("preview")).to_have_attribute("data-step", "79")
    page.get_by_test_id("follow").click()
    expect(page.get_by_test_id("result")).to_be_attached()
    assert page.get_by_test_id("show-noisy").is_disabled()  # only the pictures' frames were kept


def test_every_node_is_shown_after_the_run_and_a_map_has_a_legend_with_numbers(page: Page, studio: Studio) -> None:
    regions(page, steps=6, seed=4, keep="all")
    generate(page)
    job = finished(page)
    assert resource(page, studio, job)["spec"]["preview"]["keep"] == "all"
    view = page.get_by_test_id("view")
    page.get_by_test_id("scrubber").focus()
    page.keyboard.press("Home")
    page.get_by_test_id("show-node").select_option("y1")
    expect(view).to_have_attribute("data-view", "y1/x0")
    page.get_by_test_id("show-noisy").check(force=True)
    expect(view).to_have_attribute("data-view", "y1/noisy")
    expect(view).to_have_attribute("data-step", "1")
    page.get_by_test_id("show-node").select_option("x")
    page.get_by_test_id("show-residual").check(force=True)
    expect(view).to_have_attribute("data-view", "x/residual")
    says = "Disagreement: from 0 to 0.5+, in standard deviations of the latents"
    expect(page.get_by_test_id("legend")).to_have_attribute("aria-label", says)
    page.get_by_test_id("show-weights").check(force=True)
    expect(view).to_have_attribute("data-view", "x/weights")
    expect(page.get_by_test_id("legend")).to_contain_text("share of the weight")
    page.get_by_test_id("residuals").locator("summary").click()
    chart = page.get_by_test_id("chart")
    expect(chart.locator("polyline").nth(1)).to_be_attached()
    expect(page.get_by_test_id("curve-values")).to_contain_text("Step 1 of 6")
    page.keyboard.press("Escape")


def test_a_run_without_frames_says_so(page: Page) -> None:
    regions(page, steps=30, seed=5, keep="none")
    generate(page)
    reaches(page, 2)
    finished(page)
    expect(page.get_by_test_id("frames-note")).to_contain_text("keeps no frames")  # this tab has seen some
    page.reload()
    expect(page.get_by_test_id("frames-note")).to_contain_text("kept no frames", timeout=MINUTE)


def test_a_stopped_run_keeps_its_picture_and_continues(page: Page, studio: Studio) -> None:
    regions(page, steps=60, seed=6)
    generate(page)
    is_running(page)
    reaches(page, 3)
    page.get_by_test_id("stop").click()
    job = finished(page)
    (output,) = resource(page, studio, job)["outputs"]
    stopped = output["stopped_at"]
    assert 3 <= stopped["step"] < stopped["of"] == 60
    expect(page.get_by_test_id("progress")).to_contain_text(f"after step {stopped['step']} of 60")
    expect(page.get_by_test_id("scrubber")).to_have_attribute("data-step", str(stopped["step"]))
    page.get_by_test_id("continue").click()
    expect(page.get_by_test_id("result")).not_to_have_attribute("data-job", job, timeout=3 * MINUTE)
    whole = resource(page, studio, finished(page))
    assert whole["continues"] == job
    assert whole["outputs"][0]["stopped_at"] is None


def run_more(page: Page, job: str, steps: str) -> str:
    """Continue the job on the canvas with so many steps, and return the id of the new job."""
    page.get_by_test_id("more-steps").click()
    page.get_by_test_id("more-steps-number").fill(steps)
    page.get_by_test_id("more-steps-run").click()
    expect(page.get_by_test_id("result")).not_to_have_attribute("data-job", job, timeout=3 * MINUTE)
    return finished(page)


def test_a_stopped_run_takes_more_steps_and_its_picture_is_refined(page: Page, studio: Studio) -> None:
    regions(page, steps=ENDLESS, seed=8)
    generate(page)
    is_running(page)
    reaches(page, 3)
    page.get_by_test_id("stop").click()
    job = finished(page)
    stopped = resource(page, studio, job)["progress"]["step"]
    finer = resource(page, studio, run_more(page, job, "25"))
    assert finer["spec"]["sampling"]["finer"] == [{"after": stopped, "steps": 25}]
    assert finer["progress"] == {"step": stopped + 25, "of": stopped + 25}
    refined = resource(page, studio, run_more(page, finer["id"], "6"))
    assert refined["progress"] == {"step": 6, "of": 6}
    assert refined["spec"]["start"]["strength"] == 0.3
    page.get_by_test_id("more-steps").click()
    page.get_by_test_id("more-steps-number").fill("400")
    page.get_by_test_id("more-steps-run").click()
    dialog = page.get_by_role("dialog").filter(has=page.get_by_test_id("more-steps-run"))
    expect(dialog).to_contain_text("take at most 300 steps, or more strength")  # beside its field


def test_a_second_tab_shows_the_same_step(page: Page, studio: Studio) -> None:
    regions(page, steps=ENDLESS, seed=7)
    generate(page)
    is_running(page)
    reaches(page, 2)
    second = page.context.new_page()
    second.goto(studio.url)
    second.get_by_test_id("preview").wait_for(state="attached", timeout=MINUTE)
    apart = []
    for _ in range(3):
        steps = [step_of(tab.get_by_test_id("scrubber")) for tab in (page, second, page)]
        apart.append(max(0, steps[0] - steps[1], steps[1] - steps[2]))
        page.wait_for_timeout(300)
    assert min(apart) <= 1, apart
    page.get_by_test_id("cancel").click()
    second.close()


def test_a_reroll_is_compared_and_discarded_or_accepted(page: Page, studio: Studio) -> None:
    regions(page, steps=3, seed=9)
    generate(page)
    first = finished(page)
    result = page.get_by_test_id("result")
    page.get_by_test_id("reroll-box").click()
    expect(result).not_to_have_attribute("data-job", first, timeout=MINUTE)
    second = finished(page)
    staged = page.get_by_test_id("staged")
    page.get_by_test_id("canvas").focus()
    page.keyboard.down("Shift")
    page.keyboard.down("C")
    expect(page.get_by_test_id("staged-compare")).to_have_attribute("aria-pressed", "true")
    page.keyboard.up("C")
    page.keyboard.up("Shift")
    expect(page.get_by_test_id("staged-compare")).to_have_attribute("aria-pressed", "false")
    page.get_by_test_id("staged-discard").click()
    expect(staged).to_have_count(0)
    expect(result).to_have_attribute("data-job", first)
    expect(page.get_by_test_id("start-note")).to_have_count(0)  # the draft starts from noise again
    page.wait_for_timeout(500)
    assert resource(page, studio, second)["trashed_at"] is not None
    page.get_by_test_id("reroll-box").click()
    expect(result).not_to_have_attribute("data-job", first, timeout=MINUTE)
    third = finished(page)
    expect(page.get_by_test_id("staged-accept")).to_be_enabled()
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Shift+A")
    expect(staged).to_have_count(0)
    expect(result).to_have_attribute("data-job", third)


def test_a_picture_of_two_canvases_is_not_offered_to_be_refined(page: Page) -> None:
    page.locator("input[type=file]").first.set_input_files(ROOT / "examples" / "scene-oasis.json")
    expect(page.get_by_text("scene-oasis.json is open.")).to_be_visible()
    set_sampling(page, 2, 7)
    generate(page)
    finished(page)
    more = page.get_by_test_id("more-steps")
    expect(more).to_be_disabled()
    expect(more).to_have_attribute("title", re.compile("draws 2 canvases"))
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("more steps")
    expect(page.get_by_test_id("action-run.more")).to_have_count(0)


def test_generate_first_goes_before_the_jobs_that_wait(page: Page, studio: Studio) -> None:
    def sent(keys: str) -> str:
        expect(page.get_by_test_id("generate")).to_be_enabled()  # it is not while a job is being sent
        with page.expect_response(
            lambda one: one.request.method == "POST" and one.url.split("?")[0].endswith("/api/jobs")
        ) as made:
            page.keyboard.press(keys)
        return made.value.headers["location"].rpartition("/")[2]

    regions(page, steps=ENDLESS, seed=1)
    long = sent("Control+Enter")
    expect(page.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)  # the worker is busy
    later, first = sent("Control+Enter"), sent("Control+Shift+Enter")
    order = [resource(page, studio, id)["position"] for id in (first, later)]
    for id in (later, first, long):
        page.request.post(f"{studio.url}/api/jobs/{id}/cancel")
    assert order == sorted(order)
    assert order[0] < order[1]


@pytest.fixture
def made(page: Page) -> Page:
    regions(page, steps=5, seed=8)
    generate(page)
    finished(page)
    return page


def exported(page: Page, format: str) -> bytes:
    page.get_by_test_id("export").click()
    with page.expect_download(timeout=MINUTE) as download:
        page.get_by_test_id(f"export-{format}").click()
    assert download.value.suggested_filename.endswith(f"-x-x0-steps.{format}")
    return Path(download.value.path()).read_bytes()


def boxes_of(content: bytes) -> list[bytes]:
    """Return the names of the outermost boxes of an MP4."""
    names, at = [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        names.append(content[at + 4 : at + 8])
        at += size or len(content)
    return names


def test_the_steps_are_exported_as_gif_and_mp4(made: Page) -> None:
    gif: Any = Image.open(io.BytesIO(exported(made, "gif")))
    assert gif.n_frames == 5
    assert gif.size[0] == 2 * gif.size[1]
    video = exported(made, "mp4")
    assert video[4:8] == b"ftyp"
    assert {b"moov", b"mdat"} <= set(boxes_of(video))
