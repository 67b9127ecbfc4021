"""Draw, train and export the bundled models: `python -m training COMMAND`."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from training.errors import TrainingError
from training.papercut import decoder as decoder_training
from training.papercut import large, recipe
from training.papercut.cutouts.sources import fetch as fetch_things
from training.papercut.groups import LAST_SEED
from training.papercut.machine import Limit, Machine
from training.papercut.sheet import drawing_sheets
from training.parallel import stop

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)

Folder = Annotated[Path, typer.Option(help="The folder of caches, checkpoints and loss curves.")]
Seed = Annotated[int, typer.Option(min=0, max=LAST_SEED, help="The seed of all random numbers.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Stop after this many steps. Default: the recipe's number.")]
Minutes = Annotated[
    float | None, typer.Option(min=0.01, help="Stop after this many minutes of training, unless the steps end first.")
]
WarmStart = Annotated[
    Path | None, typer.Option(exists=True, file_okay=False, help="Begin with the weights of this exported folder.")
]
Source = Annotated[
    Path,
    typer.Option(
        exists=True, file_okay=False, help="The exported folder whose VAE and denoiser this command starts from."
    ),
]
Processes = Annotated[
    int,
    typer.Option(min=1, help="Share each batch between this many single-threaded processes. 1 uses threads instead."),
]
Scale = Annotated[
    int, typer.Option(min=1, max=2, help="2 paints pictures twice as large as those of the source, from its latents.")
]
Target = Annotated[Path, typer.Option(help="The folder to write.")]
Revision = Annotated[str, typer.Option(help="The version in the manifest.")]
Guidance = Annotated[float, typer.Option(min=0, help="The guidance of the sheets, and the default in the manifest.")]
Device = Annotated[str, typer.Option(help="The device: cpu, or cuda with larger batches.")]
Amount = Annotated[
    float | None,
    typer.Option(
        min=0.001,
        help="The number of drawings, as a multiple of the recipe's. With fewer drawings, training begins sooner.",
    ),
]
Workers = Annotated[
    int,
    typer.Option(min=0, help="The number of processes that prepare batches. For a GPU, use most of the cores."),
]

Described = Annotated[
    str | None, typer.Option(help="The machine of the training, for the card. Default: --device of this computer.")
]

RUNS, MODEL = Path("runs/papercut-v3"), Path("models/papercut")
FULL_MINUTES = 18.0
"""The minutes of a training that uses all of the recipe's drawings. A shorter training uses proportionally fewer."""


@app.command()
def fetch() -> None:
    """Download the drawings of things. The other commands do it if they are missing."""
    fetch_things()


@app.command()
def draw_sheet(
    target: Annotated[Path, typer.Option(help="A PNG path; each sheet adds its name to the stem.")] = Path(
        "runs/drawings.png"
    ),
) -> None:
    """Draw sheets of every biome at every time of day, tall pictures, things, figures and faces."""
    if target.suffix != ".png":
        raise typer.BadParameter("Give a path that ends in .png.", param_hint="'--target'")
    fetch_things()
    target.parent.mkdir(parents=True, exist_ok=True)
    for name, sheet in drawing_sheets().items():
        sheet.save(target.with_stem(f"{target.stem}-{name}"))


@app.command()
def draw(folder: Folder = RUNS, seed: Seed = 0, processes: Processes = 1) -> None:
    """Draw the autoencoder's training pictures. The other commands do it if they are missing."""
    recipe.draw(folder, seed, processes)


@app.command()
def vae(
    folder: Folder = RUNS,
    seed: Seed = 0,
    steps: Steps = None,
    minutes: Minutes = None,
    warm_start: WarmStart = None,
    processes: Processes = 1,
    device: Device = "cpu",
    workers: Workers = 0,
) -> None:
    """Train the autoencoder; run it again to resume."""
    recipe.train_autoencoder(folder, seed, Limit(steps, minutes), Machine(device, processes, workers), warm_start)


@app.command()
def whiten(
    source: Annotated[Path, typer.Option(exists=True, file_okay=False, help="An exported folder.")],
    folder: Folder = RUNS,
    seed: Seed = 0,
) -> None:
    """Copy the autoencoder of an exported folder into this run, and whiten its latents."""
    for when, shares in zip(("before", "after"), recipe.whiten_autoencoder(folder, source, seed), strict=True):
        typer.echo(f"variance of the latents' principal directions {when}: {', '.join(f'{one:.1%}' for one in shares)}")


@app.command()
def decoder(
    folder: Folder = RUNS,
    seed: Seed = 0,
    steps: Steps = None,
    minutes: Minutes = None,
    processes: Processes = 1,
    device: Device = "cpu",
    workers: Workers = 0,
    source: Source = MODEL,
    scale: Scale = 1,
) -> None:
    """Train the decoder of an exported model alone and keep its latents; run it again to resume."""
    limit, machine = Limit(steps, minutes), Machine(device, processes, workers)
    decoder_training.polish_decoder(folder, seed, limit, machine, source, scale)


