"""The commands of `python -m training` refuse what cannot work before they draw anything."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.tiny.stable_diffusion import write_tiny_checkpoint
from training import __main__ as commands
from training.errors import TrainingError
from training.papercut import decoder, large, recipe
from training.papercut.groups import GROUPS, HELD_OUT, LAST_SEED, THINGS
from training.papercut.machine import Limit, Machine

ROOT = Path(__file__).parents[3]
PAPERCUT = ROOT / "models" / "papercut"


@pytest.fixture(autouse=True)
def _nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(*_: object) -> None:
        raise AssertionError("the command has begun to work")

    monkeypatch.setattr(recipe, "fetch", drawn)


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> str | int | None:
    """Return the exit status of a command, which is a sentence if the command ends with one."""
    monkeypatch.setattr(sys, "argv", ["training", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert not isinstance(ended.value.code, bool)
    return ended.value.code


@pytest.mark.parametrize(
    "words",
    [
        ("denoiser", "--steps", 0),
        ("vae", "--steps", -3),
        ("decoder", "--minutes", 0),
        ("all", "--minutes", 0),
        ("large-encoder", "--processes", 0),
        ("controlnet", "--workers", -1),
        ("encode", "--amount", 0),
        ("export", "--guidance", -1, "--revision", "4.0.0"),
        ("draw", "--seed", 90),
        ("draw", "--seed", -1),
    ],
)
def test_numbers_out_of_range_are_refused(words: tuple[object, ...]) -> None:
    ran = CliRunner().invoke(commands.app, [*map(str, words)])
    assert (ran.exit_code, f"Invalid value for '{words[1]}'" in ran.stderr) == (2, True), ran.output


def test_no_seed_draws_what_is_held_out() -> None:
    for group in (*GROUPS, THINGS):
        assert group.training_seeds(LAST_SEED, 100_000).stop <= HELD_OUT


@pytest.mark.parametrize(
    ("train", "processes", "most"),
    [
        (lambda folder, machine: recipe.train_autoencoder(folder, 0, Limit(), machine), 7, 6),
        (lambda folder, machine: recipe.train_denoiser(folder, 0, Limit(), machine), 3, 2),
        (lambda folder, machine: recipe.train_controlnet(folder, 0, Limit(), machine), 9, 8),
        (lambda folder, machine: decoder.polish_decoder(folder, 0, Limit(), machine, PAPERCUT), 5, 4),
        (lambda folder, machine: large.train_encoder(folder, 0, Limit(), machine, PAPERCUT), 13, 12),
    ],
)
def test_each_process_gets_a_part_of_every_batch(tmp_path: Path, train, processes: int, most: int) -> None:
    with pytest.raises(TrainingError, match=f"--processes {most} or fewer"):
        train(tmp_path, Machine(processes=processes))
    with pytest.raises(TrainingError, match="PyTorch finds no device 'gpu'"):
        train(tmp_path, Machine("gpu"))


def test_a_gpu_is_not_shared_by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    Machine("cuda").check(2)
    with pytest.raises(TrainingError, match="leave out --processes"):
        Machine("cuda", processes=2).check(2)
    with pytest.raises(TrainingError, match="no device 'cuda:1'"):
        Machine("cuda:1").check(2)


@pytest.mark.parametrize("command", ["encode", "denoiser"])
def test_a_run_without_a_vae_is_an_error_with_a_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run(monkeypatch, command, "--folder", tmp_path)
    assert str(told).startswith(f"{tmp_path / 'vae'} holds no VAE. Run the `vae` command first")


@pytest.mark.parametrize("command", ["controlnet", "export"])
def test_a_run_without_a_denoiser_is_an_error_with_a_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ("--revision", "4.0.0") if command == "export" else ()
    told = run(monkeypatch, command, "--folder", tmp_path, *more)
    assert str(told).startswith(f"{tmp_path} holds no trained denoiser.")


def test_a_run_takes_the_vae_of_its_warm_start_so_that_it_can_be_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Begun(Exception):
        pass

    def encode_all(folder: Path, *_: object) -> None:
        assert folder == tmp_path
        raise Begun

    monkeypatch.setattr(recipe, "encode_all", encode_all)
    with pytest.raises(Begun):
        recipe.train_denoiser(tmp_path, 0, Limit(), Machine(), PAPERCUT)
    for file in (PAPERCUT / "vae").iterdir():
        assert (tmp_path / "vae" / file.name).read_bytes() == file.read_bytes()
    (tmp_path / "vae" / "config.json").write_text("its own")
    with pytest.raises(Begun):
        recipe.train_denoiser(tmp_path, 0, Limit(), Machine(), PAPERCUT)
    assert (tmp_path / "vae" / "config.json").read_text() == "its own", "a run with a VAE keeps it"
    assert [path.name for path in tmp_path.iterdir()] == ["vae"]


def test_a_vae_stays_as_it_is_once_a_denoiser_has_learned_its_latents(tmp_path: Path) -> None:
    (tmp_path / "denoiser.pt").touch()
    with pytest.raises(TrainingError, match="another --folder"):
        recipe.train_autoencoder(tmp_path, 0, Limit(), Machine())
    with pytest.raises(TrainingError, match="another --folder"):
        recipe.whiten_autoencoder(tmp_path, PAPERCUT, 0)
    assert not (tmp_path / "vae").exists()


def test_all_goes_on_with_the_vae_whose_latents_the_denoiser_has_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    for part in ("draw", "train_autoencoder", "encode_all", "train_denoiser", "train_controlnet"):
        monkeypatch.setattr(recipe, part, lambda *_, part=part: begun.append(part))
    recipe.train_all(tmp_path, 0, 1.0, Machine(), None, lambda: None)
    assert "train_autoencoder" in begun
    (tmp_path / "denoiser.pt").touch()
    begun.clear()
    recipe.train_all(tmp_path, 0, 1.0, Machine(), None, lambda: None)
    assert begun == ["draw", "encode_all", "train_denoiser", "train_controlnet"]


def test_a_decoder_learns_samples_of_its_own_source_and_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sampled: list[int] = []

    def samples(folder: Path, seed: int, *_: object) -> np.ndarray:
        sampled.append(seed)
        return np.full(3, seed)

    monkeypatch.setattr(decoder, "_samples", samples)
    for part in ("draw", "launch"):
        monkeypatch.setattr(decoder, part, lambda *_: None)
    other = tmp_path / "other"
    write_tiny_checkpoint(other, max_tokens=48)

    def train(seed: int, source: Path) -> None:
        decoder.polish_decoder(tmp_path, seed, Limit(), Machine(), source)

    train(2, PAPERCUT)
    train(2, PAPERCUT)
    assert sampled == [2]
    for seed, source in ((3, PAPERCUT), (2, other)):
        with pytest.raises(TrainingError, match="with another --seed or --source"):
            train(seed, source)
    (tmp_path / "samples.source").unlink()
    train(3, other)
    assert sampled == [2], "the samples of an older version do not say where they come from"
    assert {path.name for path in tmp_path.iterdir()} == {"other", "samples.npy"}


def test_a_warm_start_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for command, option in (("denoiser", "--warm-start"), ("decoder", "--source"), ("whiten", "--source")):
        ran = CliRunner().invoke(commands.app, [command, option, str(tmp_path / "gone")])
        assert (ran.exit_code, f"Invalid value for '{option}'" in ran.stderr) == (2, True), ran.output


def test_drawings_go_into_png_files(tmp_path: Path) -> None:
    ran = CliRunner().invoke(commands.app, ["draw-sheet", "--target", str(tmp_path / "sheets")])
    assert (ran.exit_code, "ends in .png" in ran.stderr) == (2, True), ran.output


def test_an_export_names_its_version() -> None:
    ran = CliRunner().invoke(commands.app, ["export"])
    assert (ran.exit_code, "Missing option '--revision'" in ran.stderr) == (2, True), ran.output


def test_the_card_names_the_machine_of_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a GPU does not know on which GPU a model was trained."""
    assert Machine().described.endswith(" CPU")
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    with pytest.raises(TrainingError, match="Give --described"):
        _ = Machine("cuda").described
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda _: "NVIDIA H200")
    assert Machine("cuda").described == "NVIDIA H200"


