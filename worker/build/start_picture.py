"""A run that starts from a picture: its first noise level, its first latent, and the part of the picture
that it keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.geometry import Canvas
from backend.contracts.graph import CompositeSpec, ControlSpec, GraphSpec, IdentitySpec, OperatorSpec
from backend.contracts.job import Job
from backend.contracts.start import Start
from backend.geometry.canvases import shows_controls
from backend.geometry.cells import pool
from backend.graph.start import Redrawn, canvas, redrawn
from backend.store.pictures import mask_values
from inlay_engine.clock import Schedule
from inlay_engine.graph import Denoiser, Observable, constant
from inlay_engine.latent_spaces import LatentSpace
from inlay_engine.laws import NormalLaw, NormalModel
from inlay_engine.noise import Noise
from inlay_engine.operators import Identity
from inlay_engine.sampler import State
from inlay_engine.variables import Cells, ControlVariable, Latent
from worker.build.pictures import Pictures, laid
from worker.diffusion.kind import LoadedModel
from worker.diffusion.vae import Rgb

DOMINANCE = 1000.0  # the known picture's weight where nothing is redrawn; a window's weight is 1

Soft = Float[np.ndarray, "height width"]
"""The share of each pixel that is redrawn, from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Beginning:
    """The picture that a run starts from. `first` is the first step (from 0) that the run takes. `picture` has the
    canvas's size. `latent` has the size that all controls share. `mirrors` has the picture's latents in other latent
    spaces, by the name of the mirror. `soft` is the share of each pixel that is redrawn, and `kept` is the share of
    each cell that is kept; both are None if nothing is kept. `whole` has the nodes that show the whole canvas as it is.
    """

    first: int
    picture: Rgb
    latent: Float[Tensor, "channels rows columns"]
    soft: Soft | None
    kept: Cells | None
    whole: frozenset[str]
    mirrors: Mapping[str, Latent] = field(default_factory=dict)

    def state(self, controls: Iterable[ControlVariable], schedule: Schedule, noise: Noise) -> State:
        """Return the picture with the noise of step `first` (SDEdit, arXiv 2108.01073). If `first` is a run's very
        first step, the redrawn part is noise alone, as in a run without a picture."""
        share = 1.0 if self.first else self._kept_share
        signal = torch.as_tensor(schedule.instants[self.first].alpha * share, dtype=torch.float64)
        signal, rest = (part.to(self.latent) for part in (signal, (1 - signal**2).sqrt()))
        begun = {
            one.name: signal * self.mirrors.get(one.name, self.latent) + rest * noise.control(one, step=0)
            for one in controls
        }
        return State(self.first, begun)

    @property
    def _kept_share(self) -> Tensor | float:
        return 0.0 if self.kept is None else self.kept

    def known(self, controls: Iterable[ControlVariable]) -> list[Observable]:
        """Return the observables of the known picture: y = x on every control, by a law without deviation. Relative to
        a window, their weight is the ratio of a cell's kept share to its redrawn share."""
        if self.kept is None:
            return []
        denoiser = Denoiser(NormalModel(self.latent.shape[0]), NormalLaw(self.latent))
        trust = constant(self.kept / (1 - self.kept + 1 / DOMINANCE))
        return [Observable(f"{one.name} (kept)", Identity(one), denoiser, trust) for one in controls]

    def with_kept(self, node: str, picture: Rgb) -> Rgb:
        """Return a node's finished picture with the kept part of the start picture, byte for byte."""
        if self.soft is None or node not in self.whole:
            return picture
        height, width = picture.shape[:2]
        before, soft = self.picture[:height, :width].astype(np.float32), self.soft[:height, :width, None]
        return (before + soft * (picture - before)).round().astype(np.uint8)


def beginning(
    job: Job, graph: GraphSpec, model: LoadedModel, pictures: Pictures, spaces: Iterable[LatentSpace] = ()
) -> Beginning | None:
    """Return the picture that a job starts from, or None if it starts from noise.

    `model` is the job's own model; its VAE encodes the picture. The VAE of each of `spaces` encodes it as well. Raises
    PictureMissing for an upload that no longer exists.
    """
    start = job.start
    if start is None:
        return None
    cell, control = model.description.cell, graph.controls[0]
    on = canvas(job, graph, cell)
    wraps = [control.wrap in (axis, "both") for axis in "xy"]
    soft = _soft(start, on, pictures) if start.keeps else None
    padded = laid(pictures(start.picture), on, start.fit, control.width * cell, control.height * cell)
    pixels = torch.from_numpy(padded).permute(2, 0, 1) / 255
    return Beginning(
        first=job.taken.start,
        picture=padded[: on.height, : on.width],
        latent=model.encoder.encode(padded, *wraps),
        soft=soft,
        kept=None if soft is None else _kept_share(soft, control, cell).to(model.device),
        whole=_whole(graph),
        mirrors={
            mirror.name: latent
            for space in dict.fromkeys(spaces)
            for latent in [space.own_vae.encode(pixels, *wraps)]
            for mirror in space.mirrors.values()
        },
    )


def feathered(share: Redrawn, feather: int, wraps_x: bool, wraps_y: bool) -> Soft:
    """Return the share of each pixel that is redrawn if the redrawn part fades in over `feather` pixels from the kept
    part.

    The share grows with the distance to the kept part, where it is 0. If the redrawn part is narrower than `feather`
    everywhere, it fades in over its own depth. The edge of the canvas does not count as a kept part.
    """
    soft = share.astype(np.float32) / 255
    if feather == 0 or share.all():
        return soft
    around = [(feather, feather) if wraps else (0, 0) for wraps in (wraps_y, wraps_x)]
    drawn = (np.pad(share, around, mode="wrap") > 0).astype(np.uint8)
    inward = _distances(drawn) - 0.5  # distances are measured from the middles of pixels
    top, left = (before for before, _ in around)
    inward = inward[top : top + share.shape[0], left : left + share.shape[1]]
    return soft * (inward / min(feather, inward.max())).clip(0, 1).astype(np.float32)


def _distances(drawn: Redrawn) -> Float[np.ndarray, "height width"]:
    """Return the distance of each pixel to the nearest one that is 0. OpenCV rounds its distances differently from call
    to call, but their squares are whole numbers."""
    rough = cv2.distanceTransform(drawn, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.sqrt(np.rint(rough.astype(np.float64) ** 2))


def _soft(start: Start, on: Canvas, pictures: Pictures) -> Soft:
    mask = None if start.mask is None else mask_values(pictures(start.mask))
    return feathered(redrawn(start, on, mask), start.feather, on.wrap in ("x", "both"), on.wrap in ("y", "both"))


def _kept_share(soft: Soft, control: ControlSpec, cell: int) -> Cells:
    """Return the share of each latent cell that is kept: the mean over its pixels."""
    redrawn = pool(soft, control.height, control.width, cell, "mean", beyond="edge")
    return torch.from_numpy((1 - redrawn).astype(np.float32))


def _whole(graph: GraphSpec) -> frozenset[str]:
    controls = {control.name: control for control in graph.controls}
    operators = {one.node: one.operator for one in graph.outputs if one.operator is not None}
    operators |= {one.name: one.operator for one in graph.views}
    seen = {name for name, operator in operators.items() if _is_whole(operator, controls)}
    return frozenset(seen | {control.name for control in graph.controls})


def _is_whole(operator: OperatorSpec, controls: Mapping[str, ControlSpec]) -> bool:
    """Tell whether a view shows a whole canvas as it is."""
    if isinstance(operator, CompositeSpec):
        return operator.box is None and shows_controls(operator, controls)
    return isinstance(operator, IdentitySpec)