@app.command()
def large_encoder(
    folder: Folder = RUNS,
    seed: Seed = 0,
    steps: Steps = None,
    minutes: Minutes = None,
    processes: Processes = 1,
    device: Device = "cpu",
    workers: Workers = 0,
    source: Source = MODEL,
) -> None:
    """Train an encoder that makes an exported model's latents from pictures twice as large; run it again to resume."""
    limit, machine = Limit(steps, minutes), Machine(device, processes, workers)
    large.train_encoder(folder, seed, limit, machine, source)


@app.command()
def export_large(
    folder: Folder = RUNS, seed: Seed = 0, source: Source = MODEL, target: Target = Path("models/papercut-large")
) -> None:
    """Write a model with the VAE of the decoder and large-encoder commands, and with the networks of the source."""
    large.export_large(folder, seed, source, target)


@app.command()
def export_decoder(
    revision: Revision,
    folder: Folder = RUNS,
    seed: Seed = 0,
    target: Target = MODEL,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="How far the weights go from the model's decoder to the run's.")
    ] = 0.8,
) -> None:
    """Move an exported model's decoder part of the way to a run's, set its version and redraw its sheets."""
    decoder_training.export_decoder(folder, seed, target, revision, share)


@app.command()
def encode(
    folder: Folder = RUNS,
    seed: Seed = 0,
    processes: Processes = 1,
    device: Device = "cpu",
    workers: Workers = 0,
    amount: Amount = None,
) -> None:
    """Draw and encode the denoiser's training pictures. The denoiser command does it if they are missing."""
    recipe.encode_all(folder, seed, Machine(device, processes, workers, amount))


@app.command()
def denoiser(
    folder: Folder = RUNS,
    seed: Seed = 0,
    steps: Steps = None,
    minutes: Minutes = None,
    warm_start: WarmStart = None,
    processes: Processes = 1,
    device: Device = "cpu",
    workers: Workers = 0,
    amount: Amount = None,
) -> None:
    """Train the text encoder and the UNet; run it again to resume."""
    recipe.train_denoiser(folder, seed, Limit(steps, minutes), Machine(device, processes, workers, amount), warm_start)


@app.command()
def controlnet(
    folder: Folder = RUNS,
    seed: Seed = 0,
    steps: Steps = None,
    minutes: Minutes = None,
    warm_start: WarmStart = None,
    processes: Processes = 1,
    device: Device = "cpu",
    workers: Workers = 0,
    amount: Amount = None,
) -> None:
    """Train the ControlNet for poses with the current denoiser; run it again to resume."""
    limit, machine = Limit(steps, minutes), Machine(device, processes, workers, amount)
    recipe.train_controlnet(folder, seed, limit, machine, warm_start)


@app.command("all")
def train_all(
    minutes: Annotated[float, typer.Option(min=0.01, help="The minutes for everything together.")] = 9.0,
    folder: Folder = Path("runs/papercut-v4"),
    seed: Seed = 0,
    device: Device = "cuda",
    workers: Annotated[
        int | None,
        typer.Option(
            min=0, help="The number of processes that prepare batches. Default: 0 on a CPU, at least 12 on a GPU."
        ),
    ] = None,
    amount: Amount = None,
    warm_start: WarmStart = MODEL,
    target: Target = Path("runs/papercut-v4/model"),
    revision: Revision = "4.0.0",
    guidance: Guidance = 3.5,
    described: Described = None,
) -> None:
    """Draw, train and export everything within `--minutes`. The folder's `exported` holds the weights so far."""
    hands = workers if workers is not None else 0 if device == "cpu" else max(12, (os.cpu_count() or 1) - 2)
    share = amount or minutes / FULL_MINUTES
    machine = Machine(device, workers=hands, amount=share)

    def exported() -> None:
        recipe.export_run(folder, seed, target, revision, guidance, machine, described or machine.described)

    recipe.train_all(folder, seed, minutes, machine, warm_start, exported)


@app.command()
def export(
    revision: Revision,
    folder: Folder = RUNS,
    seed: Seed = 0,
    target: Target = MODEL,
    guidance: Guidance = 3.5,
    device: Annotated[
        str,
        typer.Option(help="The --device of the training: it selects the cached latents and the card's batch sizes."),
    ] = "cpu",
    amount: Annotated[
        float | None, typer.Option(min=0.001, help="The --amount of the training: it selects the cached latents.")
    ] = None,
    described: Described = None,
) -> None:
    """Write the current weights of a run as a diffusers folder with its model card."""
    machine = Machine(device, amount=amount)
    recipe.export_run(folder, seed, target, revision, guidance, machine, described or machine.described)


def main() -> None:
    """Run the command line. An error that its user can fix ends the program with its sentence alone."""
    try:
        app()
    except TrainingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    main()
