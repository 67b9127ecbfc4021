"""LoRAs of the registry: in whole jobs, against diffusers' own pipelines, and what is refused."""

import gc
import itertools
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion_3.pipeline_stable_diffusion_3 import StableDiffusion3Pipeline
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from safetensors.torch import load_file, save_file
from torch import Tensor

from backend.contracts.model import AdapterDescription
from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_kohya_lora, write_lora
from tests.tiny.stable_diffusion import write_tiny_1_or_2
from tests.tiny.stable_diffusion_3 import write_tiny_3
from tests.tiny.stable_diffusion_xl import write_tiny_xl
from tests.unit.worker.diffusion.composing import composed, first_views, noise, run, several, theirs
from worker.diffusion.adapters.active_adapters import WeightedLora
from worker.diffusion.adapters.lora import FILE, attach_lora
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models

PIPELINES: dict[str, Any] = {
    "sd": StableDiffusionPipeline,
    "xl": StableDiffusionXLPipeline,
    "sd3": StableDiffusion3Pipeline,
}
LORAS = {"ink": "sd", "wash": "sd", "xl-ink": "xl", "sd3-ink": "sd3"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models `sd`, `xl` and `sd3`. The LoRAs `ink` and `wash` are for the first; `wash` does not change the text
    encoder. `kohya` is `wash` with Kohya's key names. The other models have one LoRA each."""
    folder = tmp_path_factory.mktemp("loras")
    sources = folder.parent / f"{folder.name}-sources"
    write_tiny_1_or_2(folder / "sd", id="sd")
    write_tiny_xl(folder / "xl")
    write_tiny_3(folder / "sd3", t5=False)
    for seed, (id, model) in enumerate(LORAS.items(), start=1):
        pipeline = PIPELINES[model].from_pretrained(folder / model, local_files_only=True, **_parts(model))
        add(write_lora(sources / id, pipeline, seed, words=id != "wash"), folder, AddOptions(id=id))
    add(write_kohya_lora(sources / "kohya.safetensors", sources / "wash"), folder, AddOptions(id="kohya"))
    return folder


def _parts(model: str) -> dict[str, None]:
    return {"text_encoder_3": None, "tokenizer_3": None} if model == "sd3" else {}


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


def loras(**weights: float) -> dict[str, Any]:
    return {"loras": [{"lora": name.replace("_", "-"), "weight": weight} for name, weight in weights.items()]}


def state(model: LoadedModel) -> list[str]:
    return [name for part in model.adapter_host.parts for name in part.state_dict()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "weights"),
    [
        ("sd", {"ink": 0.6}),
        ("sd", {"kohya": 1.0}),
        ("sd", {"ink": 0.7, "wash": -0.5}),
        ("xl", {"xl_ink": 0.6}),
        ("sd3", {"sd3_ink": 0.6}),
    ],
)
def test_a_view_under_loras_is_the_picture_of_diffusers(
    model: str, weights: dict[str, float], folder: Path, models: Models
) -> None:
    def dress(pipeline: Any) -> None:
        for name in weights:
            pipeline.load_lora_weights(folder / name.replace("_", "-"), weight_name=FILE, adapter_name=name)
        pipeline.set_adapters([*weights], [*weights.values()])

    description = models.find(model)[1]
    latents = noise(description.channels)
    load = PIPELINES[model].from_pretrained
    expected = theirs(folder / model, load, latents, prepare=dress, parts=_parts(model))
    ours = run(composed(models, description, **loras(**weights)), latents).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    bare = run(composed(models, description), latents).controls["x"]
    assert (bare - expected).abs().max() > 0.02, "the LoRA has no say"


