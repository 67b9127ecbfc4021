"""`inlay models` turns a folder or a file into a model that the studio offers, or changes nothing."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from backend.contracts.model import ModelDescription
from backend.store.models import ModelCatalog
from tests.tiny.adapters import write_controlnet_3, write_ip_adapter
from tests.tiny.parts import tiny_vae
from tests.tiny.single_file import write_single_file
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.tiny.stable_diffusion_3 import write_tiny_3
from tests.tiny.stable_diffusion_xl import write_tiny_xl
from tests.unit.inlay.conftest import inlay, written
from tests.unit.inlay.registry.conftest import UNET, added, left, refused


def test_a_folder_becomes_a_model_that_makes_pictures(models: Path, bare: Path, tmp_path: Path) -> None:
    ran = inlay("models", "add", bare)
    assert ran.exit_code == 0, ran.output
    said = added(models, "tiny-v1-5")
    facts = (said.kind, said.native_size, said.cell, said.channels, said.prediction, said.max_tokens, said.licence)
    assert facts == ("stable-diffusion", 128, 8, 8, "v_prediction", 32, "openrail")
    assert said.cross_attention_dim == 32
    assert said.weights_bytes == sum(path.stat().st_size for path in bare.rglob("*.safetensors"))
    assert np.abs(said.latent_rgb.factors).max() > 0.01
    assert (models / "tiny-v1-5" / UNET).samefile(bare / UNET), "weights are linked where they can be"
    assert not (models / "tiny-v1-5" / "model_index.json").samefile(bare / "model_index.json")
    assert [path.name for path in left(models)] == ["tiny-v1-5"]
    document = written(tmp_path, sampling={"model": "tiny-v1-5", "steps": 2, "seed": 5})
    assert inlay("generate", document, "-o", tmp_path / "out.png").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "id", "facts"),
    [
        (write_tiny_xl, "xl", ("stable-diffusion-xl", 4, "epsilon", "dpmsolver++")),
        (write_tiny_3, "third", ("stable-diffusion-3", 16, "flow", "flow-euler")),
    ],
)
def test_every_kind_is_added_and_makes_pictures(
    models: Path, tmp_path: Path, write: Callable[..., ModelDescription], id: str, facts: tuple[str, int, str, str]
) -> None:
    theirs = write(tmp_path / id)
    (tmp_path / id / "inlay.json").unlink()
    ran = inlay("models", "add", tmp_path / id)
    assert ran.exit_code == 0, ran.output
    said = added(models, id)
    assert (said.kind, said.channels, said.prediction, said.defaults.scheduler) == facts
    assert (said.native_size, said.cell, said.max_tokens) == (theirs.native_size, theirs.cell, theirs.max_tokens)
    assert said.largest_view == {"third": 384}.get(id)
    document = written(tmp_path, sampling={"model": id, "steps": 2, "seed": 5})
    made = inlay("generate", document, "-o", tmp_path / "out.png")
    assert made.exit_code == 0, made.output


def test_what_the_operator_says_goes_before(models: Path, bare: Path) -> None:
    named = ("--id", "other", "--title", "Other", "--licence", "MIT", "--latent-space", "sd")
    assert inlay("models", "add", bare, *named).exit_code == 0
    said = added(models, "other")
    assert (said.title, said.licence, said.latent_space) == ("Other", "MIT", "sd")


@pytest.mark.slow
def test_the_latent_space_is_named_after_the_weights_of_the_vae(models: Path, source: Path) -> None:
    for id in ("one", "same", "other"):
        if id == "same":
            change_weights(source / UNET)
        if id == "other":
            change_weights(source / "vae" / "diffusion_pytorch_model.safetensors")
        assert inlay("models", "add", source, "--id", id).exit_code == 0
    one, same, other = (added(models, id).latent_space for id in ("one", "same", "other"))
    assert one == same != other
    assert len(one or "") == 16


def test_a_folder_that_describes_itself_is_taken_at_its_word(models: Path, tmp_path: Path) -> None:
    theirs = write_tiny_checkpoint(tmp_path / "posed", id="posed", words=["sea"], pose=True)
    assert inlay("models", "add", tmp_path / "posed", "--id", "mine").exit_code == 0
    said = added(models, "mine")
    assert (said.controlnets, said.words, said.latent_rgb) == (["pose"], ["sea"], theirs.latent_rgb)
    assert (models / "mine" / "controlnet_pose" / "diffusion_pytorch_model.safetensors").is_file()


def change_weights(file: Path) -> None:
    tensors = load_file(file)
    file.unlink()  # it may be linked to elsewhere
    save_file({name: tensor + 0.01 for name, tensor in tensors.items()}, file, metadata={"format": "pt"})


def rename_a_pickle(folder: Path) -> None:
    (folder / UNET).write_bytes(pickle.dumps({"weights": [1.0]}))


def cut_short(folder: Path) -> None:
    (folder / UNET).write_bytes((folder / UNET).read_bytes()[:-100])


def lose_a_shard(folder: Path) -> None:
    (folder / UNET).rename(folder / "unet" / "diffusion_pytorch_model-00001-of-00002.safetensors")
    files = {name: f"diffusion_pytorch_model-0000{i}-of-00002.safetensors" for i, name in ((1, "a"), (2, "b"))}
    index = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": files}))


def lose_a_part(folder: Path) -> None:
    shutil.rmtree(folder / "text_encoder")


def lose_a_configuration(folder: Path) -> None:
    (folder / "vae" / "config.json").unlink()


def lose_a_scheduler(folder: Path) -> None:
    (folder / "scheduler" / "scheduler_config.json").unlink()


def keep_other_formats(folder: Path) -> None:
    (folder / UNET).rename(folder / "unet" / "diffusion_pytorch_model.bin")


def lose_some_weights(folder: Path) -> None:
    tensors = load_file(folder / UNET)
    tensors.pop("conv_out.weight")
    save_file(tensors, folder / UNET, metadata={"format": "pt"})


def ask_for_code(folder: Path) -> None:
    change_index(folder, unet=["my_unet", "MyUnet"])


def be_of_another_kind(folder: Path) -> None:
    change_index(folder, _class_name="WuerstchenPipeline")


def escape(folder: Path) -> None:
    change_index(folder, **{"../unet": ["diffusers", "UNet2DConditionModel"]})


def change_index(folder: Path, **changes: object) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | changes))


def configure(part: str, **changes: object) -> Callable[[Path], None]:
    """Return a function that changes values in the configuration of a part."""

    def spoil(folder: Path) -> None:
        [file] = [one for one in (folder / part).iterdir() if one.name in ("config.json", "scheduler_config.json")]
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return spoil


def be_no_json(folder: Path) -> None:
    (folder / "model_index.json").write_text("{")


def be_no_model(folder: Path) -> None:
    (folder / "model_index.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (rename_a_pickle, "unet: diffusion_pytorch_model.safetensors is a pickle"),
        (cut_short, "unet: diffusion_pytorch_model.safetensors has "),
        (lose_a_shard, "diffusion_pytorch_model-00002-of-00002.safetensors is missing; diffusion_pytorch_model.saf"),
        (lose_a_part, "text_encoder is missing; model_index.json names it"),
        (lose_a_configuration, "vae/config.json is missing"),
        (lose_a_scheduler, "scheduler/scheduler_config.json is missing"),
        (keep_other_formats, "unet holds diffusion_pytorch_model.bin, which Inlay does not read"),
        (lose_some_weights, "lacks 1 weights, among them conv_out.weight"),
        (ask_for_code, "takes unet from the library 'my_unet'; Inlay loads only"),
        (be_of_another_kind, "Inlay does not support WuerstchenPipeline"),
        (escape, "names a part '../unet', which is not the name of a folder beside it"),
        (configure("text_encoder", intermediate_size=48), "fc1.bias, among others, is of another shape than"),
        (configure("unet", block_out_channels=[8, 32]), "is of another shape than"),
        (configure("vae", norm_num_groups=1, block_out_channels=[8, 8, 8, 16]), "is of another shape than"),
        (configure("unet", block_out_channels=8), "block_out_channels is 8, where a list of whole numbers"),
        (configure("unet", sample_size="large"), "sample_size is 'large', where a whole number above 0"),
        (configure("unet", sample_size=10**6), "native_size is 8000000, and Input should be less than"),
        (configure("vae", scaling_factor=0), "scaling_factor is 0, where a number above 0"),
        (configure("scheduler", trained_betas=[]), "scheduler_config.json cannot be read"),
        (configure("scheduler", steps_offset="x"), "steps_offset is 'x', where a whole number"),
        (configure("text_encoder", initializer_factor="x"), "text_encoder cannot be loaded"),
        (be_no_json, "model_index.json cannot be read"),
        (be_no_model, "model_index.json is missing: a model is a folder in diffusers' layout"),
    ],
)
def test_a_bad_folder_is_refused_by_its_file_and_leaves_nothing(
    models: Path, source: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(source)
    assert reason in refused("add", source)
    assert left(models) == []


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("model.ckpt", b"anything", "is a pickle, which could run code"),
        ("model.safetensors", pickle.dumps({"a": 1}), "model.safetensors is a pickle"),
        ("model.gguf", b"anything", "is a GGUF file"),
        ("model.txt", b"anything", "model.txt is not a safetensors file"),
        (None, b"", "There is no"),
    ],
)
def test_a_bad_file_is_refused(models: Path, tmp_path: Path, name: str | None, data: bytes, reason: str) -> None:
    file = tmp_path / (name or "gone")
    if name is not None:
        file.write_bytes(data)
    assert reason in refused("add", file)
    assert left(models) == []


def test_names_are_checked_before_anything_is_read(models: Path, bare: Path) -> None:
    assert inlay("models", "add", bare, "--id", "tiny").exit_code == 0
    assert "already a model 'tiny'" in refused("add", bare, "--id", "tiny")
    assert "cannot name a model" in refused("add", bare, "--id", "my model")
    assert "cannot name a model" in refused("add", bare, "--id", "../out")
    assert "cannot name a latent space" in refused("add", bare, "--latent-space", "a b")
    assert "There is no kind 'flux'" in refused("add", bare, "--kind", "flux")


def test_what_a_killed_run_left_is_never_offered_and_makes_way(models: Path, bare: Path) -> None:
    half = models / ".adding" / "tiny"
    shutil.copytree(bare, half)
    (half / "inlay.json").write_text("{}")
    assert ModelCatalog(models).entries().broken == []
    assert inlay("models", "add", bare, "--id", "tiny").exit_code == 0
    assert [path.name for path in left(models)] == ["tiny"]


def test_of_two_precisions_the_full_one_is_taken(models: Path, source: Path) -> None:
    half = {name: tensor.half() for name, tensor in load_file(source / UNET).items()}
    save_file(half, source / "unet" / "diffusion_pytorch_model.fp16.safetensors", metadata={"format": "pt"})
    save_file(half, source / "unet" / "diffusion_pytorch_model.non_ema.safetensors", metadata={"format": "pt"})
    assert inlay("models", "add", source, "--id", "both").exit_code == 0
    assert [path.name for path in (models / "both" / "unet").glob("*.safetensors")] == [Path(UNET).name]
    (source / UNET).unlink()
    assert inlay("models", "add", source, "--id", "half").exit_code == 0
    kept = [path.name for path in (models / "half" / "unet").glob("*.safetensors")]
    assert kept == ["diffusion_pytorch_model.fp16.safetensors"]


def test_one_file_is_converted_like_a_similar_folder(models: Path, bare: Path, tmp_path: Path) -> None:
    file = tmp_path / "Tiny-single.safetensors"
    write_single_file(bare, file)
    ran = inlay("models", "add", file, "--like", bare)
    assert ran.exit_code == 0, ran.output
    assert added(models, "tiny-single").latent_space == _space(models, bare)
    for part in ("unet", "vae"):
        name = f"{part}/diffusion_pytorch_model.safetensors"
        ours, theirs = load_file(models / "tiny-single" / name), load_file(bare / name)
        assert ours.keys() == theirs.keys()
        assert all((ours[key] == theirs[key]).all() for key in ours)
    assert {path.name for path in left(models)} == {"tiny-single", "folder"}


def _space(models: Path, folder: Path) -> str | None:
    assert inlay("models", "add", folder, "--id", "folder").exit_code == 0
    return added(models, "folder").latent_space


def test_one_file_without_a_similar_folder_is_refused(models: Path, bare: Path, tmp_path: Path) -> None:
    file = tmp_path / "single.safetensors"
    write_single_file(bare, file)
    assert "with --like FOLDER" in refused("add", file)
    write_tiny_checkpoint(tmp_path / "narrow", channels=4)
    said = refused("add", file, "--like", tmp_path / "narrow")
    assert f"is not a whole checkpoint of the architecture of {tmp_path / 'narrow'}: the denoiser's number of" in said
    assert (
        "latent channels is 8 in the file, and 4 in the folder; the VAE's number of latent channels is 8 in the file"
        in said
    )
    assert not any(word in said for word in ("github", "low_cpu_mem_usage", "torch.Size", "from_single_file"))
    tensors = {name: one for name, one in load_file(file).items() if not name.startswith("cond_stage_model.")}
    save_file(tensors, file)
    assert f"of the architecture of {bare}: it holds no text encoder." in refused("add", file, "--like", bare)
    assert left(models) == []


def test_weights_that_one_file_lacks_are_not_made_up(models: Path, bare: Path, tmp_path: Path) -> None:
    file = tmp_path / "single.safetensors"
    write_single_file(bare, file)
    tensors = load_file(file)
    tensors.pop("model.diffusion_model.out.2.weight")
    save_file(tensors, file)
    said = refused("add", file, "--like", bare)
    assert "its weights are not those of that architecture, or some of them are missing" in said
    assert "meta" not in said


def lora(file: Path, width: int, prefix: str = "unet.") -> Path:
    """Write a LoRA with peft's key names, for one attention of a UNet."""
    block = f"{prefix}down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.lora_"
    shapes = {"A.weight": (4, width), "B.weight": (16, 4)}
    file.parent.mkdir(exist_ok=True)
    save_file({block + name: torch.zeros(shape) for name, shape in shapes.items()}, file)
    return file


