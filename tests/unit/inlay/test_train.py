"""`inlay train` makes a model of a folder of pictures, here from a base model with random weights."""

import fcntl
import json
import os
import resource
import shutil
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPTextModel

from backend.store.models import ModelCatalog
from backend.store.weights import latent_space
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.inlay.conftest import inlay, written
from training.checkpoint import load_checkpoint, read_losses
from training.errors import TrainingError
from training.finetune import Training, own_tokenizer, train_own
from training.loop import Run
from training.papercut.drawing import draw_panorama
from training.pictures import read_captions, read_pictures
from training.pretrained import load_denoiser
from training.text import load_tokenizer
from training.vae_choice import VaeChoice

SIZES = ((140, 128), (300, 100), (90, 200))
NEW = VaeChoice(keep=False, psnr=10.0, asked=False)
PAPERCUT = Path(__file__).parents[3] / "models" / "papercut"
Given = tuple[Path, Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a base model `tiny`, set up as Inlay's models folder."""
    write_tiny_checkpoint(tmp_path / "models" / "base", max_tokens=48)
    for name, value in (("MODELS", tmp_path / "models"), ("DATA", tmp_path / "data"), ("DEVICE", "cpu")):
        monkeypatch.setenv(f"INLAY_{name}", str(value))
    return tmp_path


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """Nine pictures of three sizes, and their captions."""
    folder, captions = tmp_path / "My Cats", tmp_path / "captions.csv"
    folder.mkdir()
    noise = np.random.default_rng(0)
    lines = ["file,caption"]
    for index in range(9):
        width, height = SIZES[index % 3]
        Image.fromarray(noise.integers(256, size=(height, width, 3), dtype=np.uint8)).save(folder / f"{index}.png")
        lines.append(f'{index}.png,"a cat, number {index % 2}"')
    captions.write_text("\n".join(lines))
    return folder, captions


def trained(given: Given, *more: object):
    return inlay("train", given[0], "--captions", given[1], "--base", "tiny", "--steps", 2, *more)


def test_a_trained_model_is_offered_and_makes_pictures(home: Path, given: Given) -> None:
    ran = trained(given)
    assert ran.exit_code == 0, ran.output
    model = ModelCatalog(home / "models").get("my-cats").description
    assert (model.title, model.words) == ("My cats", ["a", "cat", "number"])
    assert model.vocabulary[0].phrases == ["a cat, number 0", "a cat, number 1"]
    assert model.latent_space == latent_space(home / "models" / "my-cats" / "vae"), "its autoencoder has learned too"
    assert Image.open(home / "models" / "my-cats" / "sheet.png").size == (288, 180)
    assert ModelCatalog(home / "models").broken() == []
    assert not [*(home / "models").glob(".*"), *(home / "data" / "training").iterdir()]
    document = written(home, sampling={"model": "my-cats", "steps": 2})
    assert inlay("generate", document, "-o", home / "a.png").exit_code == 0


def test_a_training_without_a_terminal_logs_its_vae_and_the_start_and_end_of_each_part(
    home: Path, given: Given
) -> None:
    ran = trained(given)
    chosen, *lines = ran.stdout.splitlines()
    assert chosen.startswith(
        "The model gets a VAE of its own in place of that of tiny, which reconstructs these pictures"
    )
    assert lines[0].startswith("Training the autoencoder: step 0 of 1, learning rate")
    assert lines[1].startswith("Training the autoencoder: finished at step 1 of 1")
    assert lines[2].startswith("Training the denoiser: step 0 of 2, learning rate")
    assert "loss" in lines[3]
    assert lines[4] == "Drawing the sample sheet"


def test_a_kept_vae_is_that_of_the_base_to_the_byte(home: Path, given: Given) -> None:
    ran = trained(given, "--keep-vae")
    assert ran.exit_code == 0, ran.output
    reason = next(line for line in ran.stdout.splitlines() if line.startswith("The model keeps the VAE of tiny, which"))
    assert reason.endswith("because --keep-vae was given.")
    base, folder = home / "models" / "base", home / "models" / "my-cats"
    for name in ("config.json", "diffusion_pytorch_model.safetensors"):
        assert (folder / "vae" / name).read_bytes() == (base / "vae" / name).read_bytes()
    described, tiny = (ModelCatalog(home / "models").get(id).description for id in ("my-cats", "tiny"))
    assert described.latent_space == latent_space(base / "vae")
    assert described.shares_latents(tiny)
    assert "The model keeps the VAE of" in (folder / "README.md").read_text()
    assert "autoencoder" not in ran.stdout
    assert trained(given, "--new-vae", "--name", "own").exit_code == 0
    own = ModelCatalog(home / "models").get("own").description
    assert own.latent_space == latent_space(home / "models" / "own" / "vae")
    assert not own.shares_latents(described)


def test_an_interrupted_training_is_not_resumed_with_the_other_vae(home: Path, given: Given) -> None:
    kept = home / "data" / "training" / "my-cats"
    kept.mkdir(parents=True)
    (kept / "vae-choice.json").write_text(NEW.model_dump_json())
    ran = trained(given, "--keep-vae")
    assert (ran.exit_code, "Resume it with --new-vae, or start again" in ran.stderr) == (1, True), ran.output
    assert trained(given, "--keep-vae", "--restart").exit_code == 0


@pytest.mark.slow
def test_papercut_and_a_model_that_keeps_its_vae_make_one_picture_in_one_latent_space(home: Path, given: Given) -> None:
    shutil.copytree(PAPERCUT, home / "models" / "papercut")
    for index in range(9):
        Image.fromarray(draw_panorama(910_000_000 + index, width=128).pixels).save(given[0] / f"{index}.png")
    for more in ((), ("--new-vae", "--name", "own")):
        ran = inlay("train", given[0], "--captions", given[1], "--steps", 1, *more)
        assert ran.exit_code == 0, ran.output
    patch = {"id": "cat", "box": {"x": 96, "y": 0, "width": 96, "height": 128}, "prompt": "a cat", "feather": 16}

    def document(model: str, space: str = "latent") -> Path:
        canvas = {"width": 192, "height": 128}
        layout = {"kind": "regions", "canvas": canvas, "prompt": "the sea", "patches": [patch | {"model": model}]}
        sampling = {"model": "papercut", "steps": 2, "seed": 5, "agree": {"space": space}}
        return written(home, layout=layout, sampling=sampling)

    made = []
    for space in ("latent", "pixels"):
        ran = inlay("generate", document("my-cats", space), "-o", home / f"{space}.png")
        assert ran.exit_code == 0, ran.output
        assert "meet in pixels" not in ran.output
        made.append(np.asarray(Image.open(home / f"{space}.png")))
    assert (made[0] == made[1]).all(), "models of one latent space never meet in pixels"
    refused = inlay("generate", document("own"), "-o", home / "own.png")
    assert refused.exit_code != 0
    assert "'own' works in the latent space" in refused.output


def test_minutes_end_a_training_too(home: Path, given: Given) -> None:
    ran = inlay("train", given[0], "--captions", given[1], "--base", "tiny", "--minutes", 0.01)
    assert ran.exit_code == 0, ran.output


class Interrupt:
    """A watcher that raises an interrupt, as Ctrl-C does, when a share of the whole training is done."""

    def __init__(self, at: float, done: float, share: float) -> None:
        self.at, self.done, self.share = at, done, share

    def begin(self, run: Run) -> None: ...

    def step(self, run: Run) -> None:
        if self.done + self.share * run.share_done >= self.at:
            raise KeyboardInterrupt

    def end(self, run: Run) -> None: ...


def halted(training: Training, at: float) -> None:
    """Train until this share of the work is done."""
    with pytest.raises(KeyboardInterrupt):
        train_own(training, NEW, lambda _, done, share: Interrupt(at, done, share))


@pytest.mark.slow
def test_sigterm_keeps_what_was_learned_and_the_same_command_goes_on(home: Path, given: Given) -> None:
    kept = home / "data" / "training" / "my-cats"

    def interrupt() -> None:
        while not read_losses(kept / "vae.jsonl"):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    interrupter = threading.Thread(target=interrupt, daemon=True)
    interrupter.start()
    command = ("train", given[0], "--captions", given[1], "--base", "tiny", "--minutes")
    ran = inlay(*command, 10)
    interrupter.join(10)
    assert (ran.exit_code, "the same command resumes it" in ran.stderr) == (130, True), ran.output
    saved = load_checkpoint(kept / "vae.pt")
    assert saved is not None
    assert saved["step"] > 0
    assert not (home / "models" / "my-cats").exists()
    assert inlay(*command, 0.01).exit_code == 0
    assert not kept.exists()


def test_a_full_disk_is_an_error_with_a_sentence(home: Path, given: Given) -> None:
    """The test limits files to 100 kB, which is less than a checkpoint needs."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        ran = trained(given)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ran.exit_code == 1, ran.output
    assert f"{home / 'data' / 'training' / 'my-cats'} cannot be written: File too large. Free some space" in ran.stderr
    assert trained(given).exit_code == 0


def test_a_diverged_training_is_an_error_with_a_sentence(
    home: Path, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.finetune.RATE", float("nan"))
    ran = trained(given, "--keep-vae")
    assert ran.exit_code == 1, ran.output
    assert "The training has diverged by step 2" in ran.stderr
    assert "Run the command again with fewer --steps" in " ".join(ran.stderr.split())


def test_a_second_training_of_the_same_name_is_refused(home: Path, given: Given) -> None:
    folder = home / "data" / "training" / "my-cats"
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = trained(given, "--restart")
    assert (ran.exit_code, "Another training is running" in ran.stderr) == (1, True), ran.output


def rows(encoder: CLIPTextModel) -> torch.Tensor:
    """Return the rows of the embedding, one for each token."""
    weight = encoder.get_input_embeddings().weight
    assert isinstance(weight, torch.Tensor)
    return weight


def test_each_word_of_the_captions_becomes_a_token(home: Path, given: Given) -> None:
    """The new tokens are added to those of the base model, in any script."""
    folder, captions = given
    captions.write_text("".join(f"{index}.png,un été à la plage\n" for index in range(9)))
    base = home / "models" / "base"
    training = Training(read_pictures(folder, captions), base, home / "kept", steps=1)
    known, tokenizer = load_tokenizer(base / "tokenizer"), own_tokenizer(training)
    assert len(tokenizer.tokenize("un été à la plage")) == 5
    assert len(known.tokenize("plage")) == 5
    module = train_own(training, NEW, lambda *_: None).denoiser
    old, new = (rows(encoder) for encoder in (load_denoiser(base).text_encoder, module.text_encoder))
    assert len(new) == len(tokenizer)
    spelled = old[known.convert_tokens_to_ids(known.tokenize("plage"))].mean(0)
    learned = new[tokenizer.convert_tokens_to_ids(tokenizer.tokenize("plage"))][0]
    assert torch.allclose(learned, spelled, atol=1e-3)


def test_captions_that_are_too_long_give_a_warning(home: Path, given: Given) -> None:
    _, captions = given
    long = " ".join(f"{index:x}" for index in range(60))
    captions.write_text("".join(f"{index}.png,{long if index == 0 else 'a cat'}\n" for index in range(9)))
    ran = trained(given)
    assert "One caption is longer than 48 tokens. The model reads only the first 48." in " ".join(ran.stderr.split())


@pytest.mark.slow
@pytest.mark.parametrize("at", [0.1, 0.6])
def test_an_interrupted_training_goes_on_to_the_same_model(home: Path, given: Given, at: float) -> None:
    """The test interrupts the training of the autoencoder and that of the denoiser."""
    pictures, base = read_pictures(*given), home / "models" / "base"
    whole = train_own(Training(pictures, base, home / "whole", steps=6), NEW, lambda *_: None)
    parts = Training(pictures, base, home / "parts", steps=6)
    shutil.copytree(
        home / "whole" / "tokenizer", home / "parts" / "tokenizer"
    )  # made anew, it may be numbered otherwise
    halted(parts, at)
    saved = load_checkpoint(home / "parts" / ("vae.pt" if at < 0.3 else "denoiser.pt"))
    assert saved is not None
    assert 0 < saved["step"] < 6
    resumed = train_own(parts, NEW, lambda *_: None)
    for one, other in ((whole.vae, resumed.vae), (whole.denoiser, resumed.denoiser)):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name


def test_other_pictures_do_not_go_on_with_what_was_interrupted(home: Path, given: Given) -> None:
    kept = home / "data" / "training" / "my-cats"
    kept.mkdir(parents=True)
    (kept / "trained-on").write_text("others")
    ran = trained(given)
    assert (ran.exit_code, "--restart" in ran.stderr) == (1, True)
    assert trained(given, "--restart").exit_code == 0


def test_a_taken_name_is_refused_before_anything_is_read(home: Path, given: Given) -> None:
    for name in ("tiny", "base"):
        ran = inlay("train", home / "nowhere", "--captions", given[1], "--base", "tiny", "--name", name)
        assert (ran.exit_code, f"already a model '{name}'" in ran.stderr) == (1, True), ran.output
    assert "cannot name a model" in trained(given, "--name", "my cats").stderr


def test_a_base_that_is_not_there_or_not_built_alike(home: Path, given: Given) -> None:
    write_tiny_checkpoint(home / "models" / "short", id="short", max_tokens=32)
    assert "The models offered are: short, tiny" in trained(given, "--base", "gone").stderr
    assert "Choose a base like papercut" in trained(given, "--base", "short").stderr


def test_pictures_and_captions_that_will_not_do(home: Path, given: Given) -> None:
    folder, captions = given
    lines = captions.read_text().splitlines()

    def told(*kept: str) -> str:
        captions.write_text("\n".join(kept))
        ran = trained(given)
        assert ran.exit_code == 1
        assert not (home / "data").exists()
        return ran.stderr

    assert "8.png has no caption in" in told(*lines[:-1])
    assert "9.png has a caption, but no picture in" in told(*lines, "9.png,a dog")
    assert "line 11: 8.png has a caption already" in told(*lines, "8.png,a dog")
    assert "line 11: the caption of 9.png is empty" in told(*lines, "9.png, ")
    assert "line 11: write a file name, a comma and a caption" in told(*lines, "9.png")
    (folder / "0.png").write_bytes(b"\x89PNG, but not for long")
    Image.new("RGB", (40, 200)).save(folder / "1.png")
    both = told(*lines)
    assert "0.png cannot be used. The file is not a PNG" in both
    assert "1.png has only 40 x 200 pixels" in both
    for index in (0, 1):
        (folder / f"{index}.png").unlink()
    assert "7 pictures are too few for a training; add pictures until there are at least 8." in told(
        lines[0], *lines[3:]
    )


def test_captions_come_as_commas_tabs_or_json_lines(given: Given, tmp_path: Path) -> None:
    folder, captions = given
    said = {picture.name: picture.caption for picture in read_pictures(folder, captions)}
    assert said["1.png"] == "a cat, number 1"
    tabs, records, bare = (tmp_path / name for name in ("a.tsv", "a.jsonl", "a.csv"))
    tabs.write_text("".join(f"{name}\t{caption}\n" for name, caption in said.items()))
    rows = [json.dumps({"file_name": name, "text": caption}) for name, caption in said.items()]
    records.write_text("\n".join(rows))
    bare.write_text("".join(f"{name}, {caption}\n" for name, caption in said.items()))
    for path in (tabs, records, bare):
        assert {picture.name: picture.caption for picture in read_pictures(folder, path)} == said


def test_a_quoted_caption_may_have_two_lines(given: Given, tmp_path: Path) -> None:
    captions = tmp_path / "a.csv"
    captions.write_bytes(b'file,caption\r\na.png,"a red\r\nhouse"\r\nb.png,a dog\r\nc.png,')
    with pytest.raises(TrainingError, match=r"line 5: the caption of c\.png is empty"):
        read_captions(captions)
    captions.write_bytes(captions.read_bytes() + b"a\x0bcat")
    assert read_captions(captions) == {"a.png": "a red house", "b.png": "a dog", "c.png": "a cat"}
    records = tmp_path / "a.jsonl"
    records.write_text('{"file_name": "a.png", "text": "a red\u2028house"}\n')
    assert read_captions(records) == {"a.png": "a red house"}


def test_a_quote_that_never_ends_is_an_error_with_its_line(tmp_path: Path) -> None:
    captions = tmp_path / "a.csv"
    captions.write_text('a.png,a dog\nb.png,"a cat\n' + "c.png,a house\n" * 20_000)
    with pytest.raises(TrainingError, match=r"a\.csv, line 2: .* Close the quotation marks"):
        read_captions(captions)


def test_pictures_are_upright_over_white_and_in_whole_cells(given: Given) -> None:
    folder, captions = given
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(folder / "0.png")
    turned, exif = Image.new("RGB", (200, 100), "red"), Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    turned.save(folder / "1.png", exif=exif)
    shapes = {picture.name: picture.pixels.shape[1:3] for picture in read_pictures(folder, captions)}
    assert (shapes["1.png"], shapes["3.png"], shapes["4.png"]) == ((256, 128), (128, 136), (128, 384))
    first = read_pictures(folder, captions)[0].pixels
    assert first.shape == (1, 128, 128, 3)
    assert first.min() == 255