def test_the_card_lists_commands_that_train_as_many_steps() -> None:
    progress = {"vae": (0, 0.0), "decoder": (0, 0.0), "denoiser": (1200, 0.5), "controlnet": (7, 0.0001)}
    options = "--folder runs/further --seed 3 --device cuda"
    assert recipe.commands(Path("a/further"), 3, progress, Machine("cuda", amount=0.5), "4.1.0") == (
        f"python -m training denoiser {options} --amount 0.5 --warm-start FOLDER --steps 1200",
        f"python -m training controlnet {options} --amount 0.5 --steps 7",
        f"python -m training export {options} --amount 0.5 --revision 4.1.0",
    )
    progress = {"vae": (20, 0.5), "decoder": (30, 0.5), "denoiser": (1, 0.5), "controlnet": (0, 0.0)}
    assert recipe.commands(Path("a"), 0, progress, Machine(amount=0.5), "4.1.0")[:3] == (
        "python -m training vae --folder runs/a --seed 0 --steps 20",
        "python -m training decoder --folder runs/a --seed 0 --steps 30",
        "python -m training denoiser --folder runs/a --seed 0 --amount 0.5 --steps 1",
    )


def test_a_decoder_is_not_blended_twice_into_one_version(tmp_path: Path) -> None:
    shutil.copy(PAPERCUT / "inlay.json", tmp_path)
    revision = json.loads((tmp_path / "inlay.json").read_text())["revision"]
    with pytest.raises(TrainingError, match=f"has version {revision} already"):
        decoder.export_decoder(tmp_path, 0, tmp_path, revision, 0.8)
