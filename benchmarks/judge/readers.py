"""The judge's networks: one small convolutional trunk for each kind of picture, with a head for each question."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from backend.contracts.pose import JOINTS
from benchmarks.judge.questions import BODY, FACE, LANDSCAPE, OBJECTS, UNKNOWN
from training.loop import Batch, Losses
from training.pixels import to_floats

WIDTHS = (24, 48, 96, 128)
FEATURES = WIDTHS[-2] + WIDTHS[-1]
RARE = -4.0
"""The initial logit of a cell's object. It is low, since few cells hold one."""


@dataclass(frozen=True)
class Read:
    """The raw output of a reader: logits by question, each of shape (count, options); `objects`, logits of shape
    (count, OBJECTS, GRID, GRID); `joints`, of shape (count, JOINTS, 2), as shares of the sides; and `features`, of
    shape (count, FEATURES)."""

    choices: dict[str, Tensor]
    features: Tensor
    objects: Tensor | None = None
    joints: Tensor | None = None


class Reader(nn.Module):
    """A network that reads pictures of SIDE x SIDE. `options` gives the number of answers of each question."""

    def __init__(self, options: dict[str, int], objects: int = 0, joints: int = 0) -> None:
        super().__init__()
        first, second, third, last = WIDTHS
        self.stem = _block(3, first, stride=2, size=5)
        self.early = nn.Sequential(_block(first, second, 2), _block(second, second))
        self.middle = nn.Sequential(_block(second, third, 2), _block(third, third))
        self.late = nn.Sequential(_block(third, last, 2), _block(last, last))
        self.heads = nn.ModuleDict({name: nn.Linear(2 * last, count) for name, count in options.items()})
        self.objects = nn.Conv2d(last, objects, 3, padding=1) if objects else None
        self.joints = nn.Conv2d(third + last, joints, 3, padding=1) if joints else None
        if self.objects is not None:
            nn.init.constant_(self.objects.bias, RARE)  # pyright: ignore

    def forward(self, pictures: Tensor) -> Read:
        """Read pictures of shape (count, 3, SIDE, SIDE) in [-1, 1]."""
        middle = self.middle(self.early(self.stem(pictures)))
        late = self.late(middle)
        pooled = torch.cat([late.mean((2, 3)), late.amax((2, 3))], 1)
        return Read(
            {name: head(pooled).float() for name, head in self.heads.items()},
            torch.cat([middle.mean((2, 3)), late.mean((2, 3))], 1).float(),
            None if self.objects is None else self.objects(late).float(),
            None if self.joints is None else self._placed(middle, late),
        )

    def _placed(self, middle: Tensor, late: Tensor) -> Tensor:
        """Compute the mean position of each joint under its map."""
        assert self.joints is not None
        context = functional.interpolate(late, size=middle.shape[-2:], mode="nearest")
        maps = self.joints(torch.cat([middle, context], 1)).float()
        rows, columns = maps.shape[-2:]
        shares = maps.flatten(2).softmax(-1).unflatten(2, (rows, columns))
        x = (torch.arange(columns, device=maps.device) + 0.5) / columns
        y = (torch.arange(rows, device=maps.device) + 0.5) / rows
        return torch.stack([(shares.sum(2) * x).sum(-1), (shares.sum(3) * y).sum(-1)], -1)


def _block(inside: int, outside: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    convolution = nn.Conv2d(inside, outside, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outside), nn.ReLU())


def landscape_reader() -> Reader:
    return Reader(_options(LANDSCAPE), objects=len(OBJECTS))


def face_reader() -> Reader:
    return Reader(_options(FACE))


def body_reader() -> Reader:
    return Reader(_options(BODY), joints=len(JOINTS))


def _options(questions: dict[str, tuple[str, ...]]) -> dict[str, int]:
    return {name: len(answers) for name, answers in questions.items()}


def reading_loss(reader: nn.Module, batch: Batch, generator: torch.Generator) -> Losses:
    """Compute the training loss: the cross entropy of every question and of every cell that is asked, plus ten times
    the distance of joints, in sides.

    `generator` draws a change of brightness and some noise for each view, so that no answer depends on exact colours or
    on a clean render.
    """
    read: Read = reader(_worn(to_floats(batch["pixels"]), generator))
    losses = {
        name: functional.cross_entropy(logits, batch[name], ignore_index=UNKNOWN)
        for name, logits in read.choices.items()
    }
    if read.objects is not None:
        losses["objects"] = _object_loss(read.objects, batch["objects"])
    if read.joints is not None:
        losses["joints"] = 10 * (read.joints - batch["joints"]).square().sum(-1).add(1e-6).sqrt().mean()
    return {"loss": torch.stack([*losses.values()]).sum(), **losses}


def _worn(pictures: Tensor, generator: torch.Generator) -> Tensor:
    shape, device = (len(pictures), 1, 1, 1), pictures.device
    gain = 1 + 0.05 * torch.randn(shape, generator=generator, device=device)
    noise = torch.randn(pictures.shape, generator=generator, device=device)
    return pictures * gain + 0.04 * torch.rand(shape, generator=generator, device=device) * noise


def _object_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Compute the focal cross entropy of each thing (Lin et al. 2017, gamma 2) over the cells that are asked."""
    known, target = wanted != UNKNOWN, (wanted == 1).float()
    cross = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    missed = (target - logits.sigmoid()).abs().square()
    return (cross * missed * known).sum() / target.sum().clamp(min=1)
