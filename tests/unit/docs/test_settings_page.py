"""docs/settings.md agrees with the code."""

import re
from pathlib import Path

from backend.api.settings import Settings as ApiSettings
from scripts.settings import page
from worker.diffusion.memory import BUDGET_SHARE
from worker.settings import Settings as WorkerSettings

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/settings.md"


def test_the_page_is_written_from_the_settings() -> None:
    assert PAGE.read_text() == page(), "run `python -m scripts.settings > docs/settings.md`"


def test_the_default_memory_budget_is_the_one_that_models_get() -> None:
    meaning = WorkerSettings.model_fields["memory_budget"].description or ""
    assert f"{BUDGET_SHARE:.0%} of the device's memory" in " ".join(meaning.split())


def test_every_setting_that_a_document_or_the_deployment_names_exists() -> None:
    settings = {f"INLAY_{name.upper()}" for kind in (ApiSettings, WorkerSettings) for name in kind.model_fields}
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "docker-compose.yml", ROOT / ".env.example"]
    named = {
        name for file in files for name in re.findall(r"INLAY_[A-Z0-9]+(?:_[A-Z0-9]+)*(?![A-Z0-9_])", file.read_text())
    }
    assert named <= settings
