"""A worker of two ranks, which are two processes: it makes the pictures of one rank bit for bit, and a lost rank costs
the lease and nothing else.

All tests share one group of ranks, because its start is what takes time. The last test kills a rank.
"""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import safetensors.torch
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from PIL import Image

from backend.contracts.job import Compiled, Job
from backend.graph import Limits, compile_job, resolve
from backend.store.images import Images
from backend.store.migrations import migrate
from backend.store.models import ModelCatalog
from backend.store.processes import Processes
from inlay.registry.adding import AddOptions, add
from inlay_engine.errors import EngineError
from inlay_engine.sampler import Step
from tests.integration.worker.conftest import OWNER, placed, soon
from tests.tiny.adapters import write_lora
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.graph.documents import box, canvas, custom, panorama
from tests.unit.worker.diffusion.test_control import STANDING
from worker.build.prepare import prepare
from worker.diffusion.loading import Models
from worker.job.pulse import heartbeat
from worker.job.run import work
from worker.ranks.errors import RankError
from worker.ranks.leader import EXIT_RANK, Leader, lead
from worker.settings import Settings

MICRO_BATCH = 3  # small, so that a step of a small canvas has several batches
PICTURE = Image.linear_gradient("L").resize((256, 128)).convert("RGB")
BEYOND = 2**50  # more numbers than any memory holds


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, a LoRA for them, and a model whose answers are not finite."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny", pose=True)
    write_tiny_checkpoint(folder / "other", id="other", prediction="epsilon", seed=1)
    write_tiny_checkpoint(folder / "broken", id="broken")
    weights = folder / "broken" / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = safetensors.torch.load_file(weights)
    safetensors.torch.save_file(tensors | {"conv_out.bias": tensors["conv_out.bias"] * torch.nan}, weights)
    pipeline = StableDiffusionPipeline.from_pretrained(folder / "tiny", local_files_only=True)
    add(write_lora(tmp_path_factory.mktemp("lora"), pipeline, 1), folder, AddOptions(id="ink"))
    return folder


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


@pytest.fixture(scope="module")
def leader(folder: Path) -> Iterator[Leader]:
    threads = torch.get_num_threads()
    leader = lead(Settings(models=folder, device="cpu", ranks=2))
    yield leader
    leader.close()
    torch.set_num_threads(threads)


def compiled(folder: Path, layout: dict[str, Any], sampling: dict[str, Any], **rest: Any) -> Compiled:
    document = {"layout": layout, "sampling": {"model": "tiny", "steps": 3, "seed": 1, **sampling}, **rest}
    catalog = ModelCatalog(folder)
    described = {model.description.id: model for model in catalog.list()}
    mask = np.zeros((128, 256), np.uint8)
    mask[30:100, 20:90] = 255
    job = resolve(Job.model_validate(document), described, Limits(), catalog.entries().adapters)
    return compile_job(job, described, Limits(), lambda _: mask, lambda _: PICTURE.size)


def on_one(models: Models, job: Compiled, micro_batch: int = MICRO_BATCH) -> list[Step]:
    return [*prepare(job.graph, job.job, models, lambda _: PICTURE, micro_batch).sample()]


def on_two(leader: Leader, models: Models, job: Compiled, micro_batch: int = MICRO_BATCH) -> list[Step]:
    return [*leader.prepare(job.graph, job.job, models, lambda _: PICTURE, micro_batch).sample()]


def assert_same(one: list[Step], two: list[Step]) -> None:
    for ours, theirs in zip(one, two, strict=True):
        assert ours.residual == theirs.residual
        assert all(torch.equal(ours.controls[name], theirs.controls[name]) for name in ours.controls)
        assert all(torch.equal(ours.views[name].clean, theirs.views[name].clean) for name in ours.views)


def observable(name: str, x: int, width: int, model: str) -> dict[str, Any]:
    window = {"kind": "crop", "control": "x", "box": box(x, 0, width, 16)}
    prompted = {"prompt": f"a {name}", "negative_prompt": "", "guidance": 3.0, "model": model}
    return {"name": name, "operator": window, "prompted": prompted, "precision": {"group": "all"}}


PATCHES = [
    {"id": "hill", "prompt": "a hill", "mask": "0" * 64, "loras": [{"lora": "ink", "weight": 0.8}]},
    {"id": "figure", "prompt": "a figure", "box": box(128, 0, 128, 128), "feather": 16}
    | {"control": {"kind": "pose", "joints": [[x + 128, y] for x, y in STANDING]}},
    {"id": "seen", "prompt": "a house", "box": box(96, 32, 64, 64), "weight": 0},
]
GRAPH = {
    "controls": [{"name": "x", "channels": 8, "width": 40, "height": 16}],
    "observables": [
        observable("wide", 0, 24, "tiny"),
        *(observable(f"narrow{x}", x, 16, "tiny") for x in (8, 16, 24)),
        *(observable(f"strange{x}", x, 16, "other") for x in (0, 12, 24)),
    ],
    "outputs": [{"node": "x", "width": 320, "height": 128}],
}
START = {"picture": "1" * 64, "strength": 0.7, "box": box(128, 0, 128, 128)}
JOBS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "panorama with a coarse view, by DPM-Solver++": (
        panorama(320, 128, wrap="x"),
        {"coarse": {"weight": 10.0}, "scheduler": "dpmsolver++", "eta": 0.0},
        {},
    ),
    "shifted windows with fresh noise": (panorama(256, 192), {"windows": {"shift": True}, "eta": 1.0}, {}),
    "regions with a mask, a LoRA and a ControlNet": (
        {"kind": "regions", "canvas": canvas(256, 128), "prompt": "a meadow", "patches": PATCHES},
        {},
        {},
    ),
    "custom graph of two models": (custom(GRAPH), {}, {}),
    "start picture": (panorama(256, 128), {"steps": 4}, {"start": START}),
}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_two_ranks_make_the_picture_of_one(
    leader: Leader, models: Models, folder: Path, job: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
) -> None:
    layout, sampling, rest = job
    made = compiled(folder, layout, sampling, **rest)
    assert_same(on_one(models, made), on_two(leader, models, made))


