"""Requests that schemathesis generates from the API's own description, good and bad, get the answers that it
describes, without a key and with a key of each scope."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, get_args

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Ok
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.transport.requests import ManagedCookiesSession

from backend.api.routes import build
from backend.api.settings import Settings
from backend.contracts.access import SCOPES
from backend.contracts.layout import LayoutKind
from backend.delivery import addresses
from backend.store.bus_local import LocalApiBus
from backend.store.database import connect
from backend.store.users import Users
from tests.integration.api.conftest import serving
from tests.integration.deployment import ROOT

load_all_checks()


REF = "#/components/schemas/"

SHARED = {
    "active",
    "control",
    "fade",
    "guidance",
    "guidance_rescale",
    "guides",
    "loras",
    "model",
    "negative_prompt",
    "reference",
}
"""The fields that layouts and their prompts inherit, so that the server reads them with the same models everywhere."""


def description(kinds: Collection[str]) -> dict[str, Any]:
    """Return the API's own description. Requests have schemas of their own, whose names end in Sent; layouts in them
    have these kinds only."""
    document = build().openapi()

    def sent(part: Any) -> Any:
        return json.loads(re.sub(rf"({REF}\w+)", r"\1Sent", json.dumps(part)))

    schemas = document["components"]["schemas"]
    schemas |= {f"{name}Sent": sent(schema) for name, schema in schemas.items()}
    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"] = sent(operation["requestBody"])
    layouts = schemas["JobSent"]["properties"]["layout"]
    mapping = layouts["discriminator"]["mapping"]
    layouts["discriminator"]["mapping"] = {kind: mapping[kind] for kind in kinds}
    layouts["oneOf"] = [{"$ref": mapping[kind]} for kind in kinds]
    return document


def with_shared_fields_once(document: dict[str, Any]) -> dict[str, Any]:
    """Let requests vary the fields that all layouts share in a panorama and its windows alone. Varying them in each of
    fourteen places would make more than half of all requests."""
    schemas = document["components"]["schemas"]
    prompted = schemas["PromptedSent"]
    short = {name: field for name, field in prompted["properties"].items() if name not in SHARED}
    schemas["ShortSent"] = prompted | {"properties": short}
    for name in ("Regions", "Patch", "Scene", "Portrait", "Head", "Illusion", "IllusionView", "Texture"):
        schema = schemas[f"{name}Sent"]
        schema["properties"] = {
            name: {"$ref": f"{REF}ShortSent"} if field.get("$ref") == f"{REF}PromptedSent" else field
            for name, field in schema["properties"].items()
            if name not in SHARED
        }
    return document


def with_short_documents(document: dict[str, Any]) -> dict[str, Any]:
    """Let requests send no more of a texture's document than what it must have, and a seed."""
    schemas = document["components"]["schemas"]
    kept = {"Job": ("layout", "sampling"), "Sampling": ("model", "seed"), "Texture": ("kind", "canvas", "prompt")}
    for name, fields in kept.items():
        schema = schemas[f"{name}Sent"]
        schema["properties"] = {field: schema["properties"][field] for field in fields}
    return document


# Custom graphs are left out: their operators nest without end, and generating them takes minutes.
# tests/unit/graph/test_custom.py tests their refusals.
KINDS = [kind for kind in get_args(LayoutKind) if kind != "custom"]

# POST /api/jobs reads documents of every kind, with some 2,600 requests. These operations read the same documents with
# the same model, so that short documents of one kind show what they answer.
LAYOUTS = ("POST /api/layouts", "PUT /api/layouts/{id}", "PATCH /api/layouts/{id}")
READ_ALIKE = ("PUT /api/jobs/{id}", "POST /api/compile", *LAYOUTS)
READ_DOCUMENTS = ("POST /api/jobs", *READ_ALIKE)


@pytest.fixture(scope="module")
def of_all_kinds() -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(with_shared_fields_once(description(KINDS)))


@pytest.fixture(scope="module")
def of_one_kind() -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(with_short_documents(description(["texture"])))


@pytest.fixture(autouse=True)
def _name_of_the_test(request: pytest.FixtureRequest) -> None:
    """schemathesis 4.32 reads a test's name where pytest 9.1 kept it."""
    request.node._nodeid = request.node.nodeid


@dataclass(frozen=True)
class Keyed:
    """The address of a server, a key of each scope, and a session of one connection, which drops each answer's
    cookies."""

    address: str
    keys: list[str]
    session: ManagedCookiesSession


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Postgres only, the stricter database."""
    return postgres_url


@pytest.fixture
def keyed(settings: Settings, bus: LocalApiBus, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyed]:
    """A server that requires a key. It looks up the made-up names of webhooks for a moment only."""
    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.02)
    users = Users(connect(settings.database))
    users.add("ann")
    keys = [users.add_key("ann", scope).secret for scope in SCOPES]
    with (
        serving(
            settings.model_copy(update={"max_wait_seconds": 0, "rate_limit": "", "wrong_key_limit": ""}), bus
        ) as server,
        ManagedCookiesSession() as session,
    ):
        session.trust_env = False
        yield Keyed(str(server.base_url), keys, session)


def described(operation: str) -> Callable[..., None]:
    """Return the test of one operation, such as "GET /api/jobs".

    Each has a function of its own: pytest leaves the name that schemathesis adds out of a test's id, and pytest-xdist
    runs one test for each id.
    """

    described_by = schemathesis.pytest.from_fixture("of_one_kind" if operation in READ_ALIKE else "of_all_kinds")

    @hypothesis.settings(
        max_examples=8,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @described_by.include(name=operation).parametrize()
    def test(case: schemathesis.Case, keyed: Keyed) -> None:
        """Valid data need not be accepted: a document may satisfy the schema and still ask for too much, or the key may
        not be allowed to send it. The many requests that cover a whole document have a key of the widest scope."""
        whole = operation in READ_DOCUMENTS and case.meta is not None and case.meta.phase.name == TestPhase.COVERAGE
        for key in keyed.keys[-1:] if whole else [None, *keyed.keys]:
            # The case's own header replaces a generated one. A header of the call counts as a given key, not as a
            # generated one, which the server would have to refuse.
            case.headers.pop("Authorization", None)
            given = {} if key is None else {"Authorization": f"Bearer {key}"}
            case.headers.update(given)
            case.call_and_validate(
                keyed.address, keyed.session, given, excluded_checks=[positive_data_acceptance], timeout=60
            )

    return test


# They come from the file that the studio is built from, and schemathesis makes the requests when a test runs: every
# process of pytest-xdist collects all tests, and most of them run none of these.
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, operations in json.loads((ROOT / "frontend" / "openapi.json").read_text())["paths"].items()
    for method in operations
]
globals().update(
    {f"test_{re.sub(r'[^a-z]+', '_', operation.lower())}": described(operation) for operation in OPERATIONS}
)


def test_each_operation_has_a_test(of_all_kinds: schemathesis.BaseSchema) -> None:
    labels = [found.ok().label for found in of_all_kinds.get_all_operations() if isinstance(found, Ok)]
    assert sorted(OPERATIONS) == sorted(labels)
    assert len([name for name in globals() if name.startswith("test_")]) == len(OPERATIONS) + 1
