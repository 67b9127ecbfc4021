"""Compute on paper what a step of a large canvas costs on several devices: python -m benchmarks.scaling

The time of a step is the passes of the rank that has most of them, the bytes that the ranks exchange, and what rank 0
does alone. The passes are split by the worker's own rule. The other numbers are assumptions, which the options change.
Nothing is measured here; `python -m benchmarks.speed --only ranks` measures two ranks.
"""

import argparse
from typing import NamedTuple

from worker.diffusion.memory import evenly
from worker.ranks.split import assign

LINKS = {"NVLink": 200e9, "PCIe": 20e9, "10 Gbit/s": 1.2e9}
"""Bytes a second between two ranks, at best."""
RANKS = (1, 2, 4, 8)


class Step(NamedTuple):
    """One step. `views`: of the canvas; each takes two passes, because of guidance. `latent`: the bytes of one view.
    `pass_seconds`: of one pass in a batch. `alone`: the seconds that rank 0 needs to agree and to make previews."""

    views: int
    latent: int
    pass_seconds: float
    alone: float

    @property
    def passes(self) -> int:
        return 2 * self.views

    def bytes(self, ranks: int) -> int:
        """Return what each rank receives: the views from rank 0, and the answers of all other ranks."""
        return self.latent * (self.views + self.passes) if ranks > 1 else 0

    def most(self, ranks: int, batch: int) -> int:
        """Return the passes of the rank that has most of them."""
        sizes, left = list[int](), self.passes
        while left:
            sizes.append(evenly(left, batch))
            left -= sizes[-1]
        places = assign(sizes, ranks)
        return max(
            sum(size for size, place in zip(sizes, places, strict=True) if place == rank) for rank in range(ranks)
        )

    def seconds(self, ranks: int, batch: int, link: float) -> float:
        return self.most(ranks, batch) * self.pass_seconds + self.bytes(ranks) / link + self.alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--views", type=int, default=46, help="8192x2048 pixels in windows of 1024 at stride 512, and a coarse view"
    )
    parser.add_argument("--latent", type=int, default=4 * 128 * 128 * 4, help="bytes of one view: SDXL, in float32")
    parser.add_argument("--teraflop", type=float, default=6.0, help="work of one pass: SDXL's UNet at 1024x1024")
    parser.add_argument("--speed", type=float, default=125.0, help="teraflop a second of one device: 40%% of an A100's")
    parser.add_argument("--alone", type=float, default=0.01, help="seconds of rank 0 alone")
    given = parser.parse_args()
    step = Step(given.views, given.latent, given.teraflop / given.speed, given.alone)
    each, sent = 1000 * step.pass_seconds, step.bytes(2) / 1e6
    print(f"A step: {step.passes} passes of {each:.0f} ms, {sent:.0f} MB to each rank")
    print("| ranks | batches of | " + " | ".join(LINKS) + " |\n|---|---|" + "---|" * len(LINKS))
    for ranks in RANKS[1:]:
        for batch in (16, 4):
            alone = step.seconds(1, batch, 1.0)
            gains = [f"{alone / step.seconds(ranks, batch, link):.2f}" for link in LINKS.values()]
            print(f"| {ranks} | {batch} | " + " | ".join(gains) + " |")


if __name__ == "__main__":
    main()
