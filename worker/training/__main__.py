"""Draw, train and export the bundled model: `python -m worker.training COMMAND`."""

import platform
import signal
from pathlib import Path
from typing import Annotated

import typer

from worker.training import recipe
from worker.training.parallel import stop
from worker.training.sheet import drawing_sheet

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)

Folder = Annotated[Path, typer.Option(help="Where caches, checkpoints and loss curves are kept.")]
Seed = Annotated[int, typer.Option(help="Everything random follows from it.")]
Minutes = Annotated[float | None, typer.Option(help="Stop after this many minutes of training, if steps do not first.")]
WarmStart = Annotated[Path | None, typer.Option(help="An exported folder whose weights to begin from.")]
Processes = Annotated[int, typer.Option(help="How many single-threaded processes share each batch; 1 uses threads.")]
Target = Annotated[Path, typer.Option(help="The folder to write.")]
Revision = Annotated[str, typer.Option(help="The version that the manifest carries.")]
Guidance = Annotated[float, typer.Option(help="The guidance for the sheets and the manifest's default.")]
Device = Annotated[str, typer.Option(help="What it was trained on, for the card.")]

RUNS, MODEL = Path("runs/papercut"), Path("models/papercut")
HERE = f"{platform.machine()} CPU"


@app.command()
def draw_sheet(target: Target = Path("runs/drawings.png")) -> None:
    """Draw every biome at every time of day on one sheet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    drawing_sheet().save(target)


@app.command()
def vae(folder: Folder = RUNS, seed: Seed = 0, minutes: Minutes = None, processes: Processes = 1) -> None:
    """Train the autoencoder; run it again to resume."""
    recipe.train_autoencoder(folder, seed, minutes, processes)


@app.command()
def decoder(folder: Folder = RUNS, seed: Seed = 0, minutes: Minutes = None, processes: Processes = 1) -> None:
    """Train the autoencoder's decoder further on the latents it already has; run it again to resume."""
    recipe.polish_decoder(folder, seed, minutes, processes)


@app.command()
def denoiser(
    folder: Folder = RUNS,
    seed: Seed = 0,
    minutes: Minutes = None,
    warm_start: WarmStart = None,
    processes: Processes = 1,
) -> None:
    """Train the text encoder and the UNet; run it again to resume."""
    recipe.train_denoiser(folder, seed, minutes, warm_start, processes)


@app.command()
def export(
    folder: Folder = RUNS,
    seed: Seed = 0,
    target: Target = MODEL,
    revision: Revision = "1.0.0",
    guidance: Guidance = 3.5,
    device: Device = HERE,
) -> None:
    """Write what a run has learned so far as a diffusers folder with its card."""
    recipe.export_run(folder, seed, target, revision, guidance, device)


@app.command("all")
def everything(
    folder: Folder = RUNS,
    seed: Seed = 0,
    minutes: Minutes = None,
    processes: Processes = 1,
    target: Target = MODEL,
    device: Device = HERE,
) -> None:
    """The whole recipe; of `minutes`, a half goes to the denoiser."""
    recipe.train_autoencoder(folder, seed, minutes and 0.4 * minutes, processes)
    recipe.polish_decoder(folder, seed, minutes and 0.1 * minutes, processes)
    recipe.train_denoiser(folder, seed, minutes and 0.5 * minutes, processes=processes)
    recipe.export_run(folder, seed, target, "1.0.0", 3.5, device)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    app()
