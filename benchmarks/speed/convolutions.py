"""Measure what the worker gains by its changes of diffusers' networks: weights whose channels lie last in memory,
convolutions and the decoder's upsamplings with fewer multiplications, and residual blocks that work in place. They run
beside the same networks without them."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from benchmarks.speed.network import PROMPTS, forward, passes_of_steps
from benchmarks.speed.plain import plain
from benchmarks.speed.rows import Part, rows_of
from benchmarks.speed.subjects import Bench, panorama
from benchmarks.speed.timing import in_turns, ratio, timed
from worker.diffusion.blocks import lighten
from worker.diffusion.upsampling import hasten_upsampling
from worker.diffusion.winograd import WinogradConvolution

MORE = 4  # times as many turns as other parts take, because these differ by a few hundredths only
LAST, FIRST = torch.channels_last, torch.contiguous_format


@torch.no_grad()
def measure(bench: Bench) -> Iterator[Part]:
    """Measure one step's passes through the network, and the decoding of one canvas."""
    loaded = bench.loaded
    job = bench.compiled(panorama(bench.subject, PROMPTS))
    passes, denoiser = passes_of_steps(job)[:1], loaded.network.denoiser
    cell, (width, height) = loaded.description.cell, bench.subject.canvas
    latent = torch.randn(1, loaded.description.channels, height // cell, width // cell, device=bench.device)
    theirs: Any = AutoencoderKL.from_pretrained(bench.folder / bench.subject.id / "vae", dtype=torch.float32)
    theirs = theirs.to(bench.device).eval()
    last = deepcopy(theirs).to(memory_format=LAST)
    ours = deepcopy(last)
    hasten_upsampling(ours.decoder)
    light = deepcopy(ours)
    lighten(light.decoder)

    def network(layout: torch.memory_format, *, blocks: bool = True, convolutions: bool = True) -> float:
        denoiser.to(memory_format=layout)
        with plain(denoiser, blocks=blocks, convolutions=convolutions):
            return timed(lambda: forward(bench, job, passes, passes[0]), bench.device)

    def decode(vae: Any) -> None:
        vae.decoder(latent)

    networks: dict[str, Any] = {
        "network, channels first": lambda: network(FIRST),
        "network, channels last": lambda: network(LAST),
        "network, channels last, blocks in place": lambda: network(LAST, blocks=False),
    }
    gains = ["network_layout_gain", "network_blocks_gain"]
    if any(isinstance(module, WinogradConvolution) for module in denoiser.modules()):
        networks[f"{[*networks][-1]}, fewer multiplications"] = lambda: network(LAST, blocks=False, convolutions=False)
        gains.append("network_convolutions_gain")
    decoders: dict[str, Any] = {
        "decoder, channels first": lambda: decode(theirs),
        "decoder, channels last": lambda: decode(last),
        "decoder, channels last, fewer multiplications": lambda: decode(ours),
        "decoder, channels last, fewer multiplications, blocks in place": lambda: decode(light),
    }
    gains += ["decoder_layout_gain", "decoder_upsampling_gain", "decoder_blocks_gain"]
    taken = in_turns(networks | decoders, MORE * bench.runs, bench.device)
    pairs = [*pairwise(taken[name] for name in networks), *pairwise(taken[name] for name in decoders)]
    figures = {bench.named(gain): ratio(*pair) for gain, pair in zip(gains, pairs, strict=True)}
    canvas = "x".join(map(str, bench.subject.canvas))
    yield Part(rows_of(taken, model=bench.subject.id, canvas=canvas), figures)