def test_a_lora_lies_beside_the_models_it_fits(models: Path, bare: Path, tmp_path: Path) -> None:
    assert inlay("models", "add", bare, "--id", "tiny").exit_code == 0
    ran = inlay("models", "add", lora(tmp_path / "Ink.safetensors", 32), "--licence", "MIT")
    assert "lora for stable-diffusion, fits tiny" in ran.stdout, ran.output
    adapter = ModelCatalog(models).entries().adapters["ink"].description
    assert (adapter.entry, adapter.cross_attention_dim, adapter.licence) == ("lora", 32, "MIT")
    assert (models / "ink" / "pytorch_lora_weights.safetensors").is_file()
    lora(tmp_path / "wide" / "pytorch_lora_weights.safetensors", 2048)
    ran = inlay("models", "add", tmp_path / "wide")
    assert "lora for stable-diffusion-xl, fits none of your models" in ran.stdout, ran.output
    assert "ink" in inlay("models", "list").stdout
    assert inlay("models", "check").exit_code == 0


def test_a_controlnet_is_a_folder_of_its_own(models: Path, tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "posed", pose=True)
    ran = inlay("models", "add", tmp_path / "posed" / "controlnet_pose", "--id", "edges")
    assert "controlnet for stable-diffusion, fits none of your models" in ran.stdout, ran.output
    adapter = ModelCatalog(models).entries().adapters["edges"].description
    assert (adapter.entry, adapter.cross_attention_dim, adapter.in_channels) == ("controlnet", 32, 8)
    shutil.copytree(tmp_path / "posed" / "unet", tmp_path / "no-controlnet")
    assert "is not of a ControlNet that Inlay supports" in refused("add", tmp_path / "no-controlnet")


