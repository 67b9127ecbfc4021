"""The kept frames of a run: their index, one frame, or the frames of many steps (docs/protocol.md, Frames)."""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from backend.api.auth import Reach
from backend.api.caching import is_known
from backend.api.errors import ApiError, FieldError, problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.contracts.document import Name
from backend.contracts.events import WHATS, PreviewHeader, What, pack_preview
from backend.contracts.frames import FramedNode, FrameIndex, FrameSeries, NodeKind
from backend.contracts.graph import GraphSpec
from backend.contracts.job import FINAL, JobResource
from backend.contracts.limits import MAX_IMAGES, MAX_STEPS
from backend.geometry.frames import cells_of_nodes
from backend.graph.frames import kept_views, shown_steps
from backend.store.errors import NotFound
from backend.store.frames import Pack, Place, Shot

MOST_AT_ONCE = 32 * 2**20  # bytes of frames in one answer
_LENGTH = struct.Struct(">I")
_JPEG = b"\xff\xd8"  # the first bytes of every JPEG
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Authorization, Cookie"}
_ASKED = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}

router = APIRouter(route_class=Guarded, prefix="/api/jobs/{id}/frames", tags=["jobs"])
Version = Annotated[
    int | None,
    Query(
        ge=0,
        description="`version` of the index. An answer to an address with a version never changes, so that browsers "
        "need not ask for it again.",
    ),
]
Step = Annotated[int, Path(ge=1, description="A step, counted from 1 over all images of the job.")]


@router.get("", operation_id="listFrames", responses=problems(404, 422))
def index(id: UUID, inlay: Inlay, reach: Reach) -> FrameIndex:
    """List the kept frames of a job's run. While the job runs, the list grows."""
    packs = inlay.frames.packs(reach, id)  # before the job, so that `complete` is never said too early
    job = inlay.jobs.get(reach, id)
    graph, preview = inlay.jobs.graph(reach, id), job.spec.preview
    nodes = _nodes(graph, packs)
    model = inlay.catalog.entries().models.get(job.spec.sampling.model)
    return FrameIndex(
        job_id=id,
        keep=preview.keep,
        every=preview.every,
        taken=len(job.spec.taken),
        of=job.progress.of,
        cell=None if model is None else model.description.cell,
        complete=job.state in FINAL and _is_whole(job, graph, nodes),
        version=max((pack.fence for pack in packs), default=0),
        bytes=sum(series.bytes for node in nodes for series in node.series),
        nodes=nodes,
    )


def _nodes(graph: GraphSpec, packs: Sequence[Pack]) -> list[FramedNode]:
    shots: dict[int, dict[What, list[Shot]]] = defaultdict(lambda: defaultdict(list))
    for pack in packs:
        for shot in pack.shots:
            shots[shot.node][shot.what].append(shot)
    cells, kinds = cells_of_nodes(graph), _kinds(graph)
    patches = {one.name: one.patch for one in graph.observables}
    saved = {output.node for output in graph.outputs}
    return [
        FramedNode(
            name=name,
            index=node,
            kind=kinds[node],
            saved=name in saved,
            patch=patches.get(name),
            columns=cells[node].width,
            rows=cells[node].height,
            series=[_series(what, shots[node][what]) for what in WHATS if what in shots[node]],
        )
        for node, name in enumerate(graph.nodes)
        if node in shots
    ]


def _kinds(graph: GraphSpec) -> list[NodeKind]:
    """Return the kind of each node of GraphSpec.nodes."""
    numbers: dict[NodeKind, int] = {
        "control": len(graph.controls),
        "observable": len(graph.observables),
        "law": len(graph.laws),
        "picture": sum(output.operator is not None for output in graph.outputs),
    }
    return [kind for kind, number in numbers.items() for _ in range(number)]


def _series(what: What, shots: Sequence[Shot]) -> FrameSeries:
    return FrameSeries(
        what=what,
        width=shots[-1].width,
        height=shots[-1].height,
        steps=sorted({step for shot in shots for step in shot.steps}),
        bytes=sum(sum(shot.sizes) for shot in shots),
    )


