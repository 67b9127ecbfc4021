"""Train and examine the judge: python -m benchmarks.judge train --folder runs/judge [--minutes 10]

The command makes the drawings once and keeps them in the folder. An interrupted training resumes. Each reader is
written to `weights/` in the folder; the readers that come with the project are in benchmarks/judge/weights. After the
training, and with `report`, the command prints the readers' accuracy on held-out drawings and writes it to
accuracy.json beside them. If any accuracy is under the bar of 0.98, the command says so and exits with status 1.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.judge.accuracy import examine, under_the_bar
from benchmarks.judge.examples import (
    ANY_FIGURES,
    Bodies,
    Drawings,
    Faces,
    Landscapes,
    View,
    batch_maker,
    held_out_drawings,
    training_drawings,
)
from benchmarks.judge.judge import READERS, load_reader, save_reader, steps_of
from benchmarks.judge.questions import SIDE
from benchmarks.judge.readers import reading_loss
from training.loop import Plan, Run, train
from training.papercut.groups import TALL_WIDE, WIDE, Group
from training.progress import on_console

TRAINING = {WIDE.name: 1600, TALL_WIDE.name: 300, ANY_FIGURES.name: 2500}
HELD_OUT = {WIDE.name: 200, TALL_WIDE.name: 50, ANY_FIGURES.name: 200}
"""The number of drawings in each group."""
VIEWS_HELD_OUT = 600
SIDES = {"landscapes": SIDE, "faces": SIDE, "bodies": ANY_FIGURES.width}
"""The sides, in pixels, of the picture that a reader gets, before it is halved."""
BATCH, STEPS, RATE = 32, 6000, 2e-3

Source = Callable[[np.random.Generator], View]


def _source(name: str, folder: Path, held_out: bool, processes: int) -> Source:
    """Return the source of a reader's training views."""
    make, counts = (held_out_drawings, HELD_OUT) if held_out else (training_drawings, TRAINING)

    def drawn(group: Group) -> Drawings:
        return make(folder, group, counts[group.name], processes)

    if name == "landscapes":
        return Landscapes(drawn(WIDE), drawn(TALL_WIDE))
    return Faces(drawn(ANY_FIGURES)) if name == "faces" else Bodies(drawn(ANY_FIGURES))


def _train(arguments: argparse.Namespace) -> None:
    for name in arguments.readers:
        torch.manual_seed(0)
        source = _source(name, arguments.folder, False, arguments.processes)
        plan = Plan(arguments.steps, 0, RATE, minutes=arguments.minutes, bfloat16=arguments.bfloat16)
        run = Run(READERS[name](), plan, arguments.folder, name)
        train(run, batch_maker(source, BATCH), reading_loss, watch=on_console())
        save_reader(run.ema.module, run.step, _weights(arguments), name)


def _weights(arguments: argparse.Namespace) -> Path:
    """Return the folder of the readers to examine."""
    return arguments.weights or arguments.folder / "weights"


def _report(arguments: argparse.Namespace) -> int:
    """Examine every reader in the folder, and print which accuracies are under the bar."""
    report: dict[str, dict[str, float]] = {}
    folder = _weights(arguments)
    for name in READERS:
        steps = steps_of(folder, name)
        if steps is None:
            sys.stderr.write(f"{name} have not been trained yet\n")
            continue
        source, stream = _source(name, arguments.folder, True, arguments.processes), np.random.default_rng(1)
        views = [source(stream) for _ in range(VIEWS_HELD_OUT)]
        report[name] = {"steps": steps, **examine(load_reader(folder, name), views, SIDES[name])}
    text = json.dumps(report, indent=2)
    (folder / "accuracy.json").write_text(f"{text}\n")
    sys.stdout.write(f"{text}\n")
    misses = under_the_bar(report)
    sys.stderr.write("".join(f"{miss}\n" for miss in misses))
    return 1 if misses or len(report) < len(READERS) else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("train", "report"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="where the readers are; the folder's own weights/ where left out")
    parser.add_argument("--minutes", type=float, help="how long each reader is trained, all runs together")
    parser.add_argument("--steps", type=int, default=STEPS, help="after how many steps a reader is done at the latest")
    parser.add_argument("--readers", type=lambda text: text.split(","), default=[*READERS], help=", ".join(READERS))
    parser.add_argument("--processes", type=int, default=1, help="how many draw at once")
    parser.add_argument("--bfloat16", action="store_true", help="for processors that compute in it")
    arguments = parser.parse_args()
    unknown = set(arguments.readers) - set(READERS)
    if unknown:
        parser.error(f"there is no reader of {', '.join(sorted(unknown))}; there are {', '.join(READERS)}")
    if arguments.command == "train":
        _train(arguments)
    sys.exit(_report(arguments))


if __name__ == "__main__":
    main()