def test_a_controlnet_of_stable_diffusion_3_fits_the_models_of_its_width(models: Path, tmp_path: Path) -> None:
    write_tiny_3(tmp_path / "third", t5=False)
    (tmp_path / "third" / "inlay.json").unlink()
    assert inlay("models", "add", tmp_path / "third").exit_code == 0
    assert added(models, "third").adapters == ["controlnet", "lora", "ip-adapter"]
    transformer = tmp_path / "third" / "transformer"
    for id, width, fits in (("canny", 64, "third"), ("wide", 24, "none of your models")):
        ran = inlay("models", "add", write_controlnet_3(tmp_path / id, transformer, joint_attention_dim=width))
        assert f"controlnet for stable-diffusion-3, fits {fits}" in ran.stdout, ran.output


def test_an_ip_adapter_is_known_by_its_weights_and_brings_its_image_encoder(
    models: Path, bare: Path, tmp_path: Path
) -> None:
    file = write_ip_adapter(tmp_path / "ip", bare / "unet")
    assert inlay("models", "add", file, "--id", "ip").exit_code == 0
    adapter = ModelCatalog(models).entries().adapters["ip"].description
    assert (adapter.entry, adapter.kind, adapter.cross_attention_dim) == ("ip-adapter", "stable-diffusion", 32)
    assert {one.name for one in left(models / "ip" / "image_encoder")} == {"config.json", "model.safetensors"}
    assert inlay("models", "add", file, "--id", "xl", "--kind", "stable-diffusion-xl").exit_code == 0
    assert ModelCatalog(models).entries().adapters["xl"].description.kind == "stable-diffusion-xl"
    shutil.rmtree(file.parent / "image_encoder")
    assert "image_encoder is missing; an IP-Adapter needs it" in refused("add", file, "--id", "blind")
    assert {one.name for one in left(models)} == {"ip", "xl"}


