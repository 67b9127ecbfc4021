"""The objects that the endpoints use. Each is made once for each application."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from backend.api.hub import Hub
from backend.api.metrics import Metrics
from backend.api.settings import Settings
from backend.api.thumbnails import Thumbnails
from backend.store.bus import ApiBus
from backend.store.devices import Devices
from backend.store.frames import Frames
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.layouts import Layouts
from backend.store.models import ModelCatalog
from backend.store.tickets import Tickets
from backend.store.tokens import PromptLengths
from backend.store.uploads import Uploads


@dataclass(frozen=True)
class Services:
    settings: Settings
    tickets: Tickets
    jobs: Jobs
    frames: Frames
    layouts: Layouts
    images: Images
    thumbnails: Thumbnails
    uploads: Uploads
    catalog: ModelCatalog
    prompt_lengths: PromptLengths
    devices: Devices
    bus: ApiBus
    hub: Hub
    metrics: Metrics


async def services(connection: HTTPConnection) -> Services:
    return connection.app.state.services


Inlay = Annotated[Services, Depends(services)]
