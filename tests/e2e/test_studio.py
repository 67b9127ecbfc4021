"""The first steps of a new user in a real browser: draw, prompt, generate, watch, reload, cancel, reopen, save."""

import json
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, Studio
from tests.e2e.hands import (
    ENDLESS,
    MINUTE,
    choose,
    choose_kind,
    draw_box,
    finished,
    forget_draft,
    generate,
    open_gallery,
    picture,
    resource,
    set_sampling,
)


def regions(page: Page, *, steps: int, seed: int) -> None:
    """Draw two boxes, each with a prompt of its own."""
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").fill("a meadow by day")
    for number, (left, right, prompt) in enumerate([(0.15, 0.35, "a house"), (0.6, 0.8, "a tree")], start=1):
        draw_box(page, left, 0.4, right, 0.65)
        expect(page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(number)
        page.get_by_test_id("patch-prompt").last.fill(prompt)
    set_sampling(page, steps, seed)


def test_two_boxes_become_one_picture_while_one_watches(page: Page, studio: Studio) -> None:
    regions(page, steps=16, seed=5)
    generate(page)
    canvas = page.get_by_test_id("canvas")
    seen: dict[int, bytes] = {}
    expect(page.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    while page.get_by_test_id("result").count() == 0 and len(seen) < 4:
        preview = page.get_by_test_id("preview")
        step = preview.get_attribute("data-step", timeout=MINUTE) if preview.count() else None
        if step and int(step) not in seen:
            seen[int(step)] = canvas.screenshot()
        page.wait_for_timeout(100)
    assert len(seen) >= 3, "fewer than three live previews were seen"
    assert len(set(seen.values())) >= 3, "the previews did not change what the canvas shows"

    job = finished(page)
    made = picture(page, studio, job)
    assert made.size == (512, 256)
    document = json.loads(made.info["inlay"])
    assert [patch["prompt"] for patch in document["layout"]["patches"]] == ["a house", "a tree"]
    assert document["sampling"]["seed"] == 5
    with page.expect_download() as download:
        page.get_by_test_id("download").click()
    assert Image.open(download.value.path()).size == (512, 256)


def test_three_prompts_along_a_panorama_and_the_same_seed_again(page: Page, studio: Studio) -> None:
    choose_kind(page, "panorama")
    page.get_by_test_id("example-panorama-desert-to-sea").click()
    set_sampling(page, 6, 11)
    pictures: dict[str, bytes] = {}
    job = None
    for _ in range(2):
        generate(page)
        job = finished(page, after=job)
        made = picture(page, studio, job)
        assert made.size == (512, 128)
        assert len(resource(page, studio, job)["spec"]["layout"]["windows"]) == 3
        pictures[job] = made.tobytes()
    assert len(pictures) == 2
    assert len(set(pictures.values())) == 1, "the same document gave another picture"
    set_sampling(page, 6, 12)
    generate(page)
    assert picture(page, studio, finished(page, after=job)).tobytes() not in pictures.values()


def test_a_reload_finds_the_running_job_and_another_is_cancelled(page: Page, studio: Studio) -> None:
    regions(page, steps=ENDLESS, seed=1)
    generate(page)
    progress = page.get_by_test_id("progress")
    expect(page.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    page.reload()
    expect(progress).to_have_attribute("data-state", "running", timeout=MINUTE)
    before = int(progress.get_attribute("data-step") or 0)
    page.wait_for_function(
        "before => Number(document.querySelector('[data-testid=progress]').dataset.step) > before + 2",
        arg=before,
        timeout=MINUTE,
    )
    expect(page.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    assert progress.get_attribute("data-of") == str(ENDLESS)
    page.get_by_test_id("cancel").click()
    expect(progress).to_have_attribute("data-state", "cancelled", timeout=MINUTE)
    page.get_by_test_id("open-queue").click()
    expect(page.get_by_test_id("queue-item").first).to_have_attribute("data-state", "cancelled")


def test_a_finished_job_opens_again_with_everything_it_had(page: Page, studio: Studio) -> None:
    regions(page, steps=3, seed=21)
    generate(page)
    job = finished(page)
    forget_draft(page)
    choose(page, "panorama", 256, 128)
    open_gallery(page)
    item = page.locator(f"[data-testid=gallery-item][data-job='{job}']")
    item.get_by_test_id("gallery-picture").click()
    page.get_by_test_id("open-layout").click()
    expect(page.get_by_test_id("kind")).to_have_value("regions")
    expect(page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_test_id("prompt")).to_have_value("a meadow by day")
    expect(page.get_by_test_id("seed")).to_have_value("21")


def test_a_draft_survives_a_reload_and_undo_takes_back(page: Page) -> None:
    regions(page, steps=3, seed=1)
    page.wait_for_timeout(600)
    page.reload()
    patches = page.get_by_test_id("patch-list").get_by_role("listitem")
    expect(patches).to_have_count(2)
    page.get_by_test_id("canvas").focus()
    draw_box(page, 0.4, 0.4, 0.5, 0.6)
    expect(patches).to_have_count(3)
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+z")
    expect(patches).to_have_count(2)


def test_words_that_the_model_does_not_know_are_marked(page: Page) -> None:
    choose_kind(page, "panorama")
    page.get_by_test_id("prompt").fill("a desert with a qwertyzebra")
    expect(page.get_by_test_id("unknown-words").first).to_contain_text("qwertyzebra")


def test_what_cannot_run_is_said_beside_its_cause(page: Page) -> None:
    regions(page, steps=3, seed=1)
    choose(page, "regions", 128, 128)
    expect(page.get_by_text("outside the canvas").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_canvas_prompt_and_generate_in_reach(browser: Browser, studio: Studio, scheme: Any) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(studio.url)
    for part in ("canvas", "prompt", "generate"):
        expect(page.get_by_test_id(part)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    places = [page.get_by_test_id(part).bounding_box() for part in ("canvas", "prompt", "generate")]
    tops = [place["y"] for place in places if place]
    assert tops == sorted(tops)
    context.close()