def test_list_check_and_remove(models: Path, source: Path) -> None:
    assert "There is no model in" in inlay("models", "list").stdout
    assert inlay("models", "add", source, "--id", "tiny", "--licence", "[/x] MIT").exit_code == 0
    listed = inlay("models", "list").stdout
    assert all(told in listed for told in ("tiny", "stable-diffusion", "8 at 1/8", "[/x] MIT", "Tiny")), listed
    checked = inlay("models", "check", "tiny")
    assert "tiny: intact, and it loads." in checked.stdout, checked.output
    change_weights(models / "tiny" / UNET)
    assert f"tiny: {UNET} has changed since it was added" in refused("check")
    (models / "tiny" / UNET).write_bytes(b"junk")
    listed = inlay("models", "list")
    assert "tiny is not offered: diffusion_pytorch_model.safetensors is not a safetensors file" in listed.stderr
    assert "is not a safetensors file" in refused("check", "tiny")
    assert "There is no 'gone'" in refused("remove", "gone")
    assert inlay("models", "remove", "tiny").exit_code == 0
    assert left(models) == []
    assert (source / UNET).is_file(), "what was added from stays"


def test_a_model_whose_files_another_one_shares_is_not_removed_before_it(models: Path, source: Path) -> None:
    assert inlay("models", "add", source, "--id", "tiny").exit_code == 0
    link = models / "twin" / "unet" / "config.json"
    link.parent.mkdir(parents=True)
    link.symlink_to("../../tiny/unet/config.json")
    assert "others use its files. Remove them first: twin." in refused("remove", "tiny")
    assert (models / "tiny" / UNET).is_file()
    shutil.rmtree(models / "twin")
    assert inlay("models", "remove", "tiny").exit_code == 0


