"""docs/settings.md says what the code says."""

from pathlib import Path

from scripts.settings import page
from worker.diffusion.memory import BUDGET_SHARE
from worker.settings import Settings as WorkerSettings

PAGE = Path(__file__).parents[3] / "docs/settings.md"


def test_the_page_is_written_from_the_settings() -> None:
    assert PAGE.read_text() == page(), "run `python -m scripts.settings > docs/settings.md`"


def test_the_default_memory_budget_is_the_one_that_models_get() -> None:
    meaning = WorkerSettings.model_fields["memory_budget"].description or ""
    assert f"{BUDGET_SHARE:.0%} of the device's memory" in " ".join(meaning.split())
