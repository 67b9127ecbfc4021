"""The clients of the stream's measurement: browser tabs that follow jobs, one that never reads, and a submitter."""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

import httpx2 as httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.load.queue import SPEC

OPENING = 20  # sockets that open at the same time
AT_ONCE = 200  # most submissions that wait for their answers


@dataclass
class Heard:
    """The clients' figures. An event's time is from the database's clock at its record to its arrival."""

    event_seconds: list[float] = field(default_factory=list)
    submit_seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def follow_and_submit(
    pipe: Connection, api: str, key: str, ids: list[str], sockets: int, rate: float, seconds: float, settle: float
) -> None:
    """Open the sockets, say so over the pipe, submit `rate` jobs a second for `seconds`, and send what was heard."""
    pipe.send(asyncio.run(_run(pipe, api, key, ids, sockets, rate, seconds, settle)))


async def _run(
    pipe: Connection, api: str, key: str, ids: list[str], sockets: int, rate: float, seconds: float, settle: float
) -> Heard:
    heard, gate = Heard(), asyncio.Semaphore(OPENING)
    limits = httpx.Limits(max_connections=AT_ONCE)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(base_url=api, headers=headers, timeout=httpx.Timeout(60, pool=None), limits=limits) as client,
        AsyncExitStack() as stack,
    ):
        opened = [_open(stack, client, api, gate, [ids[number % len(ids)]]) for number in range(sockets)]
        tabs = await asyncio.gather(*opened)
        await _open(stack, client, api, gate, ids)  # follows all jobs and is never read
        reading = [asyncio.create_task(_read(tab, heard)) for tab in tabs]
        await asyncio.sleep(settle)
        heard.event_seconds.clear()
        pipe.send("open")
        await _submit(client, heard, rate, seconds)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
    return heard


async def _open(
    stack: AsyncExitStack, client: httpx.AsyncClient, api: str, gate: asyncio.Semaphore, ids: list[str]
) -> ClientConnection:
    """Open a socket that follows these jobs."""
    async with gate:
        ticket = (await client.post("/api/stream/ticket")).raise_for_status().json()["ticket"]
        address = api.replace("http", "ws", 1) + "/api/stream"
        socket = await stack.enter_async_context(connect(address, open_timeout=60, close_timeout=0.1))
        await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
        await socket.send(json.dumps({"type": "follow", "jobs": dict.fromkeys(ids, 0)}))
        return socket


async def _read(socket: ClientConnection, heard: Heard) -> None:
    """Note how late each step's event is, and if one is missing."""
    last = 0
    try:
        async for message in socket:
            if isinstance(message, bytes):
                continue
            event: dict[str, Any] = json.loads(message)
            if last and event.get("seq") != last + 1:
                heard.errors.append(f"after event {last}: {message[:200]}")
            last = event.get("seq", last)
            if event["type"] == "job_progress":
                heard.event_seconds.append(time.time() - datetime.fromisoformat(event["at"]).timestamp())
    except WebSocketException as error:
        heard.errors.append(f"{type(error).__name__}: {error}")


async def _submit(client: httpx.AsyncClient, heard: Heard, rate: float, seconds: float) -> None:
    """Submit jobs at a steady rate, whether the earlier ones are answered or not."""
    body = SPEC.model_dump(mode="json", exclude_none=True, exclude={"models", "adapters"})

    async def one() -> None:
        began = time.perf_counter()
        try:
            answer = await client.post("/api/jobs", json=body)
            if answer.status_code != 201:
                heard.errors.append(f"{answer.status_code}: {answer.text[:200]}")
        except httpx.TransportError as error:
            heard.errors.append(f"{type(error).__name__}: {error}")
        heard.submit_seconds.append(time.perf_counter() - began)

    began, tasks = time.monotonic(), list[asyncio.Task[None]]()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
