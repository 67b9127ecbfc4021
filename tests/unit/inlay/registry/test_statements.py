"""The metadata of a checkpoint takes precedence over the similar folder, and contradictions are errors."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.tiny.single_file import write_single_file
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.inlay.conftest import inlay, written
from tests.unit.inlay.registry.conftest import UNET, added, left, refused

SCHEDULER = "scheduler/scheduler_config.json"


@pytest.fixture(scope="module")
def epsilon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a model that predicts epsilon."""
    folder = tmp_path_factory.mktemp("like") / "epsilon"
    write_tiny_checkpoint(folder, prediction="epsilon")
    (folder / "inlay.json").unlink()
    return folder


@pytest.fixture
def checkpoint(epsilon: Path, tmp_path: Path) -> Any:
    """Return a function that writes a checkpoint of one file with these marker weights and this metadata."""

    def write(*markers: str, **notes: str) -> Path:
        file = tmp_path / "one.safetensors"
        write_single_file(epsilon, file)
        tensors = load_file(file) | {name: torch.zeros(0) for name in markers}
        save_file(tensors, file, metadata={name.replace("__", "."): value for name, value in notes.items()})
        return file

    return write


def scheduler(models: Path) -> dict[str, Any]:
    return json.loads((models / "one" / SCHEDULER).read_text())


@pytest.mark.parametrize("notes", [{}, {"modelspec__prediction_type": "v"}])
def test_a_checkpoint_that_is_marked_as_v_prediction_predicts_v(
    models: Path, epsilon: Path, checkpoint: Any, notes: dict[str, str]
) -> None:
    markers = () if notes else ("v_pred",)
    ran = inlay("models", "add", checkpoint(*markers, **notes), "--like", epsilon)
    assert ran.exit_code == 0, ran.output
    assert "predicts v_prediction" in ran.stdout
    assert added(models, "one").prediction == "v_prediction"
    assert scheduler(models)["prediction_type"] == "v_prediction"
    assert not scheduler(models).get("rescale_betas_zero_snr")


def test_one_that_was_trained_up_to_pure_noise_runs_from_pure_noise(
    models: Path, epsilon: Path, checkpoint: Any, tmp_path: Path
) -> None:
    ran = inlay("models", "add", checkpoint("v_pred", "ztsnr"), "--like", epsilon)
    assert ran.exit_code == 0, ran.output
    assert added(models, "one").prediction == "v_prediction"
    said = scheduler(models)
    assert (said["rescale_betas_zero_snr"], said["timestep_spacing"]) == (True, "trailing")
    document = written(tmp_path, sampling={"model": "one", "steps": 2, "seed": 5})
    made = inlay("generate", document, "-o", tmp_path / "out.png")
    assert made.exit_code == 0, made.output


def test_the_parametrization_in_a_yaml_beside_it_is_read(models: Path, epsilon: Path, checkpoint: Any) -> None:
    file = checkpoint()
    file.with_suffix(".yaml").write_text('model:\n  params:\n    parameterization: "v"\n')
    assert inlay("models", "add", file, "--like", epsilon).exit_code == 0
    assert added(models, "one").prediction == "v_prediction"


def test_a_checkpoint_without_metadata_is_like_its_folder(models: Path, epsilon: Path, checkpoint: Any) -> None:
    file = checkpoint(modelspec__architecture="stable-diffusion-v1", modelspec__license="CreativeML")
    assert inlay("models", "add", file, "--like", epsilon).exit_code == 0
    assert (added(models, "one").prediction, added(models, "one").licence) == ("epsilon", "CreativeML")


@pytest.mark.parametrize(
    ("markers", "notes", "what"),
    [
        (["ztsnr"], {}, "the weight 'ztsnr' in one.safetensors the model was trained with zero terminal SNR"),
        (
            ["v_pred"],
            {"modelspec__prediction_type": "epsilon"},
            "contradicts itself: it is v_prediction according to the weight 'v_pred' in",
        ),
        (["edm_mean", "edm_std"], {}, "has the weight 'edm_mean', so it is an EDM model"),
        ([], {"modelspec__prediction_type": "sample"}, "modelspec.prediction_type in one.safetensors is 'sample'"),
        ([], {"modelspec__prediction_type": "flow"}, "The file states flow (by "),
        ([], {"modelspec__architecture": "stable-diffusion-xl-v1-base"}, "of kind stable-diffusion-xl according to "),
        ([], {"modelspec__architecture": "flux-1-schnell"}, "is made for 'flux-1-schnell' according to"),
    ],
)
def test_contradictions_are_errors_with_a_sentence(
    models: Path, epsilon: Path, checkpoint: Any, markers: list[str], notes: dict[str, str], what: str
) -> None:
    assert what in refused("add", checkpoint(*markers, **notes), "--like", epsilon)
    assert left(models) == []


@pytest.mark.parametrize(
    ("markers", "what"),
    [
        (["v_pred"], "the model predicts v_prediction, but "),
        (["ztsnr"], "the model was trained with zero terminal SNR, but "),
    ],
)
def test_a_folder_whose_weights_contradict_its_scheduler_is_refused(
    models: Path, source: Path, markers: list[str], what: str
) -> None:
    config = json.loads((source / SCHEDULER).read_text())
    if "v_pred" in markers:
        (source / SCHEDULER).write_text(json.dumps(config | {"prediction_type": "epsilon"}))
    save_file(load_file(source / UNET) | {name: torch.zeros(0) for name in markers}, source / UNET)
    said = refused("add", source)
    assert what in said
    assert SCHEDULER in said
