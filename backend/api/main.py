"""Make the application that serves the REST API, the stream and the studio."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from backend import logs, traces
from backend.api import routes
from backend.api.arriving import Arriving
from backend.api.auth import still_accepted
from backend.api.connections import Connection, Socket
from backend.api.guard import Guard
from backend.api.http_semantics import Compression, HeadAsGet
from backend.api.hub import Hub
from backend.api.links import PublicPath
from backend.api.logs import RequestLog
from backend.api.metrics import DatabaseCollector, Metrics
from backend.api.middleware import RequestChecks, StrictHeaders
from backend.api.occupancy import Occupancy, OpenRequests
from backend.api.rates import Rates
from backend.api.services import Services
from backend.api.settings import Settings
from backend.api.studio import Studio
from backend.api.thumbnails import Thumbnails
from backend.api.turns import OwnerTurns, Turns
from backend.contracts.limits import MAX_MESSAGE
from backend.store.audit import Audit
from backend.store.bus import ApiBus
from backend.store.credentials import Credentials
from backend.store.database import connect
from backend.store.deliveries import Deliveries
from backend.store.devices import Devices
from backend.store.frames import Frames
from backend.store.heartbeat import Heartbeat
from backend.store.jobs import Jobs
from backend.store.layouts import Layouts
from backend.store.models import ModelCatalog
from backend.store.processes import Processes
from backend.store.shared_links import SharedLinks
from backend.store.statistics import statistics
from backend.store.tickets import Tickets
from backend.store.tokens import PromptLengths
from backend.store.uploads import Uploads
from backend.store.users import Users
from backend.store.webhooks import Webhooks

log = structlog.get_logger(__name__)


def create_app(settings: Settings, bus: ApiBus) -> FastAPI:
    """Return the application. The database must be migrated already.

    The application opens its connections when it first needs them, and closes them when it stops. The caller closes the
    bus.
    """
    logs.configure(settings.log_level, settings.log_format, process="api")
    traces.configure(settings.traces_endpoint, "api")
    database, images = connect(settings.database), settings.open_images()
    limits, metrics = settings.owner_limits, Metrics()
    jobs = Jobs(database, settings.lease_seconds, settings.max_attempts, limits)
    metrics.registry.register(DatabaseCollector(lambda: statistics(database)))
    credentials = Credentials(database, settings.api_keys, settings.session_hours * 3600)
    services = Services(
        settings=settings,
        credentials=credentials,
        users=Users(database),
        audit=Audit(database),
        rates=Rates(settings),
        occupancy=Occupancy(settings),
        arriving=Arriving(settings.max_arriving_bytes),
        decoding=Turns(),
        layering=Turns(),
        queueing=OwnerTurns(),
        guard=Guard(partial(still_accepted, settings, credentials)),
        tickets=Tickets(database),
        jobs=jobs,
        frames=Frames(database, images),
        layouts=Layouts(database, limits),
        images=images,
        thumbnails=Thumbnails(images),
        uploads=Uploads(database, images, limits),
        webhooks=Webhooks(database),
        shared_links=SharedLinks(database),
        deliveries=Deliveries(database),
        catalog=ModelCatalog(settings.models),
        prompt_lengths=PromptLengths(),
        devices=Devices(database),
        processes=Processes(database),
        bus=bus,
        hub=Hub(bus, jobs.news, metrics),
        metrics=metrics,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with Heartbeat(database, "api"):
            async with services.hub.running(), services.guard.running():
                yield
        database.close()
        await run_in_threadpool(traces.close)

    app = routes.build(lifespan=lifespan)
    app.state.services = services
    if settings.frontend.is_dir():
        app.router.default = Studio(settings.frontend)
    else:
        log.warning("studio_not_built", folder=str(settings.frontend), hint="build the frontend, then start again")
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Preference-Applied", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(Compression)  # the innermost layer; each later one wraps the earlier ones
    app.add_middleware(RequestChecks, settings=settings)
    app.add_middleware(OpenRequests, occupancy=services.occupancy)
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestLog, metrics=metrics)
    app.add_middleware(PublicPath, public_url=settings.public_url)
    app.add_middleware(StrictHeaders)
    return app


def server_options(settings: Settings, app: FastAPI) -> dict[str, Any]:
    """Return uvicorn's options for the application. They bound messages and connections, leave previews (JPEG)
    uncompressed, and turn off uvicorn's own log."""
    services: Services = app.state.services
    return {
        "http": partial(Connection, settings, services.occupancy),
        "forwarded_allow_ips": [str(network) for network in settings.proxies],
        "host": settings.host,
        "port": settings.port,
        "ws": Socket,
        "ws_max_size": 4 * MAX_MESSAGE,
        "ws_per_message_deflate": False,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "timeout_graceful_shutdown": 10,
    }
