"""`inlay generate`: documents to pictures through the command line, with a random model."""

import hashlib
import os
import re
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.contracts.job import Job
from backend.store.pictures import as_colour, as_grey
from backend.store.pictures.documents import PNG_KEY
from inlay.generate import Named
from tests.unit.inlay.conftest import inlay, written

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


def test_only_the_kept_images_are_written_the_best_first(models: Path, tmp_path: Path) -> None:
    ran = inlay("generate", written(tmp_path, images=3), "-o", tmp_path / "a.png")
    assert ran.exit_code == 0, ran.output
    ran = inlay("generate", written(tmp_path, images=3, keep=2), "-o", tmp_path / "b.png")
    names = [Path(line).name for line in ran.stdout.split()]
    assert sorted(path.name for path in tmp_path.glob("b*.png")) == sorted(names)
    kept, dropped = re.findall(r"(\d+) \(([.\d]+)\)", ran.stderr)[:2], re.findall(r"Dropped: (\d+)", ran.stderr)
    assert names == [f"b-{int(seed) - 4}.png" for seed, _ in kept]
    assert [float(residual) for _, residual in kept] == sorted(float(residual) for _, residual in kept)
    assert {*dropped} == {"5", "6", "7"} - {seed for seed, _ in kept}
    for name in names:
        assert (tmp_path / name).read_bytes() == (tmp_path / name.replace("b", "a", 1)).read_bytes()


@pytest.mark.parametrize(
    ("outputs", "names"),
    [(None, ["a.png", "a-x1.png", "a-x2.png"]), (["y1", "y3"], ["a.png", "a-y3.png"]), (["x2"], ["a.png"])],
)
def test_the_first_output_of_a_scene_takes_the_given_name_and_the_others_add_their_nodes(
    models: Path, tmp_path: Path, outputs: list[str] | None, names: list[str]
) -> None:
    ran = inlay("generate", written(tmp_path, layout=SCENE, outputs=outputs), "-o", tmp_path / "a.png")
    assert [Path(line).name for line in ran.stdout.split()] == names, ran.output
    assert sorted(path.name for path in tmp_path.glob("*.png")) == sorted(names)
    assert len({np.asarray(Image.open(tmp_path / name)).tobytes() for name in names}) == len(names)


def test_names_sort_in_the_order_of_images() -> None:
    named = Named(Path("a.png"), nodes=["x", "y1"], images=12)
    assert [named.path("x", image).name for image in (0, 11)] == ["a-01.png", "a-12.png"]
    assert [named.path("y1", image).name for image in (0, 11)] == ["a-y1-01.png", "a-y1-12.png"]


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
        ("document.json", "folder.png", "is not the name of a PNG"),
        ("document.json", "no/where/a.png", "does not exist. Make it first"),
        ("broken.json", "a.png", "the document is not valid JSON"),
        ("picture.json", "a.png", "it is not text"),
    ],
)
def test_files_that_will_not_do(models: Path, tmp_path: Path, document: str, output: str, words: str) -> None:
    written(tmp_path)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "broken.json").write_text('{"layout": ')
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\r\n")
    ran = inlay("generate", tmp_path / document, "-o", tmp_path / output)
    assert (ran.exit_code, words in ran.stderr) == (1, True), ran.output


def test_another_seed_and_model_take_the_place_of_the_documents(models: Path, tmp_path: Path) -> None:
    document = written(tmp_path)
    assert inlay("generate", document, "-o", tmp_path / "a.png").exit_code == 0
    carried = tmp_path / "carried.json"
    carried.write_text(Image.open(tmp_path / "a.png").info[PNG_KEY])
    ran = inlay("generate", carried, "-o", tmp_path / "b.png", "--seed", 6, "--model", "posed")
    assert ran.exit_code == 0, ran.output
    resolved = Job.model_validate_json(Image.open(tmp_path / "b.png").info[PNG_KEY])
    pins = [pin.id for pin in resolved.models or []]
    assert (resolved.sampling.seed, resolved.sampling.model, pins) == (6, "posed", ["posed"])