@pytest.mark.slow
@pytest.mark.parametrize("micro_batch", [16, 3])
def test_views_of_one_model_under_several_loras_are_what_each_is_alone(models: Models, micro_batch: int) -> None:
    prompts = [
        loras(ink=1.0),
        {},
        loras(wash=0.8),
        loras(ink=0.4),
        loras(ink=1.0, wash=0.8),
        loras(ink=1.0),
    ]
    description = models.find("sd")[1]

    def views(*prompts: dict[str, Any]) -> list[Tensor]:
        return first_views(several(models, description, prompts, micro_batch=micro_batch), noise(4))

    together = views(*prompts)
    for one, asked in zip(together, prompts, strict=True):
        torch.testing.assert_close(one, views(asked)[0], rtol=0, atol=1e-4)
    differences = [float((one - other).abs().max()) for one, other in itertools.combinations(together[:5], 2)]
    assert min(differences) > 0.01
    assert all(torch.equal(one, other) for one, other in zip(together, views(*prompts), strict=True))


@pytest.mark.slow
def test_a_switch_leaves_every_weight_where_it_is(models: Models) -> None:
    """The first job has two sets of LoRAs, and the next job has others. No weight moves in memory."""
    description = models.find("sd")[1]
    network = models.get("sd").adapter_host.network

    def places() -> dict[str, int]:
        return {name: weight.data_ptr() for name, weight in network.named_parameters()}

    prepared = several(models, description, [loras(ink=1.0), loras(wash=0.8)])
    before = places()
    assert sum("lora_A" in name for name in before) > 0
    run(prepared, noise(4))
    run(several(models, description, [loras(wash=0.3), {}, loras(ink=0.1)]), noise(4))
    assert places() == before


def test_a_prompt_is_embedded_anew_only_under_loras_that_change_how_it_is_read(models: Models) -> None:
    description, loaded = models.find("sd")[1], models.get("sd")

    def tokens(**weights: float) -> Tensor:
        prepared = composed(models, description, prompt="read again", negative_prompt="and this", **loras(**weights))
        return prepared.graph.at(0).observables[0].denoiser.conditioning.positive.tokens

    calls: list[Any] = []
    hook = loaded.adapter_host.encoders["text_encoder"].register_forward_pre_hook(lambda *_: calls.append(1))
    bare, ink, half, wash, again = tokens(), tokens(ink=1.0), tokens(ink=0.5), tokens(wash=1.0), tokens(ink=1.0)
    hook.remove()
    assert torch.equal(bare, wash)
    assert torch.equal(ink, again)
    assert min(float((one - other).abs().max()) for one, other in ((bare, ink), (bare, half), (ink, half))) > 0.01
    assert len(calls) == 3 * 2, "each of three readings, of the prompt and of the negative prompt"


@pytest.mark.slow
def test_adapters_do_not_compile_a_network_again(folder: Path) -> None:
    models = Models(folder, "cpu")
    description, network = models.find("sd")[1], models.get("sd").adapter_host.network
    [expected] = first_views(composed(models, description, **loras(ink=1.0)), noise(4))
    compiled: list[Any] = []

    def compiler(graph: Any, inputs: Any) -> Any:
        compiled.append(graph)
        return graph.forward

    network.compile(backend=compiler)
    [dressed] = first_views(composed(models, description, **loras(ink=1.0)), noise(4))
    assert torch.equal(dressed, expected)
    assert not compiled
    first_views(composed(models, description), noise(4))
    assert compiled


def test_an_unused_lora_is_unloaded_and_the_model_is_unchanged(folder: Path) -> None:
    loaded = Models(folder, "cpu").get("sd")
    before = state(loaded)
    ink, wash = attach_lora(folder / "ink", loaded.adapter_host), attach_lora(folder / "wash", loaded.adapter_host)
    loaded.adapter_host.set_loras((WeightedLora(ink, 1.0), WeightedLora(wash, 1.0)))
    both = state(loaded)
    del ink
    gc.collect()
    assert len(before) < len(state(loaded)) < len(both)
    del wash
    gc.collect()
    assert state(loaded) == before


