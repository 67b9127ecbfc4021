"""A request, its job and the job's parts belong to one trace, which goes to the collector that the settings name."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import ValidationError

from backend import traces
from backend.api.main import create_app
from backend.api.settings import Settings
from tests.integration.worker.conftest import Place
from worker.job.run import work

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
JOB = {
    "layout": {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "a desert"},
    "sampling": {"model": "tiny", "steps": 2, "seed": 1},
}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """The spans that end during the test."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces.use(provider)
    yield exporter
    traces.use(None)


@pytest.fixture
def client(database_url: str, place: Place, models: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The API of the worker's database. `place` comes first, so that the API closes its connections first."""
    given: dict[str, Any] = {"database_url": database_url, "data": tmp_path, "models": models}
    with TestClient(create_app(Settings(**given), place.api), base_url="http://127.0.0.1") as client:
        yield client


def by_name(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def test_a_trace_leads_from_a_request_to_the_parts_of_its_job(
    client: TestClient, place: Place, spans: InMemorySpanExporter
) -> None:
    answer = client.post("/api/jobs", json=JOB, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    assert answer.status_code == 201
    assert work(place.worker)
    found = by_name(spans)
    assert set(found) == {"POST /api/jobs", "job", "prepare", "sample", "decode"}
    assert {format(span.context.trace_id, "032x") for span in found.values() if span.context} == {TRACE}
    request, job = found["POST /api/jobs"], found["job"]
    assert request.parent is not None
    assert format(request.parent.span_id, "016x") == PARENT
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 201
    assert job.parent is not None
    assert request.context is not None
    assert job.parent.span_id == request.context.span_id
    assert job.attributes is not None
    assert job.attributes["inlay.job"] == answer.json()["id"]
    for part in ("prepare", "sample", "decode"):
        parent, whole = found[part].parent, job.context
        assert parent is not None
        assert whole is not None
        assert parent.span_id == whole.span_id


@pytest.mark.parametrize("sent", ["", "nonsense", f"00-{'0' * 32}-{PARENT}-01", "00-" + "f" * 4000])
def test_a_request_without_a_valid_trace_begins_one(client: TestClient, spans: InMemorySpanExporter, sent: str) -> None:
    client.get("/api/queue", headers={"traceparent": sent})
    client.get("/healthz")
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /api/queue"
    assert span.parent is None


def test_nothing_is_traced_or_imported_without_the_setting(client: TestClient, place: Place) -> None:
    client.post("/api/jobs", json=JOB, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"}).raise_for_status()
    assert traces.traceparent() is None
    claim = place.worker.jobs.claim("w1")
    assert claim is not None
    assert claim.traceparent is None


def test_spans_go_to_the_collector(tmp_path: Path) -> None:
    received = list[tuple[str, bytes]]()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        traces.configure(f"http://127.0.0.1:{collector.server_port}/v1/traces", "worker")
        with traces.span("a span of the test"):
            pass
        traces.close()
        collector.shutdown()
    ((path, body),) = received
    assert path == "/v1/traces"
    assert b"a span of the test" in body
    assert b"inlay-worker" in body


def test_an_endpoint_that_cannot_be_used_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="write it as http://collector:4318/v1/traces"):
        Settings(traces_endpoint="collector:4318")
    assert Settings(traces_endpoint="").traces_endpoint is None
    monkeypatch.setattr("backend.settings.can_trace", lambda: False)
    with pytest.raises(ValidationError, match=r"pip install --editable '\.\[traces\]'"):
        Settings(traces_endpoint="http://collector:4318/v1/traces")
