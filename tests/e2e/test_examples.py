"""The examples of an empty canvas, in a real browser."""

import json

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PHONE, Studio
from tests.e2e.hands import choose_kind, stored_draft

KINDS = ("panorama", "regions", "scene", "portrait", "illusion", "texture", "custom")
LOADED = "(picture) => picture.decode().then(() => picture.naturalWidth)"
RATIOS = "(picture) => [picture.clientWidth / picture.clientHeight, picture.naturalWidth / picture.naturalHeight]"


def pictures_of(cards: Locator) -> list[Locator]:
    """Wait until the three cards' pictures are loaded, and return them."""
    expect(cards).to_have_count(3)
    pictures = cards.locator("img").all()
    assert [picture.evaluate(LOADED) for picture in pictures] == [240] * 3
    assert all((picture.get_attribute("alt") or "").startswith("A picture of ") for picture in pictures)
    return pictures


@pytest.mark.parametrize("kind", KINDS)
def test_three_pictures_of_examples_are_offered_and_one_is_opened_and_undone(page: Page, kind: str) -> None:
    choose_kind(page, kind)
    before = stored_draft(page)
    cards = page.locator(f"[data-testid^=example-{kind}-]")
    for picture in pictures_of(cards):
        on_screen, own = picture.evaluate(RATIOS)
        assert on_screen == pytest.approx(own, rel=0.03)
    cards.last.focus()
    page.keyboard.press("Enter")
    expect(cards).to_have_count(0)
    expect(page.get_by_test_id("canvas")).to_be_focused()
    assert json.loads(stored_draft(page))["state"]["draft"][kind] != json.loads(before)["state"]["draft"][kind]
    page.keyboard.press("Control+z")
    pictures_of(cards)
    assert stored_draft(page) == before


def test_a_picture_leaves_its_place_free_while_it_loads(page: Page) -> None:
    page.route("**/*.webp", lambda route: None)  # never answered
    page.reload()
    choose_kind(page, "scene")
    picture = page.locator("[data-testid^=example-scene-] img").first
    width, height = picture.evaluate("(picture) => [picture.clientWidth, picture.clientHeight]")
    assert width == height > 100


def test_a_drag_that_begins_on_an_example_draws_a_box_and_a_click_opens_it(page: Page) -> None:
    choose_kind(page, "regions")
    card = page.locator("[data-testid^=example-regions-]").first
    place = card.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 150, place["y"] + 110, steps=6)
    expect(card).to_be_hidden()
    page.mouse.up()
    expect(page.get_by_test_id("prompt-on-box")).to_be_focused()
    layers = page.get_by_test_id("patch-list").get_by_role("listitem")
    expect(layers).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(card).to_be_visible()
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 22, place["y"] + 21)
    page.mouse.up()
    expect(card).to_have_count(0)
    expect(layers).to_have_count(3)


def test_a_phone_offers_them_in_a_row(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(studio.url)
    cards = page.locator("[data-testid^=example-]")
    for kind in KINDS:
        choose_kind(page, kind)
        for card in cards.all():
            card.scroll_into_view_if_needed()
        pictures_of(cards)
        box = cards.first.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    context.close()