@pytest.mark.slow
def test_loras_share_the_budget_of_models_and_the_longest_unused_goes_first(folder: Path) -> None:
    """After that, the model without LoRAs still makes the same picture."""
    size = Models(folder, "cpu")
    description = size.find("sd")[1]
    bare = run(composed(size, description), noise(4)).controls["x"]
    weights = sum(
        tensor.nbytes for file in (folder / "sd").rglob("*.safetensors") for tensor in load_file(file).values()
    )
    models = Models(folder, "cpu", weights + 1_000)
    with pytest.raises(
        DiffusionError, match=r"'ink on sd \d+' needs .* beside .* of models that the same picture uses"
    ):
        composed(models, description, **loras(ink=1.0))
    inked = max(one.stat().st_size for one in (folder / "ink").glob("*.safetensors"))
    models = Models(folder, "cpu", weights + inked)
    run(composed(models, description, **loras(ink=1.0)), noise(4))
    run(composed(models, description, **loras(wash=1.0)), noise(4))
    assert {key.split()[0] for key in models.loaded()} == {"sd", "wash"}
    assert torch.equal(run(composed(models, description), noise(4)).controls["x"], bare)


def _register(folder: Path, model: Path, tensors: dict[str, Tensor] | bytes) -> Models:
    """Write a model and a LoRA into a folder by hand, without the checks of `inlay models add`."""
    (folder / "odd").mkdir(parents=True)
    (folder / "sd").symlink_to(model)
    said = AdapterDescription(
        entry="lora", id="odd", title="Odd", kind="stable-diffusion", revision="1", licence="not stated"
    )
    (folder / "odd" / "inlay.json").write_text(json.dumps(said.model_dump()))
    if isinstance(tensors, bytes):
        (folder / "odd" / FILE).write_bytes(tensors)
    else:
        save_file(tensors, folder / "odd" / FILE)
    return Models(folder, "cpu")


def _wide(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: one.repeat(1, 2) if name.endswith("attn1.to_q.lora.down.weight") else one for name, one in tensors.items()
    }


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda tensors: pickle.dumps({"weights": 1}), "is a pickle, which could run code"),
        (_wide, r"is made for a unet\.\S*attn1\.to_q of width 16, and this model's has 8"),
        (
            lambda tensors: {name.replace("mid_block", "late_block"): one for name, one in tensors.items()},
            r"has weights for unet\.late_block\S*, which this model does not have",
        ),
        (
            lambda tensors: tensors | {"text_encoder_3.lora_A.weight": torch.zeros(2, 2)},
            r"1 of its \d+ weights are for other parts; .* to unet, text_encoder only",
        ),
        (lambda tensors: tensors | {"unet.x.dora_scale": torch.zeros(2)}, "is a DoRA"),
    ],
    ids=["pickle", "wide", "other layers", "other parts", "dora"],
)
def test_a_lora_that_does_not_fit_leaves_the_model_unchanged(
    spoil: Callable[[dict[str, Tensor]], Any], sentence: str, folder: Path, tmp_path: Path
) -> None:
    models = _register(tmp_path / "models", folder / "sd", spoil(load_file(folder / "ink" / FILE)))
    loaded = models.get("sd")
    before = state(loaded)
    with pytest.raises(DiffusionError, match=sentence):
        composed(models, models.find("sd")[1], **loras(odd=1.0))
    assert state(loaded) == before
    assert models.loaded() == {"sd"}


def test_a_lora_for_another_kind_is_refused_before_it_is_read(models: Models) -> None:
    with pytest.raises(DiffusionError, match="'ink' is made for models of kind stable-diffusion, and 'xl' is of kind"):
        composed(models, models.find("xl")[1], **loras(ink=1.0))
    with pytest.raises(DiffusionError, match=r"There is no LoRA 'oil' in .* ink, kohya, sd3-ink, wash, xl-ink"):
        composed(models, models.find("sd")[1], **loras(oil=1.0))
