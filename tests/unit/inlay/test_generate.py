"""`inlay generate`: documents to pictures through the command line, with a random model."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.contracts.job import Job
from inlay.generate import Named
from tests.unit.inlay.conftest import inlay, written
from worker.run import PNG_KEY

SCENE = {
    "kind": "scene",
    "canvas": {"width": 128, "height": 128},
    "box": {"x": 32, "y": 32, "width": 64, "height": 64},
    "background": {"prompt": "mountains"},
    "object": {"prompt": "a desert"},
    "whole": {"prompt": "the sea"},
}


def test_a_document_becomes_a_picture_that_carries_it(models: Path, tmp_path: Path) -> None:
    document = written(tmp_path)
    ran = inlay("generate", document, "-o", tmp_path / "a.png")
    assert (ran.exit_code, ran.stdout.strip()) == (0, str(tmp_path / "a.png")), ran.output
    picture = Image.open(tmp_path / "a.png")
    assert picture.size == (192, 128)
    carried = tmp_path / "carried.json"
    carried.write_text(picture.info[PNG_KEY])
    resolved = Job.model_validate_json(carried.read_text())
    assert (resolved.sampling.seed, [pin.id for pin in resolved.models or []]) == (5, ["tiny"])
    assert inlay("generate", carried, "-o", tmp_path / "b.png").exit_code == 0
    assert np.array_equal(np.asarray(picture), np.asarray(Image.open(tmp_path / "b.png")))


def test_images_are_numbered_and_differ(models: Path, tmp_path: Path) -> None:
    ran = inlay("generate", written(tmp_path, images=2), "-o", tmp_path / "a.png")
    assert [Path(line).name for line in ran.stdout.split()] == ["a-1.png", "a-2.png"], ran.output
    first, second = (np.asarray(Image.open(tmp_path / f"a-{number}.png")) for number in (1, 2))
    assert not np.array_equal(first, second)
    assert not (tmp_path / "a.png").exists()


def test_every_output_of_a_scene_is_saved_under_its_node(models: Path, tmp_path: Path) -> None:
    document = written(tmp_path, layout=SCENE, outputs=["y1", "y3"])
    assert inlay("generate", document, "-o", tmp_path / "a.png").exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["a-y1.png", "a-y3.png"]


def test_names_sort_in_the_order_of_images() -> None:
    named = Named(Path("a.png"), nodes=2, images=12)
    assert [named.path("x", image).name for image in (0, 11)] == ["a-x-01.png", "a-x-12.png"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sampling": {"model": "tiny", "stepz": 3}}, "sampling.stepz is not a field of this document"),
        ({"layout": SCENE | {"box": {"x": 0, "y": 0}}}, "layout.box.width is missing"),
        ({"sampling": {"model": "gone"}}, "cannot be run: sampling.model: "),
        ({"outputs": ["y9"]}, "cannot be run: outputs"),
    ],
)
def test_a_document_that_cannot_run_is_told_where(models: Path, tmp_path: Path, changes: dict, words: str) -> None:
    ran = inlay("generate", written(tmp_path, **changes), "-o", tmp_path / "a.png")
    assert ran.exit_code == 1
    assert words in ran.stderr
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.parametrize(
    ("document", "output", "words"),
    [
        ("gone.json", "a.png", "gone.json cannot be read: No such file or directory."),
        ("document.json", "a.jpg", "is not the name of a PNG"),
        ("document.json", "no/where/a.png", "There is no folder"),
        ("broken.json", "a.png", "the document is not valid JSON"),
        ("picture.json", "a.png", "it is not text"),
    ],
)
def test_files_that_will_not_do(models: Path, tmp_path: Path, document: str, output: str, words: str) -> None:
    written(tmp_path)
    (tmp_path / "broken.json").write_text('{"layout": ')
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\r\n")
    ran = inlay("generate", tmp_path / document, "-o", tmp_path / output)
    assert (ran.exit_code, words in ran.stderr) == (1, True), ran.output


def test_without_models_it_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path / "none"))
    ran = inlay("generate", written(tmp_path), "-o", tmp_path / "a.png")
    assert (ran.exit_code, "Set INLAY_MODELS" in ran.stderr) == (1, True)


def test_a_pose_needs_a_model_that_takes_poses(models: Path, tmp_path: Path) -> None:
    control = {"kind": "pose", "joints": [[96.0, 20.0 + 6 * joint] for joint in range(14)]}
    windows = [{"prompt": "the sea", "control": control}]
    layout = {"kind": "panorama", "canvas": {"width": 192, "height": 128}, "windows": windows}
    for model, code in (("tiny", 1), ("posed", 0)):
        document = written(tmp_path, layout=layout, sampling={"model": model, "steps": 2})
        assert inlay("generate", document, "-o", tmp_path / f"{model}.png").exit_code == code
