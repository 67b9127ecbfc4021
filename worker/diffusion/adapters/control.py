"""The pictures for ControlNets, such as poses and edges, and the outputs of ControlNets for a batch."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import cv2
import numpy as np
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.controlnets.controlnet_sd3 import SD3ControlNetModel
from jaxtyping import Float
from PIL import Image, ImageDraw
from torch import Tensor

from backend.contracts.pose import JOINTS
from inlay_engine.clock import ALWAYS, Instant, Levels
from inlay_engine.variables import Latent
from worker.diffusion.errors import DiffusionError

ControlNet = ControlNetModel | SD3ControlNetModel
Point = tuple[float, float]

# OpenPose's limbs and colours, as ControlNet's annotator draws them: limb i and joint i share the i-th colour.
LIMBS = (
    ("neck", "right_shoulder"),
    ("neck", "left_shoulder"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("neck", "right_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
    ("neck", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("neck", "nose"),
)
COLOURS = (
    (255, 0, 0),
    (255, 85, 0),
    (255, 170, 0),
    (255, 255, 0),
    (170, 255, 0),
    (85, 255, 0),
    (0, 255, 0),
    (0, 255, 85),
    (0, 255, 170),
    (0, 255, 255),
    (0, 170, 255),
    (0, 85, 255),
    (0, 0, 255),
    (85, 0, 255),
)
LIMB_SHADE = 0.6  # the brightness of limbs, relative to joints
RADIUS = 4 / 512  # a joint's radius, and half a limb's width: OpenPose draws 4 pixels in a picture of 512
OWN = "controlnet_pose"  # the folder of a model's own ControlNet for poses
FAINT, CLEAR = 100, 200  # Canny's thresholds in ControlNet's annotator


@dataclass(frozen=True, eq=False)
class Control:
    """A picture for a ControlNet of a view.

    `picture`: RGB in [0, 1] of exactly the view's area, at `picture_cell` pixels a latent cell. `strength`: the
    factor of the ControlNet's output. `active`: the noise levels at which it acts. `net`: the ControlNet; None means
    the model's own for poses. `latent`: the picture's latent, for ControlNets that take latents. `id`: the ControlNet's
    id on this server, for errors.
    """

    picture: Float[Tensor, "3 height width"]
    strength: float = 1.0
    active: Levels = ALWAYS
    net: ControlNet | None = None
    latent: Latent | None = None
    id: str = OWN

    def acts(self, at: Instant) -> bool:
        """Return whether the ControlNet acts at this noise level."""
        return self.strength != 0 and at in self.active


def picture_cell(net: ControlNet | None, cell: int) -> int:
    """Return the pixels of a latent cell, along one side, in the pictures for a ControlNet. One that takes latents has
    the cells of the model's VAE: `cell` pixels."""
    widths = net.config.get("conditioning_embedding_out_channels") if net is not None else None
    return cell if widths is None else pixels_of(widths)


def pixels_of(widths: Sequence[int]) -> int:
    """Return the pixels of a ControlNet's cell, from the widths of the layers that read its picture."""
    return 2 ** (len(widths) - 1)


def residuals(
    controls: Sequence[Sequence[Control]],
    own: ControlNet | None,
    device: torch.device,
    answer: Callable[[Any, Tensor, Sequence[Control]], Sequence[Tensor]],
) -> Iterator[list[Tensor]]:
    """Yield the outputs of each ControlNet for all rows of a batch (arXiv 2302.05543, Eq. 2), with zeros in the rows
    without this ControlNet. Each ControlNet runs once, over all of its rows.

    `controls`: those of each row. `own`: the ControlNet for controls that name none. `answer` returns a ControlNet's
    outputs at full strength for these rows and controls, one control for each row.
    """
    by_net: dict[ControlNet, list[tuple[int, Control]]] = {}
    for row, each in enumerate(controls):
        for control in each:
            net = control.net or own
            assert net is not None, "a control without a ControlNet was refused"
            by_net.setdefault(net, []).append((row, control))
    for net, shown in by_net.items():
        rows = torch.tensor([row for row, _ in shown], device=device)
        strengths = torch.tensor([control.strength for _, control in shown], device=device)
        yield [
            one.new_zeros(len(controls), *one.shape[1:]).index_add(
                0, rows, strengths.to(one).view(-1, *[1] * (one.dim() - 1)) * one
            )
            for one in answer(net, rows, [control for _, control in shown])
        ]


def refuse_pose(id: str) -> NoReturn:
    """Raise DiffusionError, which says that the model of this id takes no poses."""
    raise DiffusionError(
        f"The model {id!r} has no ControlNet for poses; leave the pose out, or choose a model that has one."
    )


def edges(picture: Float[Tensor, "3 height width"]) -> Float[Tensor, "3 height width"]:
    """Return the edges of a picture in [0, 1], white on black, by Canny's detector (IEEE TPAMI 8(6), 1986) with the
    thresholds of ControlNet's annotator."""
    pixels = (picture.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy()
    found = torch.from_numpy(cv2.Canny(pixels, FAINT, CLEAR)).to(picture) / 255
    return found.expand(3, -1, -1)


def draw_pose(joints: Sequence[Sequence[float]], width: int, height: int, native: int) -> Float[Tensor, "3 _ _"]:
    """Draw a skeleton on a black canvas of width x height pixels, with values in [0, 1].

    `joints`: [x, y] in pixels of the canvas, in the order of JOINTS; the list may end early. `native`: the side of the
    model's native size, in pixels; the width of limbs is proportional to it. Raises DiffusionError if there are more
    joints than JOINTS has.
    """
    if len(joints) > len(JOINTS):
        raise DiffusionError(
            f"A pose has at most {len(JOINTS)} joints ({', '.join(JOINTS)}); this one has {len(joints)}."
        )
    places = {name: (float(x), float(y)) for name, (x, y) in zip(JOINTS, joints, strict=False)}
    picture = Image.new("RGB", (width, height))
    pen = ImageDraw.Draw(picture)
    radius = max(1.5, RADIUS * native)
    for (start, end), (red, green, blue) in zip(LIMBS, COLOURS, strict=False):
        if start in places and end in places:
            shade = (int(red * LIMB_SHADE), int(green * LIMB_SHADE), int(blue * LIMB_SHADE))
            pen.polygon(_ellipse(places[start], places[end], radius), fill=shade)
    for (x, y), colour in zip(places.values(), COLOURS, strict=False):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return torch.from_numpy(np.array(picture, dtype=np.float32) / 255).permute(2, 0, 1)


def _ellipse(start: Point, end: Point, radius: float) -> list[Point]:
    """Return the outline of a limb: an ellipse from joint to joint, 2 * radius wide."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    across = (radius * (y0 - y1) / length, radius * (x1 - x0) / length) if length else (0.0, radius)
    turns = [math.radians(angle) for angle in range(0, 360, 10)]
    return [
        (
            (x0 + x1 + math.cos(turn) * (x1 - x0)) / 2 + math.sin(turn) * across[0],
            (y0 + y1 + math.cos(turn) * (y1 - y0)) / 2 + math.sin(turn) * across[1],
        )
        for turn in turns
    ]
