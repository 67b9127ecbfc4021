"""The whole studio: `inlay run` on an empty data folder, with the bundled model, in a real Chromium."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from backend.store.database import connect
from backend.store.users import Users
from benchmarks.studio.app import ROOT, Studio, chromium, running_studio
from tests.tiny.stable_diffusion import write_tiny_checkpoint

DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
WAIT = 20_000  # milliseconds: several tests share a core, so that a page may answer late
expect.set_options(timeout=WAIT)

Keyed = tuple[Studio, Users]
"""A server that asks for a key, and its users."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-snapshots",
        action="store_true",
        help="write what test_snapshots.py sees over tests/e2e/snapshots, instead of comparing with it",
    )


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running Inlay that offers papercut, a tiny model without a ControlNet, and another tiny model with its own
    latent space. It takes more steps than a server takes otherwise, so that a job can outlast a slow test."""
    folder = tmp_path_factory.mktemp("studio")
    models = folder / "models"
    shutil.copytree(ROOT / "models" / "papercut", models / "papercut")
    write_tiny_checkpoint(models / "tiny")
    write_tiny_checkpoint(models / "foreign", id="foreign", channels=4)
    with running_studio(folder, {"INLAY_MODELS": str(models), "PORT": "0", "INLAY_MAX_STEPS": "1000"}) as studio:
        yield studio


@pytest.fixture(scope="package")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    """A server with the user ada."""
    folder = tmp_path_factory.mktemp("keyed")
    with running_studio(folder, {"INLAY_MODELS": str(ROOT / "models"), "PORT": "0"}) as studio:
        database = connect(f"sqlite:///{folder}/data/inlay.db")
        users = Users(database)
        users.add("ada")
        yield studio, users
        database.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It is closed at the end of the browser tests, because Playwright's event loop disturbs other tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, studio: Studio) -> Iterator[Page]:
    """An empty studio in a new browser context. The test fails on a JavaScript error of the page. Jobs that the test
    leaves are cancelled."""
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(studio.url)
    yield page
    page.request.post(f"{studio.url}/api/cancel", data={"all": True})
    context.close()
    assert errors == []
