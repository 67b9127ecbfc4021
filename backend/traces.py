"""Traces by OpenTelemetry, from a request to the run of its job. Without a provider, nothing is traced.

The libraries are an optional dependency (`pip install --editable '.[traces]'`). They are imported only where the
setting INLAY_TRACES_ENDPOINT asks for traces. A job keeps the W3C traceparent of the request that made it, so the
worker's spans belong to the same trace.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from backend.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

HEADER = "traceparent"
_SCOPE = "inlay"
_provider: "TracerProvider | None" = None


def can_trace() -> bool:
    """Return True if the libraries are there."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def configure(endpoint: str | None, process: str) -> None:
    """Send this process's spans to an OTLP endpoint over HTTP, as the service `inlay-{process}`. None: trace
    nothing."""
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = Resource.create({"service.name": f"{_SCOPE}-{process}", "service.version": VERSION})
    provider = TracerProvider(resource=named)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    use(provider)


def use(provider: "TracerProvider | None") -> None:
    """Trace with this provider from now on. None: trace nothing."""
    global _provider
    _provider = provider


def close() -> None:
    """Send the last spans, and trace nothing from now on."""
    if _provider is not None:
        _provider.shutdown()
    use(None)


@contextmanager
def span(name: str, parent: str | None = None, **attributes: str | int | float) -> "Iterator[Span | None]":
    """Trace the block as a span. `parent` is a W3C traceparent; by default the span is within the present one. An error
    that leaves the block is noted in the span. Yields None if nothing is traced."""
    if _provider is None:
        yield None
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = None if parent is None else TraceContextTextMapPropagator().extract({HEADER: parent})
    named = {key.replace("_", "."): value for key, value in attributes.items()}
    tracer = _provider.get_tracer(_SCOPE, VERSION)
    with tracer.start_as_current_span(name, context=context, attributes=named) as present:
        yield present


def traceparent() -> str | None:
    """Return the W3C traceparent of the present span, or None if nothing is traced."""
    if _provider is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(HEADER)
