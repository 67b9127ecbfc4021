"""Requests that schemathesis generates from the API's own description, good and bad, get the answers that
it describes."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from backend.api.auth import digest
from backend.api.routes import build
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from tests.integration.api.conftest import serving

KEY = "a-key"

load_all_checks()


def description() -> dict[str, Any]:
    """Return the API's own description without custom graphs in requests.

    Their operators nest without end, and generating them takes minutes. tests/unit/graph/test_custom.py tests their
    refusals.
    """
    document = build().openapi()
    layouts = document["components"]["schemas"]["Job"]["properties"]["layout"]
    layouts["oneOf"] = [one for one in layouts["oneOf"] if not one["$ref"].endswith("/Custom")]
    del layouts["discriminator"]["mapping"]["custom"]
    return document


schema = schemathesis.openapi.from_dict(description())


@schema.auth()
class Bearer:
    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        return KEY

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Postgres only, the stricter database."""
    return postgres_url


@pytest.fixture
def keyed(settings: Settings, bus: LocalApiBus) -> Iterator[str]:
    """The address of a server that requires a key."""
    strict = settings.model_copy(update={"api_keys": {digest(KEY): "ann"}, "max_wait_seconds": 0})
    with serving(strict, bus) as server:
        yield str(server.base_url)


def described(operation: str) -> Callable[..., None]:
    """Return the test of one operation, such as "GET /api/jobs".

    Each has a function of its own: pytest leaves the name that schemathesis adds out of a test's id, and pytest-xdist
    runs one test for each id.
    """

    @schema.include(name=operation).parametrize()
    @hypothesis.settings(
        max_examples=8,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def test(case: schemathesis.Case, keyed: str) -> None:
        """Valid data need not be accepted: a document may satisfy the schema and still ask for too much."""
        case.call_and_validate(base_url=keyed, excluded_checks=[positive_data_acceptance])

    return test


OPERATIONS = [
    f"{method.upper()} {path}" for path, operations in schema.raw_schema["paths"].items() for method in operations
]
globals().update(
    {f"test_{re.sub(r'[^a-z]+', '_', operation.lower())}": described(operation) for operation in OPERATIONS}
)


def test_each_operation_has_a_test() -> None:
    assert len(OPERATIONS) == sum(1 for _ in schema.get_all_operations())
    assert len([name for name in globals() if name.startswith("test_")]) == len(OPERATIONS) + 1