def test_a_picture_is_made_again_from_the_document_that_it_carries(models: Path, tmp_path: Path) -> None:
    """The document is also read after another program saved the picture again, with the document in another kind of
    chunk."""
    assert inlay("generate", written(tmp_path), "-o", tmp_path / "a.png").exit_code == 0
    assert b"tEXtinlay\0" in (tmp_path / "a.png").read_bytes()  # which most programs keep
    with Image.open(tmp_path / "a.png") as made:
        text = PngInfo()
        text.add_itxt(PNG_KEY, made.info[PNG_KEY], zip=True)
        made.save(tmp_path / "again.png", pnginfo=text)
        made.save(tmp_path / "bare.png")
        before = made.tobytes()
    for picture in ("a.png", "again.png"):
        ran = inlay("generate", tmp_path / picture, "-o", tmp_path / "b.png")
        assert ran.exit_code == 0, ran.output
        assert Image.open(tmp_path / "b.png").tobytes() == before
    ran = inlay("generate", tmp_path / "bare.png", "-o", tmp_path / "b.png")
    assert (ran.exit_code, "carries no job document" in ran.stderr) == (1, True), ran.output


def masked(folder: Path, mask: str) -> Path:
    """Write a document whose patch has the shape of a mask."""
    patch = {"id": "house", "prompt": "a house", "mask": mask}
    canvas = {"width": 192, "height": 128}
    return written(folder, layout={"kind": "regions", "canvas": canvas, "prompt": "the sea", "patches": [patch]})


def test_a_mask_is_a_file_beside_the_document(models: Path, tmp_path: Path) -> None:
    """The mask's id is that of an upload of the same picture. The command also finds the mask under this id."""
    for name, left in (("house.png", 40), ("other.png", 80)):
        mask = Image.new("L", (192, 128))
        mask.paste(255, (left, 48, left + 48, 112))
        mask.save(tmp_path / name)
        ran = inlay("generate", masked(tmp_path, name), "-o", tmp_path / f"of-{name}")
        assert ran.exit_code == 0, ran.output
    pixels = {path.name: np.asarray(Image.open(path)).tobytes() for path in tmp_path.glob("of-*.png")}
    assert len(set(pixels.values())) == 2
    layout = Job.model_validate_json(Image.open(tmp_path / "of-house.png").info[PNG_KEY]).layout
    assert layout.kind == "regions"
    id = layout.patches[0].mask
    assert id is not None
    assert id == hashlib.sha256(as_grey((tmp_path / "house.png").read_bytes(), 10**6).png).hexdigest()
    (tmp_path / "house.png").rename(tmp_path / f"{id}.png")
    assert inlay("generate", masked(tmp_path, id), "-o", tmp_path / "again.png").exit_code == 0
    assert np.asarray(Image.open(tmp_path / "again.png")).tobytes() == pixels["of-house.png"]


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        ("gone.png", "gone.png: No such file or directory. Save the mask there"),
        ("0" * 64, "The document names an upload, whose picture would be"),
        ("document.json", "document.json cannot be used. The file is JSON, and not a PNG"),
        ("small.png", "layout.patches.0.mask: the mask has 8 x 8 pixels and the canvas 192 x 128"),
    ],
)
def test_masks_that_will_not_do(models: Path, tmp_path: Path, mask: str, words: str) -> None:
    Image.new("L", (8, 8), 255).save(tmp_path / "small.png")
    ran = inlay("generate", masked(tmp_path, mask), "-o", tmp_path / "a.png")
    assert (ran.exit_code, words in ran.stderr) == (1, True), ran.output


