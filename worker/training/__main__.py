"""`python -m worker.training`: draw, train and export the bundled model."""

from pathlib import Path
from typing import Annotated

import typer

from worker.training import recipe

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)

Folder = Annotated[Path, typer.Option(help="Where caches, checkpoints and loss curves are kept.")]
Seed = Annotated[int, typer.Option(help="Everything random follows from it.")]
Minutes = Annotated[float | None, typer.Option(help="Stop after this many minutes of training, if steps do not first.")]


@app.command()
def vae(folder: Folder = Path("runs/papercut"), seed: Seed = 0, minutes: Minutes = None) -> None:
    """Train the autoencoder; run it again to resume."""
    recipe.train_autoencoder(folder, seed, minutes)


@app.command()
def denoiser(folder: Folder = Path("runs/papercut"), seed: Seed = 0, minutes: Minutes = None) -> None:
    """Train the text encoder and the UNet; run it again to resume."""
    recipe.train_denoiser(folder, seed, minutes)


if __name__ == "__main__":
    app()
