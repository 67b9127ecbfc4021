"""The studio if the browser says that it is offline, and if the server does not answer."""

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, finished, generate, resource, set_sampling

OFFLINE = """() => {
  Object.defineProperty(navigator, 'onLine', { get: () => false });
  window.dispatchEvent(new Event('offline'));
}"""


def texture(page: Page) -> None:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, 2, 3)


def test_a_picture_is_made_while_the_browser_says_that_it_is_offline(page: Page, studio: Studio) -> None:
    page.evaluate(OFFLINE)
    texture(page)
    generate(page)
    assert resource(page, studio, finished(page))["state"] == "succeeded"


def test_a_request_that_hangs_is_said_and_sent_again_as_the_same_job(page: Page, studio: Studio) -> None:
    texture(page)
    held: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.request.headers["idempotency-key"])
        held.append(route)
        if len(sent) > 1:
            route.continue_()

    page.route("**/api/jobs", hold)
    generate(page)
    slow = page.get_by_test_id("slow")
    expect(slow).to_contain_text("The server has not answered for 1", timeout=20_000)
    page.get_by_test_id("send-again").click()
    expect(slow).to_have_count(0)
    assert resource(page, studio, finished(page))["state"] == "succeeded"
    assert len(sent) == 2
    assert len(set(sent)) == 1


def test_a_request_that_hangs_can_be_stopped(page: Page) -> None:
    texture(page)
    page.route("**/api/jobs", lambda route: None if route.request.method == "POST" else route.continue_())
    generate(page)
    expect(page.get_by_test_id("generate")).to_contain_text("Sending")
    page.get_by_test_id("stop-waiting").click()
    expect(page.get_by_test_id("problem")).to_contain_text("You stopped waiting")
    expect(page.get_by_test_id("generate")).to_be_enabled()


def test_the_sentence_about_a_server_out_of_reach_goes_when_the_browser_is_online_again(page: Page) -> None:
    texture(page)
    expect(page.get_by_test_id("generate")).to_contain_text("views")
    page.context.set_offline(True)
    generate(page)
    expect(page.get_by_test_id("problem")).to_contain_text("cannot reach its server")
    page.context.set_offline(False)
    expect(page.get_by_test_id("problem")).to_have_count(0)
    generate(page)
    finished(page)
