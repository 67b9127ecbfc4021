"""The examples: each can be run, and its prompts contain only words that papercut is taught."""

import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from backend.contracts.job import Job
from backend.store.models import ModelCatalog
from inlay.errors import CommandError
from inlay.generate import Overrides, compiled_document
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.docs.test_examples import fenced
from tests.unit.inlay.conftest import inlay
from training.papercut.captions import vocabulary
from training.papercut.sheet import FACES, LANDSCAPES
from training.text import words_of

EXAMPLES = sorted(Path("examples").glob("*.json"))
GUIDED = sorted(Path("examples/guides").glob("*.json"))
"""Examples that name pictures beside them. The studio cannot offer these, because a server has no such uploads."""
BUNDLED = Path("models")


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def as_papercut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random model that has the id papercut and takes poses."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "papercut", id="papercut", pose=True)
    return folder


def _job(path: Path) -> Job:
    return Job.model_validate_json(path.read_text())


def prompts(value: object) -> list[str]:
    """Return every prompt in a document, at any depth."""
    if isinstance(value, dict):
        here = [text for key, text in value.items() if key == "prompt"]
        return here + [text for inner in value.values() for text in prompts(inner)]
    return [text for inner in value for text in prompts(inner)] if isinstance(value, list) else []


def test_every_kind_of_layout_has_three_examples() -> None:
    kinds = ("panorama", "regions", "scene", "portrait", "illusion", "texture", "custom")
    assert Counter(_job(path).layout.kind for path in EXAMPLES) == dict.fromkeys(kinds, 3)


def test_an_example_is_named_after_its_kind(example: Path) -> None:
    """The studio makes the example's title from the rest of the name."""
    assert example.stem.startswith(f"{_job(example).layout.kind}-")


def test_an_example_compiles_for_a_model_that_takes_poses(example: Path, as_papercut: Path) -> None:
    compiled = compiled_document(example, as_papercut)
    assert compiled.cost > 0
    posed = any(observable.prompted.pose for observable in compiled.graph.observables)
    assert posed == (compiled.job.layout.kind == "portrait")


def test_an_example_compiles_for_the_bundled_model_unless_it_lacks_the_pose(example: Path) -> None:
    posed = ModelCatalog(BUNDLED).get("papercut").description.controlnets == ["pose"]
    if _job(example).layout.kind == "portrait" and not posed:
        with pytest.raises(CommandError, match="has no pose ControlNet; leave the pose out"):
            compiled_document(example, BUNDLED)
    else:
        assert compiled_document(example, BUNDLED).job.sampling.model == "papercut"


@pytest.mark.parametrize("path", GUIDED, ids=lambda path: path.stem)
def test_an_example_with_guides_compiles_with_the_pictures_beside_it(path: Path) -> None:
    compiled = compiled_document(path, BUNDLED)
    layout = compiled.job.layout
    assert layout.kind != "custom"
    assert len(compiled.graph.laws) == len(layout.guides) > 0


def test_every_kind_of_guide_has_an_example() -> None:
    layouts = [compiled_document(path, BUNDLED).job.layout for path in GUIDED]
    kinds = {guide.kind for layout in layouts if layout.kind != "custom" for guide in layout.guides}
    assert kinds == {"sketch", "palette", "keep_close"}


def test_a_portrait_says_that_a_model_takes_no_poses(checkpoints: Path) -> None:
    with pytest.raises(CommandError, match=r"layout\.body\.control: the model 'tiny' has no pose ControlNet"):
        compiled_document(Path("examples/portrait-doctor.json"), checkpoints, Overrides("tiny"))


@pytest.mark.parametrize("example", [*EXAMPLES, *GUIDED], ids=lambda path: path.stem)
def test_an_example_is_in_words_that_are_taught(example: Path) -> None:
    """The taught words are those of the suggestions, and of the prompts on the sheets of a release."""
    phrases = [phrase for group in vocabulary() for phrase in group["phrases"]]
    taught = words_of([*phrases, *LANDSCAPES, *FACES])
    said = words_of(prompts(json.loads(example.read_text())))
    assert not set(said) - set(taught)


def test_the_graph_of_the_documentation_becomes_a_picture(as_papercut: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(as_papercut))
    text = fenced("docs/graphs.md", "json")[0]
    (tmp_path / "graph.json").write_text(json.dumps(json.loads(text) | {"sampling": {"model": "papercut", "steps": 2}}))
    ran = inlay("generate", tmp_path / "graph.json", "-o", tmp_path / "graph.png")
    assert ran.exit_code == 0, ran.output
    assert Image.open(tmp_path / "graph.png").size == (256, 128)


def test_a_portrait_becomes_a_picture(models: Path, tmp_path: Path) -> None:
    document = json.loads(Path("examples/portrait-doctor.json").read_text())
    document["sampling"] |= {"model": "posed", "steps": 2}
    (tmp_path / "doctor.json").write_text(json.dumps(document))
    ran = inlay("generate", tmp_path / "doctor.json", "-o", tmp_path / "doctor.png")
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / "doctor.png").exists()
