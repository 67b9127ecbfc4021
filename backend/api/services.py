"""The objects that the endpoints use. Each is made once for each application."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from backend.api.arriving import Arriving
from backend.api.guard import Guard
from backend.api.hub import Hub
from backend.api.metrics import Metrics
from backend.api.occupancy import Occupancy
from backend.api.rates import Rates
from backend.api.settings import Settings
from backend.api.thumbnails import Thumbnails
from backend.api.turns import OwnerTurns, Turns
from backend.store.audit import Audit
from backend.store.bus import ApiBus
from backend.store.credentials import Credentials
from backend.store.deliveries import Deliveries
from backend.store.devices import Devices
from backend.store.frames import Frames
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.layouts import Layouts
from backend.store.models import ModelCatalog
from backend.store.processes import Processes
from backend.store.shared_links import SharedLinks
from backend.store.tickets import Tickets
from backend.store.tokens import PromptLengths
from backend.store.uploads import Uploads
from backend.store.users import Users
from backend.store.webhooks import Webhooks


@dataclass(frozen=True)
class Services:
    settings: Settings
    credentials: Credentials
    users: Users
    audit: Audit
    rates: Rates
    occupancy: Occupancy
    arriving: Arriving
    decoding: Turns
    layering: Turns
    queueing: OwnerTurns
    guard: Guard
    tickets: Tickets
    jobs: Jobs
    frames: Frames
    layouts: Layouts
    images: Images
    thumbnails: Thumbnails
    uploads: Uploads
    webhooks: Webhooks
    shared_links: SharedLinks
    deliveries: Deliveries
    catalog: ModelCatalog
    prompt_lengths: PromptLengths
    devices: Devices
    processes: Processes
    bus: ApiBus
    hub: Hub
    metrics: Metrics


async def services(connection: HTTPConnection) -> Services:
    return connection.app.state.services


Inlay = Annotated[Services, Depends(services)]