def test_a_tiny_decoder_comes_along_and_is_checked(models: Path, bare: Path, tmp_path: Path) -> None:
    tiny_vae(8).save_pretrained(tmp_path / "taesd")
    ran = inlay("models", "add", bare, "--tiny-vae", tmp_path / "taesd")
    assert ran.exit_code == 0, ran.output
    beside = models / "tiny-v1-5" / "tiny_vae" / "diffusion_pytorch_model.safetensors"
    assert beside.samefile(tmp_path / "taesd" / beside.name)
    assert inlay("models", "check").exit_code == 0
    again = inlay("models", "add", models / "tiny-v1-5", "--id", "again")
    assert again.exit_code == 0, again.output
    assert (models / "again" / "tiny_vae" / "config.json").is_file(), "a model's own comes along as well"
    spoiled = beside.read_bytes()[:-1] + b"\x01"
    beside.unlink()
    beside.write_bytes(spoiled)
    assert "tiny_vae/diffusion_pytorch_model.safetensors has changed" in refused("check", "tiny-v1-5")


def test_a_tiny_decoder_that_does_not_fit_is_refused(models: Path, bare: Path, tmp_path: Path) -> None:
    tiny_vae(4).save_pretrained(tmp_path / "taesd")
    said = refused("add", bare, "--tiny-vae", tmp_path / "taesd")
    assert f"{tmp_path / 'taesd' / 'config.json'}: latent_channels is 4, but a latent of the model has 8" in said
    assert "is missing; --tiny-vae names it" in refused("add", bare, "--tiny-vae", tmp_path / "nowhere")
    assert left(models) == []
