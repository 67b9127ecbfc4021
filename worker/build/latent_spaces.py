"""Models of other latent spaces than the run's own, which meet it in pixels."""

from collections.abc import Mapping

from backend.contracts.graph import GraphSpec
from backend.graph.latent_spaces import spaces_of
from inlay_engine.latent_spaces import Space
from inlay_engine.variables import ControlVariable
from worker.build.operators_from_spec import shadow
from worker.diffusion.kind import LoadedModel
from worker.diffusion.vae import Codec


def spaces(
    graph: GraphSpec, main: LoadedModel, models: Mapping[str, LoadedModel], controls: Mapping[str, ControlVariable]
) -> dict[str, Space]:
    """The latent space of every model of the graph that is not of `main`'s, by the model's id. Models that share one
    meet the run through the VAE of the first of them."""
    descriptions = {name: model.description for name, model in models.items()}
    found: dict[str, Space] = {}
    for first, space in spaces_of(graph, main.description, descriptions).items():
        model = models[first]
        shadows = {name: shadow(controls[name], first, model.description.channels) for name in space.controls}
        home, own = (Codec(one.decoder, one.encoder) for one in (main, model))
        found |= dict.fromkeys(space.models, Space(home, own, shadows))
    return found
