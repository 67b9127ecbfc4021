"""The latent spaces of models whose latents differ from the main model's. They meet the run in pixels."""

from collections.abc import Mapping

from backend.contracts.graph import GraphSpec
from backend.graph.latent_spaces import spaces_of
from inlay_engine.latent_spaces import LatentSpace
from inlay_engine.variables import ControlVariable
from worker.build.operators_from_spec import mirror
from worker.diffusion.kind import LoadedModel
from worker.diffusion.vae import Codec


def spaces(
    graph: GraphSpec, main: LoadedModel, models: Mapping[str, LoadedModel], controls: Mapping[str, ControlVariable]
) -> dict[str, LatentSpace]:
    """Return the latent space of every model of the graph that does not share `main`'s, by the model's id. Models that
    share a latent space meet the run through the VAE of the first of them."""
    descriptions = {name: model.description for name, model in models.items()}
    found: dict[str, LatentSpace] = {}
    for first, space in spaces_of(graph, main.description, descriptions).items():
        model = models[first]
        mirrors = {name: mirror(controls[name], first, model.description.channels) for name in space.controls}
        main_vae, own_vae = (Codec(one.decoder, one.encoder) for one in (main, model))
        found |= dict.fromkeys(space.models, LatentSpace(main_vae, own_vae, mirrors))
    return found