def _is_whole(job: JobResource, graph: GraphSpec, nodes: Sequence[FramedNode]) -> bool:
    """Return True if no frame of the steps that this job has done is missing, except those of weights, which are kept
    only where they change."""
    taken = len(job.spec.taken)
    shown = {image * taken + done for image, done in shown_steps(job.spec)}
    due = {step for step in shown if job.first_step < step <= job.progress.step}
    kept = {(node.index, series.what): series.steps for node in nodes for series in node.series}
    views = [view for view in kept_views(graph, job.spec.preview.keep) if view[1] != "weights"]
    return all(due <= set(kept.get(view, ())) for view in views)


@router.get(
    "/{node}/{what}/{step}",
    operation_id="getFrame",
    response_class=Response,
    responses=problems(404, 422)
    | {
        200: {
            "description": "The frame as a JPEG. Servers of early versions kept WebP.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/webp")
            },
        },
        304: {"description": "The client has the frame already."},
    },
)
def frame(
    id: UUID,
    node: Name,
    what: What,
    step: Step,
    request: Request,
    inlay: Inlay,
    reach: Reach,
    version: Version = None,
) -> Response:
    """Fetch one kept frame: a node (`name` in the index) as it was after a step. `what` is the denoised estimate
    (`x0`), the noisy latent before the step (`noisy`), where views disagree (`residual`), or their shares of the weight
    (`weights`)."""
    places = inlay.frames.places(reach, id, _index_of(inlay, reach, id, node), what, range(step, step + 1))
    if not places:
        raise NotFound(f"No frame of {node!r} ({what}) is kept at step {step}. The job's frames are listed at /frames.")
    headers = {**_caching(version), "ETag": f'"{places[-1].tag}"'}
    if is_known(headers["ETag"], request):
        return Response(status_code=304, headers=headers)
    ((_, image),) = inlay.frames.read(places[-1])
    return Response(image, headers=headers, media_type="image/jpeg" if image.startswith(_JPEG) else "image/webp")


@router.get(
    "/{node}/{what}",
    operation_id="getFrames",
    response_class=Response,
    responses=problems(404, 422)
    | {
        200: {
            "description": "The frames, each as its length in bytes (u32, big-endian) and a binary message of the "
            "websocket.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def frames(
    id: UUID,
    node: Name,
    what: What,
    inlay: Inlay,
    reach: Reach,
    steps: Annotated[
        str,
        Query(pattern=r"^\d{1,6}-\d{1,6}$", description="The first and the last step, as `1-50`.", examples=["1-50"]),
    ],
    version: Version = None,
) -> Response:
    """Fetch the kept frames of a node at all steps of a range in one answer. Steps without a frame are left out."""
    first, last = (int(part) for part in steps.split("-"))
    if first > last:
        raise _refused(f"ends at step {last}, before it begins at {first}")
    index = _index_of(inlay, reach, id, node)
    grows = not inlay.frames.packs(reach, id, range(last, MAX_IMAGES * MAX_STEPS + 1))
    places = inlay.frames.places(reach, id, index, what, range(first, last + 1))
    size = sum(len(place.part) for place in places)
    if size > MOST_AT_ONCE:
        raise _refused(f"has frames of {size / 1e6:,.0f} MB; ask for fewer steps at once, up to {MOST_AT_ONCE:,} bytes")
    header = PreviewHeader(id, 0, index, what)
    before = _LENGTH.size + len(pack_preview(header, b""))
    length = sum(before + frame for place in places for frame in place.sizes)
    headers = {**_caching(None if grows else version), "Content-Length": str(length)}
    messages = _messages(inlay, header, places)
    first = next(messages, b"")  # raises NotFound before the answer begins
    return StreamingResponse(chain([first], messages), headers=headers, media_type="application/octet-stream")


def _messages(inlay: Services, header: PreviewHeader, places: Sequence[Place]) -> Iterator[bytes]:
    for place in places:
        for step, image in inlay.frames.read(place):
            message = pack_preview(header._replace(step=step), image)
            yield _LENGTH.pack(len(message)) + message


def _index_of(inlay: Services, reach: str | None, id: UUID, node: str) -> int:
    """Return the index of a node of a job. Raises NotFound if the job has no such node."""
    nodes = inlay.jobs.graph(reach, id).nodes
    if node not in nodes:
        raise NotFound(f"The job has no node {node!r}; its nodes run from {nodes[0]} to {nodes[-1]}.")
    return nodes.index(node)


def _caching(version: int | None) -> Mapping[str, str]:
    return _ASKED if version is None else _KEPT


def _refused(message: str) -> ApiError:
    return ApiError(422, "invalid", f"steps: {message}.", [FieldError(location=["query", "steps"], message=message)])
