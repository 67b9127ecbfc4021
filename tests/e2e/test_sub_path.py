"""The studio in a real browser, behind a reverse proxy that serves it under a path."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.e2e.conftest import DESKTOP, Studio, running_studio
from tests.e2e.hands import MINUTE, choose, finished, generate, picture, set_sampling
from tests.proxy import PATH, reverse_proxy
from tests.servers import free_port


@pytest.fixture(scope="module", params=[True, False], ids=["the proxy takes the path off", "the proxy passes it on"])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running studio with the address that the proxy gives it."""
    port, proxy = free_port(), free_port()
    folder: Path = tmp_path_factory.mktemp("studio")
    address = f"http://127.0.0.1:{proxy}{PATH}"
    with (
        reverse_proxy(port, port=proxy, strips=request.param),
        running_studio(folder, {"PORT": str(port), "INLAY_PUBLIC_URL": address}) as studio,
    ):
        assert studio.url == address
        yield studio


def test_a_picture_is_generated_watched_and_kept_under_the_path(browser: Browser, shown: Studio) -> None:
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    failed: list[str] = []
    sockets: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            failed.append(f"{answer.status} {answer.url}")

    page.on("response", note)
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(shown.url)
    choose(page, "panorama", 256, 128)
    page.get_by_test_id("prompt").first.fill("a forest by day")
    set_sampling(page, 8, 3)
    generate(page)
    expect(page.get_by_test_id("preview")).to_be_attached(timeout=MINUTE)
    assert picture(page, shown, finished(page)).size == (256, 128)
    with page.expect_download() as download:
        page.get_by_test_id("download").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    page.get_by_test_id("start-from").click()
    expect(page.get_by_test_id("start")).to_be_visible()
    assert page.locator("img[alt=Inlay]").evaluate("image => image.naturalWidth") > 0
    assert sockets == [f"{shown.url.replace('http', 'ws')}/api/stream"]
    context.close()
    assert failed == []
