import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from safetensors.torch import load_file, save_file

from tests.tiny.parts import TEXT_WIDTH, weights_bytes
from tests.tiny.stable_diffusion import load_tiny_checkpoint, write_tiny_checkpoint
from training.denoiser import build_unet
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.parts import loaded_bytes


def test_a_model_is_loaded_once_and_the_longest_unused_is_let_go(models_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(models_folder, tmp_path / "models")
    write_tiny_checkpoint(tmp_path / "models" / "third", id="third")
    one = weights_bytes(*_modules(load_tiny_checkpoint(models_folder, "tiny")))
    models = Models(tmp_path / "models", "cpu", budget=2 * one)
    assert models.loaded() == frozenset()
    tiny = models.get("tiny")
    models.get("noisy")
    assert models.get("tiny") is tiny
    models.get("third")
    assert models.loaded() == {"tiny", "third"}


def _modules(model: StableDiffusion) -> tuple[torch.nn.Module, ...]:
    return model.network.unet, model.clip.encoder, model.decoder.vae


def test_what_a_model_will_take_is_told_before_it_is_loaded(models_folder: Path) -> None:
    for dtype in (torch.float32, torch.bfloat16):
        taken = sum(
            p.numel() * p.element_size()
            for m in _modules(load_tiny_checkpoint(models_folder, "tiny", dtype))
            for p in m.parameters()
        )
        Models(models_folder, "cpu", taken, dtype).get("tiny")
        with pytest.raises(DiffusionError, match=r"The model 'tiny' needs .* but models may take"):
            Models(models_folder, "cpu", taken - 1, dtype).get("tiny")


def test_the_transformed_weights_of_a_model_count_as_its_weights(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    shutil.rmtree(tmp_path / "tiny" / "unet")
    wide = build_unet(8, TEXT_WIDTH, (80, 96, 96))
    wide.save_pretrained(tmp_path / "tiny" / "unet")
    model = load_tiny_checkpoint(tmp_path, "tiny")
    taken = weights_bytes(*_modules(model))
    assert taken > 3 * weights_bytes(wide)
    Models(tmp_path, "cpu", int(1.1 * taken)).get("tiny")
    with pytest.raises(DiffusionError, match=r"The model 'tiny' needs .* but models may take"):
        Models(tmp_path, "cpu", taken - 1).get("tiny")


def test_a_model_that_was_replaced_under_its_id_is_loaded_anew(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    models = Models(tmp_path, "cpu")
    first = models.get("tiny")
    assert models.get("tiny") is first
    shutil.rmtree(tmp_path / "tiny")
    write_tiny_checkpoint(tmp_path / "elsewhere", prediction="epsilon", seed=1)
    second = models.get("tiny")
    assert (first.clock.prediction, second.clock.prediction) == ("v_prediction", "epsilon")
    assert models.loaded() == {"tiny"}


def test_a_model_whose_linked_files_were_replaced_is_loaded_anew(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    write_tiny_checkpoint(tmp_path / "large", id="large")
    own, linked = (tmp_path / id / "unet" / "diffusion_pytorch_model.safetensors" for id in ("tiny", "large"))
    linked.unlink()
    linked.symlink_to(Path("..", "..", "tiny", "unet", own.name))
    models = Models(tmp_path, "cpu")
    first = models.get("large")
    said = models.folders()
    assert models.get("large") is first
    weights = {name: weight + 1 for name, weight in load_file(own).items()}
    save_file(weights, own)
    second = models.get("large")
    assert isinstance(second, StableDiffusion)
    assert torch.equal(second.network.unet.conv_in.weight, weights["conv_in.weight"].float())
    assert models.folders() != said, "the ranks of a worker compare the new files"


def test_weights_of_other_variants_count_for_nothing(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    before = loaded_bytes(tmp_path / "tiny" / "unet", torch.float32)
    weights = tmp_path / "tiny" / "unet" / "diffusion_pytorch_model.safetensors"
    for name in ("diffusion_pytorch_model.non_ema.safetensors", "diffusion_pytorch_model.fp16.safetensors"):
        shutil.copy(weights, weights.with_name(name))
    assert loaded_bytes(tmp_path / "tiny" / "unet", torch.float32) == before
    Models(tmp_path, "cpu").get("tiny")


def test_passes_are_sized_once_a_model_and_size_of_view(models_folder: Path) -> None:
    models = Models(models_folder, "cpu")
    tiny = models.get("tiny")
    assert models.batches(tiny, 256, 4) is models.batches(tiny, 256, 4)
    assert models.batches(tiny, 256, 4).limit == 4
    assert models.batches(tiny, 2**50, 4).limit == 1, "no memory has room for two such views"


def test_a_model_is_held_in_the_device_s_precision(models_folder: Path) -> None:
    tiny = load_tiny_checkpoint(models_folder, "tiny")
    assert {tiny.network.unet.dtype, tiny.clip.encoder.dtype, tiny.decoder.vae.dtype} == {torch.float32}
    half = load_tiny_checkpoint(models_folder, "tiny", torch.bfloat16)
    assert (half.network.unet.dtype, half.decoder.vae.dtype) == (torch.bfloat16, torch.float32)
    assert not half.network.unet.training


def test_weights_stored_in_half_precision_load_in_full(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "plain", id="plain")
    write_tiny_checkpoint(tmp_path / "variant", id="variant")
    for name, suffix in (("plain", ""), ("variant", ".fp16")):
        file = tmp_path / name / "unet" / "diffusion_pytorch_model.safetensors"
        halved = {key: weight.half() for key, weight in load_file(file).items()}
        file.unlink()
        save_file(halved, file.with_name(f"diffusion_pytorch_model{suffix}.safetensors"))
    plain, variant = (load_tiny_checkpoint(tmp_path, id).network.unet for id in ("plain", "variant"))
    assert plain.dtype == variant.dtype == torch.float32
    assert torch.equal(plain.conv_in.weight, variant.conv_in.weight)


def test_an_unknown_model_is_refused_with_those_there_are(models_folder: Path) -> None:
    with pytest.raises(DiffusionError, match=r"There is no model 'sd' in .*That folder holds: posed, noisy, tiny"):
        Models(models_folder, "cpu").get("sd")


def _edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def _drop_a_weight(folder: Path) -> None:
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    del weights["conv_in.weight"]
    save_file(weights, file)


def _pickle(folder: Path) -> None:
    file = folder / "vae" / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(file), file.with_suffix(".bin"))
    file.unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: (f / "unet" / "config.json").unlink(), "unet/config.json is missing"),
        (lambda f: (f / "unet" / "config.json").write_text("{"), "unet/config.json cannot be read"),
        (lambda f: shutil.rmtree(f / "tokenizer"), "tokenizer_config.json is missing"),
        (lambda f: (f / "scheduler" / "scheduler_config.json").unlink(), "scheduler_config.json is missing"),
        (
            lambda f: (f / "text_encoder" / "model.safetensors").write_bytes(b"junk" * 99),
            "text_encoder: model.safetensors is not a safe",
        ),
        (_drop_a_weight, "diffusion_pytorch_model.safetensors lacks 1 weights, among them conv_in.weight"),
        (_pickle, "vae holds no .safetensors file; Inlay reads no other format of weights"),
        (lambda f: _edit(f / "inlay.json", channels=4), "inlay.json: channels is 4, but the folder's own .* 8"),
        (lambda f: _edit(f / "inlay.json", cell=16), "inlay.json: cell is 16, but the folder's own .* 8"),
        (lambda f: _edit(f / "inlay.json", prediction="epsilon"), "inlay.json: prediction is 'epsilon', but"),
        (lambda f: _edit(f / "inlay.json", licence=7), "inlay.json: licence: Input should be a valid string"),
        (lambda f: (f / "inlay.json").write_text("{"), "inlay.json: the document: Invalid JSON"),
    ],
)
def test_a_bad_folder_is_refused_with_the_file(tmp_path: Path, spoil: Callable[[Path], object], sentence: str) -> None:
    folder = tmp_path / "tiny"
    write_tiny_checkpoint(folder)
    Models(tmp_path, "cpu").get("tiny")
    spoil(folder)
    with pytest.raises(DiffusionError, match=sentence):
        Models(tmp_path, "cpu").get("tiny")


def test_a_bad_folder_does_not_stand_in_its_neighbours_way(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "a", id="a")
    write_tiny_checkpoint(tmp_path / "b", id="b")
    (tmp_path / "a" / "inlay.json").write_text("{}")
    assert Models(tmp_path, "cpu").get("b").description.id == "b"


def test_a_controlnet_is_loaded_where_inlay_json_says_so(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "posed", id="posed", pose=True)
    controlnet = load_tiny_checkpoint(tmp_path, "posed", torch.bfloat16).network.controlnet
    assert controlnet is not None
    assert controlnet.dtype == torch.bfloat16
    assert not controlnet.training
    _edit(tmp_path / "posed" / "inlay.json", controlnets=[])
    assert load_tiny_checkpoint(tmp_path, "posed").network.controlnet is None


def _shrink_the_picture_by_sixteen(folder: Path) -> None:
    unet = load_tiny_checkpoint(folder.parent, "posed").network.unet
    other = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 8, 8, 8, 8))
    other.save_pretrained(folder / "controlnet_pose")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: shutil.rmtree(f / "controlnet_pose"), "controlnet_pose/config.json is missing"),
        (
            _shrink_the_picture_by_sixteen,
            "conditioning_embedding_out_channels shrinks its picture by 16, but .* is 8 pixels, which is no multiple",
        ),
        (
            lambda f: (f / "controlnet_pose" / "diffusion_pytorch_model.safetensors").write_bytes(b"junk" * 99),
            "controlnet_pose: diffusion_pytorch_model.safetensors is not a safetensors file",
        ),
        (
            lambda f: (
                write_tiny_checkpoint(f.parent / "wide", id="wide", channels=4, pose=True)
                and shutil.copytree(f.parent / "wide" / "controlnet_pose", f / "controlnet_pose", dirs_exist_ok=True)
            ),
            "controlnet_pose/config.json: in_channels is 4, but the UNet has 8",
        ),
    ],
)
def test_a_bad_controlnet_is_refused_with_the_file(
    tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    folder = tmp_path / "posed"
    write_tiny_checkpoint(folder, id="posed", pose=True)
    spoil(folder)
    with pytest.raises(DiffusionError, match=sentence):
        Models(tmp_path, "cpu").get("posed")
