"""The studio while the server is slow, fails or cannot be reached: it says so, asks again, and goes on afterwards."""

import re
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from tests.e2e.conftest import DESKTOP, Studio
from tests.e2e.hands import MINUTE, choose, finished, generate, open_gallery, set_sampling

FAULT = '{"title": "Internal error", "detail": "The disk of the server is full.", "status": 500}'


class Answers:
    """The server's answers to requests whose addresses have this pattern: they wait until they fail or go through."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.way: Literal["wait", "fail", "pass"] = "wait"
        self.waiting: list[Route] = []
        page.route(re.compile(pattern), self.take)

    def take(self, route: Route) -> None:
        if self.way == "wait":
            self.waiting.append(route)
        elif self.way == "fail":
            route.fulfill(status=500, content_type="application/problem+json", body=FAULT)
        else:
            route.continue_()

    def turn(self, way: Literal["fail", "pass"]) -> None:
        self.way = way
        while self.waiting:
            self.take(self.waiting.pop())

    def pass_after(self, button: Locator) -> None:
        """Click a button that asks again, and let requests through. Before the click none goes through: the page also
        asks again by itself, as it does here, and the button stays while it awaits the answer."""
        self.way = "wait"
        expect(button).to_have_attribute("aria-busy", "false")
        button.page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
        expect(button).to_have_attribute("aria-busy", "true")
        button.click()
        self.turn("pass")


class Network:
    """The connection between the page and its server, which can be cut."""

    def __init__(self, page: Page) -> None:
        self.whole = True
        self.sockets: list[WebSocketRoute] = []
        page.route("**/api/**", lambda route: route.continue_() if self.whole else route.abort())
        page.route_web_socket(re.compile("/api/stream"), self.open)

    def open(self, socket: WebSocketRoute) -> None:
        if not self.whole:
            socket.close()
            return
        socket.connect_to_server()
        self.sockets.append(socket)

    def cut(self) -> None:
        self.whole = False
        while self.sockets:
            self.sockets.pop().close()


def fails_and_is_asked_again(page: Page, within: str, answers: Answers) -> None:
    """Expect a note of waiting in a part of the studio; then the reason of a failure; then press Try again."""
    part = page.get_by_test_id(within) if within != "dialog" else page.get_by_role("dialog")
    expect(part.get_by_test_id("waiting")).to_have_text(re.compile("Loading"))
    answers.turn("fail")
    expect(part.get_by_test_id("unanswered")).to_contain_text("The disk of the server is full.")
    answers.pass_after(part.get_by_test_id("ask-again"))
    expect(part.get_by_test_id("unanswered")).to_have_count(0)
    expect(part.get_by_test_id("waiting")).to_have_count(0)


def compare(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("compare")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("compare-view")).to_be_visible()


def test_the_queue_and_the_layouts_say_that_they_wait_and_why_they_fail(page: Page) -> None:
    answers = Answers(page, r"/api/jobs\?state=")
    page.get_by_test_id("open-queue").click()
    fails_and_is_asked_again(page, "queue", answers)
    expect(page.get_by_test_id("queue")).to_have_attribute("aria-busy", "false")
    page.get_by_test_id("close-drawer").click()
    answers = Answers(page, r"/api/layouts")
    open_gallery(page)
    page.get_by_test_id("drawer").get_by_text("Layouts", exact=True).click()
    fails_and_is_asked_again(page, "layouts", answers)


def test_the_graph_does_not_blame_the_layout_for_a_slow_or_failing_server(page: Page) -> None:
    answers = Answers(page, r"/api/compile")
    page.reload()
    page.get_by_test_id("graph-switch").click()
    fails_and_is_asked_again(page, "graph-view", answers)
    expect(page.locator(".react-flow__node").first).to_be_visible()


def test_the_choice_of_the_model_keeps_its_place_without_an_answer(page: Page) -> None:
    place = page.get_by_test_id("model").bounding_box()
    answers = Answers(page, r"/api/models")
    page.reload()
    model = page.get_by_test_id("model")
    expect(model).to_be_disabled()
    expect(model).to_contain_text("Loading…")
    answers.turn("fail")
    expect(model).to_contain_text("Not loaded")
    notice = page.get_by_role("alert").filter(has_text="The disk of the server is full.")
    answers.pass_after(notice.get_by_role("button", name="Try again"))
    expect(model).to_be_enabled()
    expect(notice).to_have_count(0)
    there = model.bounding_box()
    assert place
    assert there
    assert (place["y"], place["height"]) == (there["y"], there["height"])


def test_a_layout_is_saved_once_the_models_are_known_and_a_name_that_is_not_saved_stays(page: Page) -> None:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("a saved forest")
    models, saves = Answers(page, r"/api/models"), Answers(page, r"/api/layouts$")
    page.reload()
    open_gallery(page)
    page.get_by_test_id("gallery-layouts").check()
    name, save = page.get_by_test_id("layout-name"), page.get_by_test_id("layout-name-save")
    name.fill("The forest")
    expect(save).to_be_disabled()
    models.turn("pass")
    save.click()
    expect(save).to_be_disabled()
    saves.turn("fail")
    expect(page.get_by_text("The disk of the server is full.")).to_be_visible()
    expect(name).to_have_value("The forest")
    saves.turn("pass")
    save.click()
    row = page.get_by_test_id("layout-item").filter(has_text="The forest")
    expect(row).to_have_count(1)
    expect(name).not_to_have_value("The forest")
    changes = Answers(page, r"/api/layouts/")
    row.get_by_test_id("layout-menu").click()
    page.get_by_test_id("layout-rename").click()
    rename = page.get_by_test_id("rename")
    rename.fill("The wood")
    page.get_by_test_id("rename-save").click()
    changes.turn("fail")
    expect(page.get_by_test_id("rename-save")).to_be_enabled()
    expect(rename).to_have_value("The wood")
    changes.turn("pass")
    page.get_by_test_id("rename-save").click()
    expect(page.get_by_test_id("layout-item").filter(has_text="The wood")).to_have_count(1)


def test_what_cannot_be_saved_yet_says_why(page: Page) -> None:
    page.get_by_test_id("kind").select_option("custom")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Write a graph, or begin from another layout.")).to_be_visible()
    answers = Answers(page, r"/api/models")
    page.reload()
    expect(page.get_by_test_id("model")).to_contain_text("Loading…")
    page.keyboard.press("Control+s")
    expect(
        page.get_by_role("status").filter(has_text="The server has not said yet which models it has.")
    ).to_be_visible()
    answers.turn("pass")


def test_a_picture_that_does_not_come_is_fetched_again_from_the_dock_and_from_compare(page: Page) -> None:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, 2, 3)
    generate(page)
    job = finished(page)
    answers = Answers(page, rf"/api/jobs/{job}/images/[^?]*$")
    page.reload()
    dock = page.get_by_test_id("dock")
    expect(dock).to_contain_text("Loading the picture…")
    answers.turn("fail")
    expect(dock).to_contain_text("The picture could not be loaded.")
    page.get_by_role("button", name="More to do with this job").click()
    page.get_by_test_id("compare-with").click()
    compared = page.get_by_test_id("compare-view")
    expect(compared.get_by_test_id("unanswered")).to_contain_text("The disk of the server is full.")
    answers.pass_after(compared.get_by_test_id("ask-again"))
    expect(page.get_by_test_id("compare-left")).to_be_visible()
    page.get_by_test_id("compare-close").click()
    assert finished(page) == job
    expect(page.get_by_test_id("picture-again")).to_have_count(0)


def test_the_choice_of_pictures_to_compare_says_that_it_waits_and_why_it_fails(page: Page) -> None:
    answers = Answers(page, r"/api/jobs\?limit|/api/jobs\?after")
    page.reload()
    compare(page)
    page.get_by_test_id("choose-right").click()
    fails_and_is_asked_again(page, "dialog", answers)


def test_a_part_that_cannot_be_loaded_does_not_stop_the_studio(browser: Browser, studio: Studio) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(studio.url)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    page.route("**/assets/**", lambda route: route.abort())
    for part in ("open-queue", "graph-switch"):
        page.get_by_test_id(part).click()
        expect(page.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
        expect(page.get_by_test_id("generate")).to_be_visible()
        if part == "open-queue":
            page.get_by_test_id("close-drawer").click()
    page.context.close()


def test_a_run_goes_on_after_the_connection_was_cut(page: Page) -> None:
    network = Network(page)
    page.reload()
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, 80, 3)
    generate(page)
    expect(page.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    network.cut()
    away = page.get_by_test_id("reconnecting")
    expect(away).to_be_visible()
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "running")
    network.whole = True
    expect(away).to_have_count(0)
    finished(page)
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "succeeded")
