"""The dashboard for Grafana, the alerts for Prometheus and the page for operators name only metrics that exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from backend.api.settings import Settings
from backend.store.database import connect
from backend.store.processes import Identity, Processes, State
from backend.store.tallies import seconds_of
from tests.integration.api.harness import Hand, panorama

ROOT = Path(__file__).parents[3]
NAME = re.compile(r"\binlay_[a-z_]+")


def expressions() -> list[str]:
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    return [*shown, *(rule["expr"] for group in groups for rule in group["rules"])]


@pytest.fixture
def samples(client: TestClient, settings: Settings, hand: Hand) -> dict[str, set[str]]:
    """The names of all samples after a little work, each with its labels."""
    client.post("/api/jobs", json=panorama())
    hand.finish(hand.start())
    measured = [seconds_of(name, "papercut", 0.3) for name in ("step", "decode", "preview")]
    Processes(connect(settings.database)).beat(Identity.mine("worker"), State("cuda:0", 1, 2), measured)
    found: dict[str, set[str]] = {}
    for line in client.get("/metrics").text.splitlines():
        if line.startswith("# TYPE "):
            found.setdefault(line.split()[2], set())
        elif not line.startswith("#"):
            name, labels = re.fullmatch(r"(\w+)(?:{(.*)})? \S+", line).groups()  # pyright: ignore[reportOptionalMemberAccess]
            found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels or ""))
    return found


def test_every_metric_of_the_dashboard_and_of_the_alerts_exists(samples: dict[str, set[str]]) -> None:
    named = {name for one in expressions() for name in NAME.findall(one)}
    assert len(named) > 20
    assert named - samples.keys() == set()


def test_every_label_that_they_choose_by_exists(samples: dict[str, set[str]]) -> None:
    for one in expressions():
        for name, chosen in re.findall(r"\b(inlay_[a-z_]+){([^}]*)}", one):
            labels = set(re.findall(r"(\w+)[=!~]+\"", chosen))
            assert labels <= samples[name] | {"status", "limit"}, one


def test_every_metric_is_explained_to_operators(samples: dict[str, set[str]]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    families = {re.sub(r"_(total|created|count|sum|bucket)$", "", name) for name in samples}
    explained = {re.sub(r"_total$", "", name) for name in NAME.findall(page)}
    assert explained >= families, families - explained
    assert explained <= families | set(samples), explained - families


def test_every_alert_is_explained_to_operators() -> None:
    groups: Any = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    page = (ROOT / "docs" / "operations.md").read_text()
    for group in groups:
        for rule in group["rules"]:
            assert f"`{rule['alert']}`" in page
            assert rule["annotations"]["summary"].endswith((".", "?"))