def test_memory_that_runs_out_on_one_rank_makes_the_batches_of_all_smaller(
    leader: Leader, folder: Path, models: Models
) -> None:
    short = Models(folder, "cpu")  # rank 0's; rank 1 has memory enough

    def hook(_module: torch.nn.Module, given: tuple[Any, ...]) -> None:
        torch.empty(BEYOND if len(given[0]) > 2 else 1)

    short.get("tiny").denoiser.register_forward_pre_hook(hook)
    made = compiled(folder, panorama(320, 128), {})
    assert_same(on_one(models, made, micro_batch=2), on_two(leader, short, made, micro_batch=4))


def test_a_fault_of_the_model_is_the_sentence_of_one_rank_and_the_ranks_go_on(
    leader: Leader, folder: Path, models: Models
) -> None:
    made = compiled(folder, panorama(256, 128), {"model": "broken"})
    with pytest.raises(EngineError, match="the denoiser of the model 'broken'") as alone:
        on_one(models, made)
    with pytest.raises(EngineError) as together:
        on_two(leader, models, made)
    assert (str(together.value), type(together.value)) == (str(alone.value), type(alone.value))
    fine = compiled(folder, panorama(256, 128), {})
    assert_same(on_one(models, fine), on_two(leader, models, fine))


def test_ranks_with_other_models_are_refused(leader: Leader, tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny", seed=7)
    write_tiny_checkpoint(tmp_path / "new", id="new")
    other = Models(tmp_path, "cpu")
    made = compiled(tmp_path, panorama(256, 128), {})
    with pytest.raises(
        RankError, match=r"Rank 1 \(cpu\) cannot run this job: This job was accepted with the model tiny"
    ):
        on_two(leader, other, made)
    unpinned = made.model_copy(update={"job": made.job.model_copy(update={"models": None})})
    with pytest.raises(RankError, match=r"Rank 1 \(cpu\) has another 'tiny' in its folder of models than rank 0"):
        on_two(leader, other, unpinned)
    with pytest.raises(RankError, match=r"Rank 1 \(cpu\) cannot run this job: There is no model 'new'"):
        on_two(leader, other, compiled(tmp_path, panorama(256, 128), {"model": "new"}))


def test_a_lost_rank_costs_the_lease_and_nothing_else(leader: Leader, folder: Path, tmp_path: Path) -> None:
    """Rank 1 is killed half way. The job goes back to the queue with its progress, and a worker of one rank ends it
    with the picture of one rank."""
    url = f"sqlite:///{tmp_path / 'inlay.db'}"
    migrate(url)
    images, left = Images((tmp_path / "images").as_uri()), list[int]()
    with placed(url, folder, images, retry_seconds=0.001, micro_batch=MICRO_BATCH) as place:
        whole, cut = place.submit(steps=40), place.submit(steps=40)
        assert work(place.worker)
        group = replace(place.worker, name="group", leader=leader, leave=left.append)
        leader.watch(lambda: True, left.append, patience=0)
        with heartbeat(group):
            soon(lambda: bool(Processes(group.jobs.database).all()))
            (shown,) = Processes(group.jobs.database).all()
        assert shown.device == "2 ranks: cpu, cpu"
        thread = threading.Thread(target=work, args=[group])
        thread.start()
        soon(lambda: place.get(cut).progress.step >= 2)
        (rank,) = (one for one in psutil.Process().children() if "worker.follower" in one.cmdline())
        rank.kill()
        thread.join(60)
        waiting = place.get(cut)
        assert (waiting.state, waiting.attempt) == ("queued", 1)
        assert waiting.last_error is not None
        assert "A rank of this worker ended" in waiting.last_error.detail
        soon(lambda: len(left) == 2)
        assert left == [EXIT_RANK, EXIT_RANK], "the run and the watcher each end the process"
        assert work(place.worker)
        ended = place.get(cut)
        assert (ended.state, ended.attempt) == ("succeeded", 2)
        events = place.worker.jobs.events(OWNER, cut.id, 0)
        assert [event.step for event in events if event.type == "job_progress"] == [*range(1, 41)]
        assert place.picture(cut) == place.picture(whole)
