"""The worked examples: each can be run, in words that papercut is taught."""

import json
from pathlib import Path

import pytest

from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay.generate import compiled_document, read_document
from tests.unit.inlay.conftest import inlay
from worker.training.captions import vocabulary
from worker.training.sheet import FACES, LANDSCAPES
from worker.training.text import words_of

EXAMPLES = sorted(Path("examples").glob("*.json"))
BUNDLED = Path("models")


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Path:
    return request.param


def prompts(value: object) -> list[str]:
    """Every prompt in a document, however deep."""
    if isinstance(value, dict):
        here = [text for key, text in value.items() if key == "prompt"]
        return here + [text for inner in value.values() for text in prompts(inner)]
    return [text for inner in value for text in prompts(inner)] if isinstance(value, list) else []


def test_every_kind_of_layout_has_an_example() -> None:
    kinds = [read_document(path).layout.kind for path in EXAMPLES]
    assert set(kinds) == {"panorama", "regions", "scene", "portrait", "illusion", "texture"}
    assert len(kinds) == 9


def test_an_example_compiles_for_a_model_that_takes_poses(example: Path, checkpoints: Path) -> None:
    job = read_document(example)
    job = job.model_copy(update={"sampling": job.sampling.model_copy(update={"model": "posed"})})
    models = ModelCatalog(checkpoints).models()
    compiled = compile_job(resolve(job, models, Limits()), models, Limits())
    assert compiled.cost > 0
    posed = any(observable.prompted.pose for observable in compiled.graph.observables)
    assert posed == (job.layout.kind == "portrait")


def test_an_example_without_a_pose_compiles_for_papercut(example: Path) -> None:
    job = read_document(example)
    if job.layout.kind != "portrait":
        assert compiled_document(example, BUNDLED).job.sampling.model == "papercut"


def test_an_example_is_in_words_that_are_taught(example: Path) -> None:
    """The words of the suggestions, and of the prompts on the sheets of a release."""
    phrases = [phrase for group in vocabulary() for phrase in group["phrases"]]
    taught = words_of([*phrases, *LANDSCAPES, *FACES])
    said = words_of(prompts(json.loads(example.read_text())))
    assert not set(said) - set(taught)


def test_a_portrait_becomes_a_picture(models: Path, tmp_path: Path) -> None:
    document = json.loads(Path("examples/portrait-doctor.json").read_text())
    document["sampling"] |= {"model": "posed", "steps": 2}
    (tmp_path / "doctor.json").write_text(json.dumps(document))
    ran = inlay("generate", tmp_path / "doctor.json", "-o", tmp_path / "doctor.png")
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / "doctor.png").exists()
