"""The gallery, the saved layouts and the queue, with real jobs."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.conftest import PHONE, WAIT, Studio
from tests.e2e.hands import ENDLESS, MINUTE, open_gallery

SIZE = {"width": 128, "height": 128}


def document(prompt: str, steps: int = 1, kind: str = "texture") -> dict[str, Any]:
    layout = {"kind": kind, "canvas": SIZE, "prompt": prompt}
    return {"layout": layout, "sampling": {"model": "tiny", "steps": steps, "seed": 1}}


def sent(page: Page, studio: Studio, made: dict[str, Any]) -> str:
    """Send a job, wait for its end, and return its id."""
    headers = {"Prefer": "wait=60"}
    answer = page.request.post(f"{studio.url}/api/jobs", data=made, headers=headers, timeout=2 * MINUTE)
    assert answer.status in (200, 201), answer.text()
    return answer.json()["id"]


@pytest.fixture
def word(page: Page, studio: Studio) -> str:
    """A word that is in the prompts of four pictures, three textures and a panorama, and of no other job."""
    word = f"w{uuid4().hex[:8]}"
    for number, kind in enumerate(("texture", "texture", "texture", "panorama")):
        sent(page, studio, document(f"{word} number{number}", kind=kind))
    return word


def tiles(page: Page) -> Locator:
    return page.get_by_test_id("gallery-item")


def pictures(page: Page) -> Locator:
    return page.get_by_test_id("gallery-picture")


def search(page: Page, words: str) -> None:
    open_gallery(page)
    page.get_by_test_id("gallery-search").fill(words)


def names(page: Page) -> list[str]:
    """Return the numbers in the prompts of the shown pictures."""
    return [str(one.get_attribute("aria-label")).split("number")[1] for one in pictures(page).all()]


def test_pictures_are_found_by_words_layout_and_day(page: Page, word: str) -> None:
    search(page, word.upper())
    expect(tiles(page)).to_have_count(4)
    assert names(page) == ["3", "2", "1", "0"]
    expect(pictures(page).first.locator("img")).to_have_js_property("naturalWidth", 128)
    page.get_by_test_id("gallery-search").fill(f"number1 {word}")
    expect(tiles(page)).to_have_count(1)
    page.get_by_test_id("gallery-search").fill(word)
    page.get_by_test_id("filter-layout").select_option("panorama")
    expect(tiles(page)).to_have_count(1)
    page.get_by_test_id("filter-layout").select_option("")
    page.get_by_test_id("filter-model").select_option("papercut")
    expect(page.get_by_test_id("gallery-empty")).to_contain_text("No picture fits.")
    page.get_by_test_id("filter-model").select_option("tiny")
    expect(tiles(page)).to_have_count(4)
    page.get_by_test_id("filter-to").fill("2020-01-01")
    expect(tiles(page)).to_have_count(0)
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_test_id("gallery-search")).to_have_value("")


def tagged_jobs(page: Page, studio: Studio, tag: str) -> list[dict[str, Any]]:
    return page.request.get(f"{studio.url}/api/jobs", params={"tag": tag}).json()["items"]


def test_favourites_and_tags_are_kept_and_found(page: Page, studio: Studio, word: str) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    with page.expect_response("**/api/marks") as starred:
        tiles(page).nth(1).get_by_test_id("gallery-star").click()
    assert starred.value.ok
    pictures(page).nth(0).click()
    pictures(page).nth(1).click(modifiers=["Shift"])
    expect(page.get_by_test_id("selected-count")).to_have_text("2 pictures selected")
    page.get_by_test_id("new-tag").fill(f"tag {word}")
    with page.expect_response("**/api/marks") as tagged:
        page.get_by_test_id("new-tag").press("Enter")
    assert tagged.value.ok
    assert len(tagged_jobs(page, studio, f"tag {word}")) == 2, "one request marks both pictures"
    expect(page.get_by_test_id("tags")).to_contain_text(f"tag {word}")
    page.reload()
    search(page, word)
    page.get_by_test_id("filter-show").select_option("favourites")
    expect(tiles(page)).to_have_count(1)
    assert names(page) == ["2"]
    page.get_by_test_id("filter-show").select_option("all")
    page.get_by_test_id("filter-tag").select_option(f"tag {word}")
    expect(tiles(page)).to_have_count(2)
    pictures(page).nth(0).click()
    page.get_by_role("button", name=f"Remove the tag tag {word}").click()
    expect(page.get_by_test_id("tags")).not_to_contain_text(f"tag {word}")
    assert len(tagged_jobs(page, studio, f"tag {word}")) == 1


def test_a_tag_on_many_pictures_survives_a_page_that_is_left_at_once(page: Page, studio: Studio, word: str) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    pictures(page).first.click()
    page.keyboard.press("ControlOrMeta+a")
    expect(page.get_by_test_id("selected-count")).to_have_text("4 pictures selected")
    page.get_by_test_id("new-tag").fill(f"tag {word}")
    with page.expect_request("**/api/marks"):
        page.get_by_test_id("new-tag").press("Enter")
        page.goto("about:blank")
    deadline = time.monotonic() + WAIT / 1000
    while not (marked := tagged_jobs(page, studio, f"tag {word}")) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert len(marked) == 4, "one request marks all of them, and it arrives"


def test_tabs_that_add_different_tags_to_one_picture_both_keep_theirs(page: Page, studio: Studio, word: str) -> None:
    other = page.context.new_page()
    other.goto(studio.url)
    for one in (page, other):
        search(one, f"number3 {word}")
        expect(tiles(one)).to_have_count(1)
        pictures(one).first.click()
    for one, tag in ((page, "mine"), (other, "theirs")):
        one.get_by_test_id("new-tag").fill(f"{tag} {word}")
        one.get_by_test_id("new-tag").press("Enter")
        expect(one.get_by_test_id("tags")).to_contain_text(f"{tag} {word}")
    expect(other.get_by_test_id("tags")).to_contain_text(f"mine {word}")
    (job,) = tagged_jobs(page, studio, f"mine {word}")
    assert job["tags"] == [f"mine {word}", f"theirs {word}"]


def test_many_are_deleted_and_come_back_after_a_reload(page: Page, word: str) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    pictures(page).nth(0).click()
    pictures(page).nth(2).click(modifiers=["ControlOrMeta"])
    page.get_by_test_id("delete-selected").click()
    expect(tiles(page)).to_have_count(2)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(tiles(page)).to_have_count(4)
    pictures(page).nth(3).click()
    page.get_by_test_id("delete-selected").click()
    expect(tiles(page)).to_have_count(3)
    page.reload()
    search(page, word)
    expect(tiles(page)).to_have_count(3)
    page.get_by_test_id("filter-show").select_option("trash")
    expect(tiles(page)).to_have_count(1)
    pictures(page).first.click()
    page.get_by_test_id("restore").click()
    expect(tiles(page)).to_have_count(0)
    page.get_by_test_id("filter-show").select_option("all")
    expect(tiles(page)).to_have_count(4)


def test_the_keyboard_alone_selects_marks_and_shows(page: Page, studio: Studio, word: str) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    pictures(page).first.focus()
    for place in (1, 2):
        page.keyboard.press("ArrowRight")
        expect(pictures(page).nth(place)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("selected-count")).to_have_text("1 picture selected")
    page.keyboard.press("f")
    expect(tiles(page).nth(2).get_by_test_id("gallery-star")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_test_id("selected-count")).to_have_text("2 pictures selected")
    expect(pictures(page).nth(3)).to_be_focused()
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(2)
    page.keyboard.press("ControlOrMeta+a")
    expect(page.get_by_test_id("selected-count")).to_have_text("2 pictures selected")
    expect(pictures(page).last).to_be_focused()
    job = tiles(page).last.get_attribute("data-job")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("drawer")).to_have_count(0)
    expect(page.get_by_test_id("result")).to_have_attribute("data-job", str(job))


# Note at each change of the grid whether the focus is nowhere.
WATCH_FOCUS = """grid => {
  window.lost = 0
  const note = () => { if (document.activeElement === document.body) window.lost += 1 }
  new MutationObserver(note).observe(grid, { childList: true, subtree: true })
}"""


def test_the_focus_goes_on_in_the_moment_of_a_deletion(page: Page, word: str) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    pictures(page).nth(1).focus()
    page.get_by_test_id("gallery-grid").evaluate(WATCH_FOCUS)
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(3)
    expect(pictures(page).nth(1)).to_be_focused()
    assert page.evaluate("window.lost") == 0, "a key pressed right after the deletion would reach no picture"


def test_a_picture_is_found_and_its_layout_opened_by_keys(page: Page, word: str) -> None:
    page.get_by_test_id("canvas").wait_for()
    page.keyboard.press("Shift+G")
    expect(page.get_by_test_id("gallery-search")).to_be_focused()
    page.keyboard.type(word)
    expect(tiles(page)).to_have_count(4)
    page.keyboard.press("ArrowDown")
    expect(pictures(page).first).to_be_focused()
    page.keyboard.press("o")
    expect(page.get_by_test_id("drawer")).to_have_count(0)
    expect(page.get_by_test_id("kind")).to_have_value("panorama")  # the newest


def test_many_are_downloaded_as_a_zip_with_their_documents(page: Page, word: str, tmp_path: Path) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    pictures(page).first.click()
    page.keyboard.press("ControlOrMeta+a")
    with page.expect_download() as download:
        page.get_by_test_id("download-selected").click()
    download.value.save_as(tmp_path / "some.zip")
    with ZipFile(tmp_path / "some.zip") as archive:
        endings = sorted(name.rpartition(".")[2] for name in archive.namelist())
        assert endings == ["json"] * 4 + ["png"] * 4
        prompts = {json.loads(archive.read(n))["layout"]["prompt"] for n in archive.namelist() if n.endswith("json")}
    assert prompts == {f"{word} number{number}" for number in range(4)}
    pictures(page).first.click()
    with page.expect_download() as download:
        page.get_by_test_id("download-selected").click()
    assert download.value.suggested_filename.endswith("-x.png")


def test_an_old_picture_is_shown_on_the_canvas_and_its_layout_opens(page: Page, studio: Studio, word: str) -> None:
    for _ in range(25):  # more than the studio fetches when it opens
        page.request.post(f"{studio.url}/api/jobs", data=document("another"))
    sent(page, studio, document("another"))
    page.reload()
    search(page, f"{word} number3")
    expect(tiles(page)).to_have_count(1)
    job = tiles(page).first.get_attribute("data-job")
    pictures(page).first.dblclick()
    expect(page.get_by_test_id("result")).to_have_attribute("data-job", str(job))
    search(page, f"{word} number3")
    expect(tiles(page)).to_have_count(1)
    pictures(page).first.click()
    page.get_by_test_id("open-layout").click()
    expect(page.get_by_test_id("kind")).to_have_value("panorama")
    expect(page.get_by_test_id("prompt").first).to_have_value(f"{word} number3")


def test_a_server_that_does_not_answer_is_said_and_asked_again(page: Page) -> None:
    page.route("**/api/jobs?*state=succeeded*", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_test_id("open-gallery").click()
    failed = page.get_by_test_id("gallery-failed")
    expect(failed).to_contain_text("The pictures could not be loaded.", timeout=MINUTE)
    page.unroute("**/api/jobs?*state=succeeded*")
    failed.get_by_role("button").click()
    expect(failed).to_have_count(0)


def test_a_phone_shows_a_picture_by_a_tap_and_selects_by_its_mark(browser: Browser, studio: Studio, word: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(studio.url)
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    tiles(page).nth(0).get_by_test_id("gallery-check").tap()
    pictures(page).nth(1).tap()
    expect(page.get_by_test_id("selected-count")).to_have_text("2 pictures selected")
    page.get_by_test_id("deselect").tap()
    pictures(page).nth(1).tap()
    expect(page.get_by_test_id("drawer")).to_have_count(0)
    expect(page.get_by_test_id("result")).to_be_attached()
    context.close()


def test_a_layout_is_saved_found_renamed_linked_exported_and_imported(
    page: Page, studio: Studio, tmp_path: Path
) -> None:
    name = f"Dawn {uuid4().hex[:6]}"
    page.get_by_test_id("kind").select_option("texture")
    page.get_by_test_id("prompt").fill("a saved forest")
    open_gallery(page)
    page.get_by_test_id("gallery-layouts").check()
    page.get_by_test_id("layout-name").fill(name)
    page.get_by_test_id("layout-name-save").click()
    page.get_by_test_id("layout-search").fill(name)
    rows = page.get_by_test_id("layout-item")
    expect(rows).to_have_count(1, timeout=MINUTE)
    rows.get_by_test_id("layout-menu").click()
    page.get_by_test_id("layout-rename").click()
    page.get_by_test_id("rename").fill(f"{name} again")
    page.get_by_test_id("rename-save").click()
    expect(rows).to_contain_text("again")
    rows.get_by_test_id("layout-menu").click()
    with page.expect_download() as download:
        page.get_by_test_id("layout-export").click()
    exported = tmp_path / download.value.suggested_filename
    download.value.save_as(exported)
    assert exported.name == f"{name} again.json"
    rows.get_by_test_id("layout-menu").click()
    page.get_by_test_id("layout-delete").click()
    expect(rows).to_have_count(0)
    page.get_by_test_id("import-layout").set_input_files(exported)
    expect(rows).to_have_count(1)
    (layout,) = page.request.get(f"{studio.url}/api/layouts?q={name}").json()["items"]
    page.get_by_test_id("close-drawer").click()
    page.get_by_test_id("prompt").fill("something else")
    page.goto(f"{studio.url}/?layout={layout['id']}")
    expect(page.get_by_text(f"{name} again is open.")).to_be_visible()
    expect(page.get_by_test_id("prompt")).to_have_value("a saved forest")
    expect(page).to_have_url(f"{studio.url}/")
    page.goto(f"{studio.url}/?layout={uuid4()}")
    expect(page.get_by_text("There is no such layout")).to_be_visible()


def test_the_queue_shows_what_runs_waits_and_failed_and_cancels_all(page: Page, studio: Studio) -> None:
    long = document("a long one", steps=ENDLESS)
    for _ in range(3):
        assert page.request.post(f"{studio.url}/api/jobs", data=long).status == 201
    page.get_by_test_id("open-queue").click()
    items = page.get_by_test_id("queue-item")
    running = items.and_(page.locator("[data-state=running]"))
    queued = items.and_(page.locator("[data-state=queued]"))
    expect(running).to_have_count(1, timeout=MINUTE)
    expect(running).to_contain_text("of 1000", timeout=MINUTE)
    expect(queued).to_have_count(2)
    expect(queued.nth(0)).to_contain_text("Next in the queue")
    expect(queued.nth(1)).to_contain_text("1 job before it")
    queued.nth(1).get_by_test_id("queue-cancel").click()
    expect(queued).to_have_count(1)
    page.get_by_test_id("cancel-all").click()
    expect(page.get_by_test_id("queue-empty")).to_be_visible(timeout=MINUTE)
    cancelled = items.and_(page.locator("[data-state=cancelled]"))
    cancelled.first.get_by_test_id("queue-retry").click()
    expect(running.or_(queued)).to_have_count(1)
    page.get_by_test_id("cancel-all").click()
    expect(page.get_by_test_id("queue-empty")).to_be_visible(timeout=MINUTE)
    before = cancelled.count()
    cancelled.first.get_by_test_id("queue-remove").click()
    expect(cancelled).to_have_count(before - 1)


def test_a_page_that_cannot_be_loaded_is_said_and_asked_for_again_by_hand(page: Page, word: str) -> None:
    asked: list[str] = []

    def fail_after_the_first(route: Route) -> None:
        if "after=" in route.request.url:
            asked.append(route.request.url)
            return route.fulfill(status=500, json={"title": "Failed", "status": 500, "detail": "The disk is full."})
        answer = route.fetch()
        return route.fulfill(response=answer, json=answer.json() | {"next": "more"})

    page.route("**/api/jobs?*limit=100*", fail_after_the_first)
    search(page, word)
    said = page.get_by_test_id("more-failed")
    expect(said).to_contain_text("The disk is full.")
    count = len(asked)
    page.wait_for_timeout(1_000)
    assert len(asked) == count, "the studio does not ask again by itself"
    said.get_by_role("button").click()
    expect(said).to_be_visible()
    page.wait_for_timeout(500)
    assert len(asked) == count + 1
    page.unroute_all(behavior="wait")


def test_keys_in_the_gallery_leave_the_drawing_behind_it_alone(page: Page, word: str) -> None:
    page.get_by_test_id("prompt").first.fill("a meadow")
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    page.keyboard.press("ControlOrMeta+z")  # what was typed into the search
    page.get_by_test_id("close-drawer").click()
    expect(page.get_by_test_id("prompt").first).to_have_value("a meadow")


def test_delete_does_nothing_in_the_trash(page: Page, word: str) -> None:
    search(page, word)
    expect(tiles(page)).to_have_count(4)
    pictures(page).first.focus()
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(3)
    page.get_by_test_id("filter-show").select_option("trash")
    expect(tiles(page)).to_have_count(1)
    pictures(page).first.focus()
    page.keyboard.press("Delete")
    page.wait_for_timeout(500)
    expect(tiles(page)).to_have_count(1)
