"""Undo and redo in every kind of layout, over reloads, and drafts in two tabs, in a real browser."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, choose_kind, draw_box, stored_draft, turn_to, write_graph

EXAMPLES = {
    "panorama": "panorama-desert-to-sea",
    "scene": "scene-oasis",
    "portrait": "portrait-doctor",
    "illusion": "illusion-peaks-or-sea",
    "texture": "texture-endless-forest",
    "custom": "custom-near-and-far",
}
Step = Callable[[Page], None]


def press(name: str) -> Step:
    return lambda page: page.get_by_test_id(name).click()


def write(name: str, value: str) -> Step:
    """Write into a field, and leave it."""

    def step(page: Page) -> None:
        field = page.get_by_test_id(name)
        field.fill(value)
        field.press("Tab")

    return step


def layout(kind: str) -> Step:
    return lambda page: choose_kind(page, kind)


def box(left: float, top: float, right: float, bottom: float) -> Step:
    return lambda page: draw_box(page, left, top, right, bottom)


def key(name: str) -> Step:
    def step(page: Page) -> None:
        page.get_by_test_id("canvas").focus()
        page.keyboard.press(name)

    return step


REGIONS: list[Step] = [
    write("canvas-width", "512"),
    write("canvas-height", "256"),
    write("prompt", "a meadow by day"),
    box(0.2, 0.2, 0.4, 0.7),
    box(0.5, 0.3, 0.8, 0.8),
    key("ArrowLeft"),
    write("box-width", "96"),
    key("Control+d"),
    key("Delete"),
    press("add-box"),
]
SAMPLING: list[Step] = [write("steps", "7"), write("seed", "11"), write("images", "3")]


def an_empty_graph(page: Page) -> None:
    """Write a graph without controls as the custom layout's JSON."""
    write_graph(page, '{"controls": []}')


def among_sampling(step: Step) -> Step:
    """Turn to the tab of the sampling, then take `step`."""

    def run(page: Page) -> None:
        turn_to(page, "sampling")
        step(page)

    return run


def session() -> Iterator[Step]:
    """The steps of a session that edits every kind of layout."""
    yield from REGIONS
    for kind, example in EXAMPLES.items():
        yield layout(kind)
        yield press(f"example-{example}")
        if kind == "custom":
            yield an_empty_graph
        else:
            yield write("canvas-width", "384")
            yield write("canvas-height", "320")
        if kind in ("scene", "portrait"):
            yield write("box-x", "40")
    yield layout("regions")
    yield write("canvas-height", "192")
    for step in SAMPLING:
        yield among_sampling(step)


def take(page: Page, chord: str) -> str:
    """Press keys outside of every field, and return the draft."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(chord)
    return stored_draft(page)


def test_a_long_session_is_undone_and_redone_exactly_over_reloads(page: Page) -> None:
    choose(page, "regions", 520, 128)
    states = [stored_draft(page)]
    for at, step in enumerate(session()):
        step(page)
        states.append(stored_draft(page))
        assert states[-1] != states[-2], f"step {at} changed nothing"
    steps = len(states) - 1
    assert steps >= 40
    assert {json.loads(state)["state"]["draft"]["kind"] for state in states} == {"regions", *EXAMPLES}
    for at in reversed(range(steps)):
        if at == steps // 2:
            page.reload()
            expect(page.get_by_test_id("canvas")).to_be_visible()
        assert take(page, "Control+z") == states[at], at
    for at in range(1, steps + 1):
        if at in (1, steps // 2):
            page.reload()
            expect(page.get_by_test_id("canvas")).to_be_visible()
        assert take(page, "Control+y" if at % 2 else "Control+Shift+z") == states[at], at


def prompt_of(text: str) -> str:
    return json.loads(text)["state"]["draft"]["texture"]["prompt"]


def test_two_tabs_keep_their_own_drafts_and_a_new_tab_is_offered_both(page: Page, studio: Studio) -> None:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea")
    stored_draft(page)
    page.wait_for_timeout(1_300)  # what follows later is undone by itself
    other = page.context.new_page()
    other.goto(studio.url)
    expect(other.get_by_test_id("prompt")).to_have_value("the sea")
    other.get_by_test_id("prompt").fill("a forest")
    expect(page.get_by_test_id("other-tab")).to_contain_text("Each tab keeps its own draft")
    page.get_by_test_id("prompt").fill("the sky")
    expect(other.get_by_test_id("other-tab")).to_be_visible()
    for tab, prompt in ((page, "the sky"), (other, "a forest")):
        tab.reload()
        expect(tab.get_by_test_id("prompt")).to_have_value(prompt)
        assert prompt_of(take(tab, "Control+z")) == "the sea"
        assert prompt_of(take(tab, "Control+y")) == prompt
    other.close()

    fresh = page.context.new_page()
    fresh.goto(studio.url)
    expect(fresh.get_by_test_id("prompt")).to_have_value("a forest")
    expect(fresh.get_by_test_id("aside")).to_contain_text("A newer draft took the place of another tab’s draft")
    fresh.get_by_test_id("bring-back").click()
    expect(fresh.get_by_test_id("prompt")).to_have_value("the sky")


@pytest.mark.parametrize("history", ["", "[", '[{"past":"1","present":"2","future":"1"},[5],{}]'])
def test_a_broken_history_never_loses_the_draft(page: Page, history: str) -> None:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea")
    stored_draft(page)
    broken: Any = page.evaluate("text => { sessionStorage['inlay.history.1'] = text; return text }", history)
    assert broken == history
    page.reload()
    expect(page.get_by_test_id("prompt")).to_have_value("the sea")
    assert prompt_of(take(page, "Control+z")) in ("the sea", "")
