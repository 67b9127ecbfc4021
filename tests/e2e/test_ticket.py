"""The studio's websocket: the ticket comes first."""

from playwright.sync_api import Browser, WebSocket, expect

from tests.e2e.conftest import DESKTOP, Studio


def test_the_ticket_comes_before_the_socket_and_hello_is_sent_at_once(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    seen: list[str] = []
    page.on("response", lambda answer: seen.append("ticket") if "/stream/ticket" in answer.url else None)

    def watch(socket: WebSocket) -> None:
        seen.append("socket")
        socket.on("framesent", lambda frame: seen.append(str(frame)[:15]))

    page.on("websocket", watch)
    page.goto(studio.url)
    expect(page.get_by_test_id("generate")).to_be_visible()
    page.wait_for_timeout(1_000)
    context.close()
    assert seen[:2] == ["ticket", "socket"]
    assert seen[2] == '{"type":"hello"'
