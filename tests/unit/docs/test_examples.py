"""The API accepts the job documents in the documentation unchanged."""

import ast
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from backend.contracts.job import Compiled, Job
from backend.contracts.layout import Prompted
from backend.contracts.start import Start
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from training.pictures import read_pictures
from training.vae_choice import choose_vae

ROOT = Path(__file__).parents[3]
UPLOAD = "0" * 64


def fenced(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def compiled(document: Any) -> Compiled:
    models = ModelCatalog(ROOT / "models").models()
    return compile_job(resolve(Job.model_validate_json(json.dumps(document)), models, Limits()), models, Limits())


def test_the_job_of_the_readme_runs() -> None:
    (request,) = (text for text in fenced("README.md", "sh") if "/api/jobs" in text)
    (body,) = re.findall(r"-d '(.*?)'$", request, re.DOTALL | re.MULTILINE)
    assert compiled(json.loads(body)).views > 1


def test_the_job_of_the_page_on_rest_runs() -> None:
    (program,) = fenced("docs/rest.md", "python")
    (job,) = (one.value for one in ast.parse(program).body if isinstance(one, ast.Assign) and _name(one) == "job")
    assert compiled(ast.literal_eval(job)).views > 1


def test_two_styles_and_papercut_make_one_picture_in_one_latent_space(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "examples" / "train" / "draw_styles.py"))
    papercut = ModelCatalog(ROOT / "models").get("papercut")
    models, choices = {"papercut": papercut}, []
    for style in script["STYLES"]:
        script["draw_style"](tmp_path, style, 0, drawings=2)
        drawn = read_pictures(tmp_path / style, tmp_path / f"{style}.csv")
        choices.append(choose_vae(drawn, ROOT / "models" / "papercut", tmp_path / "training" / style, None))
        description = papercut.description.model_copy(update={"id": style})
        models[style] = papercut.model_copy(update={"description": description})
    assert [choice.keep for choice in choices] == [True, True]
    job = Job.model_validate_json((ROOT / "examples" / "train" / "three-models.json").read_bytes())
    made = compile_job(resolve(job, models, Limits()), models, Limits())
    assert {one.prompted.model for one in made.graph.observables} == {"papercut", "blueprint", "sepia"}
    assert made.notes == []


def _name(assignment: ast.Assign) -> str:
    (target,) = assignment.targets
    return target.id if isinstance(target, ast.Name) else ""


GRAPHS = fenced("docs/graphs.md", "json")


@pytest.mark.parametrize("text", GRAPHS)
def test_every_job_of_the_page_on_graphs_runs(text: str) -> None:
    made = compiled(json.loads(text))
    assert made.views >= 1
    assert made.job.layout.kind == "custom"


def test_the_prompt_of_the_page_on_adapters_is_one() -> None:
    (prompt,) = fenced("docs/adapters.md", "json")
    TypeAdapter(Prompted).validate_json(prompt.replace("<upload>", UPLOAD))


def test_the_guides_of_the_page_on_guides_are_a_layout() -> None:
    (job,) = fenced("docs/guides.md", "json")
    layout = Job.model_validate_json(re.sub(r"<(upload|mask)>", UPLOAD, job)).layout
    assert layout.kind == "panorama"
    assert [guide.kind for guide in layout.guides] == ["sketch", "palette", "keep_close"]


STARTS = re.findall(r"`(\{\"picture\": id.*?\})`", (ROOT / "docs/start-picture.md").read_text())


@pytest.mark.parametrize("start", STARTS)
def test_every_start_of_the_page_on_start_pictures_is_one(start: str) -> None:
    Start.model_validate_json(start.replace("id", f'"{UPLOAD}"', 1))


def test_the_page_on_start_pictures_has_all_its_starts() -> None:
    assert len(STARTS) >= 2