def shades(folder: Path, name: str = "before.png", size: tuple[int, int] = (192, 128)) -> np.ndarray:
    """Write a picture as a file, and return its pixels."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    picture.save(folder / name)
    return np.asarray(picture)


def test_a_picture_is_redrawn_under_a_mask(models: Path, tmp_path: Path) -> None:
    """The document in the PNG names the picture and the mask by the ids of uploads. The command also finds both under
    these ids."""
    before = shades(tmp_path)
    mask = np.zeros((128, 192), np.uint8)
    mask[32:96, 64:128] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    options = ["--picture", tmp_path / "before.png", "--strength", "1", "--mask", tmp_path / "mask.png"]
    ran = inlay("generate", written(tmp_path), "-o", tmp_path / "a.png", *options)
    assert ran.exit_code == 0, ran.output
    made = Image.open(tmp_path / "a.png")
    changed = (np.asarray(made) != before).any(-1)
    assert not changed[mask == 0].any()
    assert changed[mask > 0].mean() > 0.9
    start = Job.model_validate_json(made.info[PNG_KEY]).start
    assert start is not None
    assert start.mask is not None
    assert (start.strength, start.picture) == (
        1,
        hashlib.sha256(as_colour((tmp_path / "before.png").read_bytes(), 10**6).png).hexdigest(),
    )
    (tmp_path / "before.png").rename(tmp_path / f"{start.picture}.png")
    (tmp_path / "mask.png").rename(tmp_path / f"{start.mask}.png")
    (tmp_path / "carried.json").write_text(made.info[PNG_KEY])
    assert inlay("generate", tmp_path / "carried.json", "-o", tmp_path / "b.png").exit_code == 0
    assert np.array_equal(np.asarray(made), np.asarray(Image.open(tmp_path / "b.png")))


def test_a_start_is_a_file_beside_the_document(models: Path, tmp_path: Path) -> None:
    before = shades(tmp_path)
    start = {"picture": "before.png", "box": {"x": 0, "y": 0, "width": 64, "height": 128}}
    assert inlay("generate", written(tmp_path, start=start), "-o", tmp_path / "a.png").exit_code == 0
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png"))[:, 64:], before[:, 64:])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--picture", "gone.png"], "gone.png: No such file or directory. Save the picture there"),
        (["--picture", "document.json"], "document.json cannot be used. The file is JSON, and not a PNG"),
        (["--picture", "tall.png"], "start.fit: the picture has 128 x 192 pixels and the canvas 192 x 128"),
        (["--picture", "before.png", "--strength", "0"], "start.strength"),
        (["--picture", "before.png", "--mask", "tall.png"], "start.mask: the mask has 128 x 192 pixels"),
        (["--strength", "0.5"], "start.picture is missing"),
    ],
)
def test_starts_that_will_not_do(models: Path, tmp_path: Path, options: list[str], words: str) -> None:
    shades(tmp_path)
    shades(tmp_path, "tall.png", (128, 192))
    given = [str(tmp_path / option) if "." in option and not option[0].isdigit() else option for option in options]
    ran = inlay("generate", written(tmp_path), "-o", tmp_path / "a.png", *given)
    assert (ran.exit_code, words in ran.stderr) == (1, True), ran.output
    assert not (tmp_path / "a.png").exists()


def test_ctrl_c_leaves_whole_pictures_only(models: Path, tmp_path: Path) -> None:
    """SIGTERM has the same effect as Ctrl-C. The test sends it once the first of many pictures exists."""
    document, first = written(tmp_path, images=16), tmp_path / "a-01.png"

    def interrupt() -> None:
        while not first.exists():
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGTERM)

    interrupter = threading.Thread(target=interrupt, daemon=True)
    interrupter.start()
    ran = inlay("generate", document, "-o", tmp_path / "a.png")
    interrupter.join(10)
    assert (ran.exit_code, f"Stopped. These pictures are saved: {first}" in ran.stderr) == (130, True), ran.output
    left = {path.name for path in tmp_path.iterdir()} - {document.name}
    assert 1 <= len(left) < 16
    for name in left:
        Image.open(tmp_path / name).load()


def test_a_device_that_is_not_there(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_DEVICE", "abacus")
    ran = inlay("generate", written(tmp_path), "-o", tmp_path / "a.png")
    assert (ran.exit_code, "INLAY_DEVICE is abacus" in ran.stderr) == (1, True), ran.output


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
