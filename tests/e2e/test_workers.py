"""The list of workers, for operators, and the sentence that says that no worker is running."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from backend.store.database import connect
from backend.store.processes import Processes
from backend.store.tables import now, processes
from tests.e2e.axe import serious_findings
from tests.e2e.conftest import DESKTOP, PHONE, Studio
from tests.e2e.hands import MINUTE


@pytest.fixture
def silent(studio: Studio) -> Iterator[None]:
    """The worker hangs, and its last heartbeat is long ago."""
    database = connect(f"sqlite:///{studio.log.parent}/data/inlay.db")
    (worker,) = [one for one in Processes(database).all() if one.kind == "worker" and one.alive]
    process = psutil.Process(worker.pid)
    process.suspend()
    with database.begin() as connection:
        connection.execute(update(processes).where(processes.c.id == worker.id).values(seen_at=now(-60)))
    yield
    process.resume()
    database.close()


def test_an_operator_sees_the_processes(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Show the workers")).to_be_visible()
    page.keyboard.type("heartbeat")
    page.keyboard.press("Enter")
    shown = page.get_by_test_id("process")
    expect(shown).to_have_count(3, timeout=MINUTE)
    for place, kind, state in ((0, "worker", "idle"), (1, "reconciler", "alive"), (2, "api", "alive")):
        expect(shown.nth(place)).to_have_attribute("data-kind", kind)
        expect(shown.nth(place)).to_have_attribute("data-state", state)
    expect(shown.nth(0)).to_contain_text("cpu")
    expect(page.get_by_test_id("workers-none")).to_have_count(0)


def test_a_server_without_a_worker_says_so(page: Page, silent: None) -> None:
    page.clock.install()
    page.reload()
    expect(page.get_by_test_id("open-queue")).to_be_visible()
    page.wait_for_timeout(1_000)
    expect(page.get_by_test_id("no-worker")).to_have_count(0)
    page.clock.fast_forward(20_000)
    expect(page.get_by_test_id("no-worker")).to_have_text("No worker is running. Jobs wait until one starts.")
    page.get_by_test_id("open-queue").click()
    expect(page.get_by_test_id("queue").get_by_test_id("no-worker")).to_be_visible()
    page.get_by_test_id("open-workers").click()
    expect(page.get_by_test_id("workers-none")).to_be_visible()
    expect(page.get_by_test_id("process").nth(0)).to_have_attribute("data-state", "gone")


@pytest.mark.parametrize("view", ["desktop-light", "desktop-dark", "phone-light", "phone-dark", "fa"])
def test_axe_finds_nothing_serious_in_the_list(browser: Browser, studio: Studio, view: str, tmp_path: Path) -> None:
    size = PHONE if view.startswith("phone") else DESKTOP
    scheme = "dark" if view.endswith("dark") else "light"
    language = "fa-IR" if view == "fa" else "en-GB"
    context = browser.new_context(viewport=size, color_scheme=scheme, locale=language, reduced_motion="reduce")
    page = context.new_page()
    page.goto(studio.url)
    page.get_by_test_id("open-queue").click()
    page.get_by_test_id("open-workers").click()
    expect(page.get_by_test_id("process").first).to_be_visible()
    page.wait_for_timeout(200)
    page.screenshot(path=tmp_path / f"{view}.png")
    assert serious_findings(page) == []
    context.close()
