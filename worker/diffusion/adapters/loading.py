"""Loading of adapters by id. They share the cache and the memory budget of the models."""

from collections.abc import Callable
from pathlib import Path

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from backend.contracts.model import AdapterEntry
from worker.diffusion import transformer, unet
from worker.diffusion.adapters import lora, reference_3
from worker.diffusion.adapters.active_adapters import Lora
from worker.diffusion.adapters.control import ControlNet
from worker.diffusion.adapters.reference import ENCODER, FILE, IpAdapter, load_ip_adapter
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models
from worker.diffusion.parts import file_bytes, loaded_bytes, network_bytes


def controlnet(id: str, model: LoadedModel, models: Models) -> ControlNet:
    """Return the ControlNet of this id; all models share one copy. Raises DiffusionError if it does not fit
    the model."""
    folder, network = _folder(id, "controlnet", model, models), model.adapter_host.network
    load: Callable[[Path, torch.device, torch.dtype], ControlNet]
    if isinstance(network, UNet2DConditionModel):
        unet.check_controlnet(folder, network, model.description.cell)
        load = unet.load_controlnet
    else:
        transformer.check_controlnet(folder, network)
        load = transformer.load_controlnet
    device, dtype = models.device, models.dtype
    return models.kept(id, folder, lambda: load(folder, device, dtype), network_bytes(folder, dtype, device))


def attached_lora(id: str, model: LoadedModel, models: Models) -> Lora:
    """Return the LoRA of this id, attached to the model; each model has its own copy. Raises DiffusionError if it does
    not fit the model."""
    folder, adapter_host = _folder(id, "lora", model, models), model.adapter_host
    return models.kept(
        f"{id} on {model.description.id} {adapter_host.number}",
        folder,
        lambda: lora.attach_lora(folder, adapter_host),
        file_bytes(folder / lora.FILE, models.dtype),
    )


def ip_adapter(id: str, model: LoadedModel, models: Models) -> IpAdapter:
    """Return the IP-Adapter of this id; all models share one copy. Raises DiffusionError if it does not fit
    the model."""
    folder, network = _folder(id, "ip-adapter", model, models), model.adapter_host.network
    device, dtype = models.device, models.dtype

    def load() -> IpAdapter:
        if isinstance(network, UNet2DConditionModel):
            return load_ip_adapter(folder, network, device, dtype)
        return reference_3.load_ip_adapter(folder, network, device, dtype)

    found = models.kept(
        id,
        folder,
        load,
        file_bytes(folder / FILE, dtype) + loaded_bytes(folder / ENCODER, dtype),
    )
    found.check(folder / FILE, network)
    return found


def _folder(id: str, entry: AdapterEntry, model: LoadedModel, models: Models) -> Path:
    """Return the folder of an adapter. Raises DiffusionError if its inlay.json says that it does not fit the model."""
    folder, description = models.find_adapter(id, entry)
    misfit = description.misfit(model.description)
    if misfit is not None:
        raise DiffusionError(f"{misfit}.")
    return folder
