"""The frames that are kept of runs (docs/protocol.md, Frames).

A pack is one file with the frames of some steps, sorted by node, kind and step, so that the frames of one node lie next
to each other. The database lists the frames of each pack.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select, update

from backend.contracts.document import Document
from backend.contracts.events import WHATS, What
from backend.store.database import Database
from backend.store.errors import LeaseLost, NotFound
from backend.store.images import Images
from backend.store.leases import Claim, frames_bytes
from backend.store.rows import AnyRow, is_of
from backend.store.tables import frame_packs, jobs


class Frame(NamedTuple):
    """A frame of a run: the index of its node in GraphSpec.nodes, its kind, its step (from 1, over all images), its
    size in pixels, and its file, a JPEG."""

    node: int
    what: What
    step: int
    width: int
    height: int
    image: bytes


class Shot(Document):
    """The frames of one node and kind in a pack, one after another from byte `start`: their size in pixels, their
    steps in order, and the bytes of each."""

    node: int
    what: What
    width: int
    height: int
    start: int
    steps: list[int]
    sizes: list[int]

    def until(self, step: int) -> "Shot":
        """Return the frames of the steps up to `step`."""
        left = sum(one <= step for one in self.steps)
        return self.model_copy(update={"steps": self.steps[:left], "sizes": self.sizes[:left]})


@dataclass(frozen=True)
class Pack:
    """A file of frames in the picture store, and the frames in it. `fence` is that of the attempt that made it."""

    fence: int
    key: str
    shots: Sequence[Shot]


@dataclass(frozen=True)
class Place:
    """The bytes of consecutive frames of one node and kind in a pack: `part` of the object `key`."""

    key: str
    part: range
    steps: Sequence[int]
    sizes: Sequence[int]

    @property
    def tag(self) -> str:
        """The entity tag of these bytes, without quotes."""
        return hashlib.sha256(f"{self.key} {self.part.start} {self.part.stop}".encode()).hexdigest()[:32]


Newest = tuple[int, bytes]
"""The step and the file of a frame."""

_shots = TypeAdapter(list[Shot])


class Frames:
    """The store of kept frames."""

    def __init__(self, database: Database, images: Images) -> None:
        self._database, self._images = database, images

    def keep(self, claim: Claim, frames: Sequence[Frame]) -> None:
        """Write frames of whole steps, as one pack, and name it. Frames of the same attempt from the first of these
        steps on are replaced. Raises LeaseLost if the claim no longer holds the job; nothing is left then."""
        shots, packed = _pack(frames)
        first, last = min(frame.step for frame in frames), max(frame.step for frame in frames)
        key = f"{claim.prefix}frames/{first}-{last}.pack"
        self._images.put(key, packed)
        row = {"job_id": claim.id, "fence": claim.fence, "first_step": first, "last_step": last}
        own = (frame_packs.c.job_id == claim.id, frame_packs.c.fence == claim.fence)
        try:
            with self._database.begin() as connection:
                _hold(connection, claim)
                connection.execute(delete(frame_packs).where(*own, frame_packs.c.first_step >= first))
                text = _shots.dump_json(shots).decode()
                connection.execute(frame_packs.insert().values(**row, key=key, contents=text, bytes=len(packed)))
                _count_bytes(connection, claim)
        except LeaseLost:
            self._images.delete([key])
            raise

    def cut(self, claim: Claim, step: int) -> None:
        """Forget the frames of earlier attempts after `step`, from which this attempt goes on. Raises LeaseLost if the
        claim no longer holds the job."""
        later = (frame_packs.c.job_id == claim.id, frame_packs.c.last_step > step)
        with self._database.begin() as connection:
            _hold(connection, claim)
            connection.execute(delete(frame_packs).where(*later, frame_packs.c.first_step > step))
            for row in connection.execute(select(frame_packs).where(*later)).all():
                shots = [shot.until(step) for shot in _shots.validate_json(row.contents)]
                text = _shots.dump_json([shot for shot in shots if shot.steps]).decode()
                same = (frame_packs.c.job_id == claim.id, frame_packs.c.fence == row.fence)
                connection.execute(
                    update(frame_packs)
                    .where(*same, frame_packs.c.first_step == row.first_step)
                    .values(last_step=step, contents=text)
                )
            _count_bytes(connection, claim)

    def packs(self, owner: str | None, id: UUID, steps: range | None = None) -> list[Pack]:
        """Return the packs of a job in the order of their steps, or only those with frames of `steps`. Raises NotFound
        if the owner has no such job."""
        query = select(frame_packs).where(frame_packs.c.job_id == id)
        if steps is not None:
            query = query.where(frame_packs.c.first_step < steps.stop, frame_packs.c.last_step >= steps.start)
        with self._database.read() as connection:
            if connection.scalar(select(jobs.c.id).where(is_of(owner), jobs.c.id == id)) is None:
                raise NotFound(f"There is no job {id}. The list of jobs shows the existing ones.")
            rows = connection.execute(query.order_by(frame_packs.c.first_step, frame_packs.c.fence)).all()
        return [_packed(row) for row in rows]

    def places(self, owner: str | None, id: UUID, node: int, what: What, steps: range) -> list[Place]:
        """Return where the frames of a node and kind at these steps are, in order. Raises NotFound if the owner has no
        such job."""
        return [
            place
            for pack in self.packs(owner, id, steps)
            for shot in pack.shots
            if (shot.node, shot.what) == (node, what) and (place := _place(pack.key, shot, steps)) is not None
        ]

    def newest(
        self, owner: str | None, id: UUID, views: Collection[tuple[int, What]]
    ) -> dict[tuple[int, What], Newest]:
        """Return the newest kept frame of each view that the newest pack has. Raises NotFound if the owner has no such
        job, or if the frames are gone."""
        query = select(frame_packs.c.last_step).where(frame_packs.c.job_id == id)
        with self._database.read() as connection:
            last = connection.scalar(query.order_by(frame_packs.c.last_step.desc()).limit(1))
        if last is None:
            return {}
        found: dict[tuple[int, What], Newest] = {}
        for pack in self.packs(owner, id, range(last, last + 1)):
            for shot in pack.shots:
                place = _place(pack.key, shot, range(shot.steps[-1], last + 1))
                if (shot.node, shot.what) in views and place is not None:
                    found[shot.node, shot.what] = next(self.read(place))
        return found

    def last(self, owner: str | None, id: UUID, steps: range) -> dict[int, Place]:
        """Return where the last kept denoised estimate of each node at these steps is, by the node's index. Raises
        NotFound if the owner has no such job."""
        found: dict[int, Place] = {}
        for pack in self.packs(owner, id, steps):
            for shot in pack.shots:
                at = max((step for step in shot.steps if step in steps), default=None)
                if shot.what == "x0" and at is not None and (place := _place(pack.key, shot, range(at, at + 1))):
                    found[shot.node] = place
        return found

    def read(self, place: Place) -> Iterator[tuple[int, bytes]]:
        """Yield the step and the file of each frame at a place. Raises NotFound if the frames are gone."""
        data, at = self._images.get_part(place.key, place.part), 0
        for step, size in zip(place.steps, place.sizes, strict=True):
            yield step, data[at : at + size]
            at += size


def _pack(frames: Sequence[Frame]) -> tuple[list[Shot], bytes]:
    ordered = sorted(frames, key=lambda frame: (frame.node, WHATS.index(frame.what), frame.step))
    shots: list[Shot] = []
    start = 0
    for (node, what, width, height), group in groupby(ordered, lambda one: (one.node, one.what, one.width, one.height)):
        of = list(group)
        sizes = [len(frame.image) for frame in of]
        steps = [frame.step for frame in of]
        shots.append(Shot(node=node, what=what, width=width, height=height, start=start, steps=steps, sizes=sizes))
        start += sum(sizes)
    return shots, b"".join(frame.image for frame in ordered)


def _packed(row: AnyRow) -> Pack:
    return Pack(row.fence, row.key, _shots.validate_json(row.contents))


def _place(key: str, shot: Shot, steps: range) -> Place | None:
    """Return the bytes of the frames of a shot whose steps are in `steps`, or None if there are none."""
    chosen = [index for index, step in enumerate(shot.steps) if step in steps]
    if not chosen:
        return None
    first, stop = chosen[0], chosen[-1] + 1
    start = shot.start + sum(shot.sizes[:first])
    part = range(start, start + sum(shot.sizes[first:stop]))
    return Place(key, part, shot.steps[first:stop], shot.sizes[first:stop])


def _count_bytes(connection: Connection, claim: Claim) -> None:
    """Write down how many bytes the kept frames of a running job take."""
    connection.execute(update(jobs).where(jobs.c.id == claim.id).values(bytes=frames_bytes(claim.id)))


def _hold(connection: Connection, claim: Claim) -> None:
    """Keep the claim from being given away until the transaction ends. Raises LeaseLost if it has been already."""
    held = select(jobs.c.id).where(jobs.c.id == claim.id, jobs.c.fence == claim.fence, jobs.c.state == "running")
    if connection.scalar(held.with_for_update()) is None:
        raise LeaseLost(f"Job {claim.id} is no longer held under fence {claim.fence}; its frames are not kept")
