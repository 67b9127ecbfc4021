import copy

import pytest
import torch

from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.networks import device_of, dtype_of


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_networks_device_and_type_are_those_that_diffusers_tells(tiny: StableDiffusion, dtype: torch.dtype) -> None:
    network = copy.deepcopy(tiny.denoiser).to(dtype)
    assert (device_of(network), dtype_of(network)) == (network.device, network.dtype) == (torch.device("cpu"), dtype)


def test_a_weight_of_whole_numbers_does_not_tell_a_networks_type() -> None:
    network = torch.nn.Linear(2, 2, dtype=torch.float16)
    whole = torch.nn.Module()
    whole.register_parameter("codes", torch.nn.Parameter(torch.zeros(2, dtype=torch.int8), requires_grad=False))
    both = torch.nn.Sequential(whole, network)
    assert dtype_of(both) == torch.float16


def test_a_network_that_moves_is_told_from_where_it_is(tiny: StableDiffusion) -> None:
    assert device_of(copy.deepcopy(tiny.denoiser).to("meta")) == torch.device("meta")
