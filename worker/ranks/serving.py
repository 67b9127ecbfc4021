"""A rank other than 0: it does what rank 0 asks, until rank 0 is gone."""

import numpy as np
import torch
from PIL import Image

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from worker.build.pictures import no_pictures
from worker.build.prepare import prepare
from worker.diffusion.loading import Models
from worker.ranks.fingerprint import fingerprints
from worker.ranks.group import Group, Message
from worker.ranks.leader import PREPARE
from worker.ranks.split import FINAL, Discarded, SplitGraph, described


def serve(group: Group, models: Models) -> None:
    """Prepare runs, and do this rank's share of their networks' evaluations. Raises RankLost when rank 0 is gone, and
    any error that this rank cannot go on after."""
    graph: SplitGraph | None = None
    while True:
        asked = group.hear()
        if asked["ask"] == PREPARE:
            graph = None  # it holds models that the next run may not need
            graph = _prepared(group, models, asked)
            continue
        assert graph is not None, "rank 0 asks for predictions of a run that all ranks have prepared"
        try:
            graph.answer(asked)
        except (Discarded, *FINAL):
            continue  # rank 0 has the same error


def _prepared(group: Group, models: Models, asked: Message) -> SplitGraph | None:
    """Prepare a run, and tell rank 0 how that ended."""
    found: dict[str, Image.Image] = {}
    for id, *shape in asked["pictures"]:
        pixels = group.share(torch.empty(shape, dtype=torch.uint8)).numpy()
        found[id] = Image.fromarray(np.ascontiguousarray(pixels))
    graph, job = GraphSpec.model_validate_json(asked["graph"]), Job.model_validate_json(asked["job"])
    made: SplitGraph | None = None
    said: Message
    try:
        run = prepare(graph, job, models, lambda id: found[id] if id in found else no_pictures(id), asked["most"])
        made = SplitGraph(run.graph, group)
        said = {"models": fingerprints(models)}
    except FINAL as error:
        said = described(error)
    except Exception as error:
        group.gather(described(error))
        raise
    group.gather(said)
    return made
