"""The limits that an operator sets on a server (`INLAY_MAX_*`), and the checks of a job against them.

The limits that are the same on every server are constants of `backend/contracts/limits.py`.
"""

from dataclasses import dataclass

from backend.contracts.job import Compiled, Job
from backend.contracts.limits import MAX_NODES
from backend.graph.errors import LayoutError


@dataclass(frozen=True)
class Limits:
    """The most that one job may ask for: drawn patches, canvas pixels, steps, views a step, cost in view-forwards, and
    bytes of kept frames."""

    max_patches: int = 64
    max_pixels: int = 4096 * 4096
    max_steps: int = 200
    max_views: int = 240
    max_cost: int = 100_000
    max_frames_bytes: int = 256 * 2**20

    def check_document(self, job: Job) -> None:
        """Raises LayoutError if the document by itself asks for too much."""
        canvas = None if job.layout.kind == "custom" else job.layout.canvas
        if canvas is not None and canvas.width * canvas.height > self.max_pixels:
            raise LayoutError(
                f"a canvas of {canvas.width} x {canvas.height} has {canvas.width * canvas.height:,} pixels; "
                f"this server takes at most {self.max_pixels:,}",
                ["layout", "canvas"],
            )
        if (steps := len(job.sampling.places)) > self.max_steps:
            raise LayoutError(
                f"{steps} steps are more than the {self.max_steps} that this server takes",
                ["sampling", "finer" if job.sampling.finer else "steps"],
            )
        self._check_finer(job)
        if job.layout.kind == "regions" and len(job.layout.patches) > self.max_patches:
            raise LayoutError(
                f"{len(job.layout.patches):,} patches are more than the {self.max_patches} that this server takes",
                ["layout", "patches"],
            )

    @staticmethod
    def _check_finer(job: Job) -> None:
        """Raises LayoutError for finer steps that begin before the first step of a job with a start picture."""
        first = job.taken.start
        for index, one in enumerate(job.sampling.finer):
            if one.after < first:
                raise LayoutError(
                    f"a job with this start picture leaves out the first {first} steps; begin finer steps after at "
                    f"least {first}",
                    ["sampling", "finer", index, "after"],
                )

    def check_views(self, views: int) -> None:
        """Raises LayoutError if a step has more views than the server allows, or more than previews can number."""
        most = min(self.max_views, MAX_NODES)
        if views > most:
            raise LayoutError(
                f"the layout needs {views:,} views a step, more than {most}; "
                "take a smaller canvas, fewer patches, or a larger stride",
                ["layout"],
            )

    def check_cost(self, compiled: Compiled) -> None:
        """Raises LayoutError if the compiled graph is too large or costs too much."""
        self.check_views(compiled.views)
        nodes = len(compiled.graph.nodes)
        if nodes > MAX_NODES:
            raise LayoutError(
                f"the graph has {nodes:,} nodes, more than the {MAX_NODES} that previews can name; "
                "take a smaller canvas, fewer patches, or a larger stride",
                ["layout"],
            )
        if compiled.cost > self.max_cost:
            raise LayoutError(
                f"the job costs {compiled.cost:,} view-forwards, more than the {self.max_cost:,} that this server "
                "takes; take fewer steps, rounds or images, or a smaller canvas",
                ["sampling", "steps"],
            )
        if compiled.frames_bytes > self.max_frames_bytes:
            raise LayoutError(
                f"the kept frames of the run would take about {compiled.frames_bytes / 1e6:,.1f} MB, more than the "
                f"{self.max_frames_bytes / 1e6:,.1f} MB that this server takes; keep frames of the outputs only or of "
                "nothing, or show fewer steps with a larger preview.every",
                ["preview", "keep"],
            )
