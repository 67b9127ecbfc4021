"""How long a person waits: from the start of Inlay until it is ready, from a job's submission to its first preview, and
from its last step to its picture. A real server runs the bundled model, and a client follows over its websocket."""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
from websockets.asyncio.client import connect

from benchmarks.bundled import MODELS
from benchmarks.running import running_studio
from benchmarks.speed.rows import Part, rows_of
from benchmarks.speed.subjects import Bench, panorama

ENDS = {"job_succeeded", "job_failed", "job_cancelled"}


def measure(bench: Bench) -> Iterator[Part]:
    """Start Inlay in turns, and run two jobs each time: the first one loads the model. The first start, which makes the
    database, does not count."""
    document = {"layout": panorama(bench.subject), "sampling": {"model": bench.subject.id, "seed": 1}}
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(bench.runs + 1):
            for name, seconds in _turn(document, Path(folder), bench.device.type):
                if turn:
                    taken.setdefault(name, []).append(seconds)
    yield Part(rows_of(taken, model=bench.subject.id))


def _turn(document: dict[str, Any], folder: Path, device: str) -> Iterator[tuple[str, float]]:
    began = time.monotonic()
    settings = {"INLAY_MODELS": str(MODELS), "PORT": "0", "INLAY_DEVICE": device}
    with running_studio(folder, settings) as studio:
        yield "start to ready", time.monotonic() - began
        for which in ("first", "second"):
            preview, picture = asyncio.run(_follow(studio.url, document))
            yield f"submission to first preview, {which} job", preview
            yield f"last step to picture, {which} job", picture


async def _follow(url: str, document: dict[str, Any]) -> tuple[float, float]:
    """Submit a job. Return the seconds to its first preview, and those from its last step to its picture."""
    async with (
        httpx.AsyncClient(base_url=url, timeout=60) as client,
        connect(f"{url.replace('http', 'ws', 1)}/api/stream", origin=url) as socket,  # type: ignore[arg-type]
    ):
        ticket = (await client.post("/api/stream/ticket")).raise_for_status().json()["ticket"]
        await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
        began = time.monotonic()
        id = (await client.post("/api/jobs", json=document)).raise_for_status().json()["id"]
        await socket.send(json.dumps({"type": "follow", "jobs": {id: 0}}))
        previewed = stepped = 0.0
        async for message in socket:
            now = time.monotonic()
            if isinstance(message, bytes):
                previewed = previewed or now
                continue
            event = json.loads(message)
            if event["type"] == "job_progress":
                stepped = now
            elif event["type"] in ENDS:
                picture = (await client.get(f"/api/jobs/{id}")).json()["outputs"][0]["url"]
                (await client.get(picture)).raise_for_status()
                return previewed - began, time.monotonic() - stepped
    raise SystemExit("The server closed the stream before the job was done.")
