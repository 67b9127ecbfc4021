"""Measure what the worker gains by its changes of diffusers' networks: weights whose channels lie last in memory,
convolutions and the decoder's upsamplings with fewer multiplications, and residual blocks that work in place. They run
beside the same networks without them."""

from collections.abc import Iterator
from copy import deepcopy
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

    choices: dict[str, Any] = {
        "network, channels first": lambda: network(FIRST),
        "network, channels last": lambda: network(LAST),
        "network, channels last, blocks in place": lambda: network(LAST, blocks=False),
        "network, channels last, blocks in place, fewer multiplications": lambda: network(
            LAST, blocks=False, convolutions=False
        ),
        "decoder, channels first": lambda: decode(theirs),
        "decoder, channels last": lambda: decode(last),
        "decoder, channels last, fewer multiplications": lambda: decode(ours),
        "decoder, channels last, fewer multiplications, blocks in place": lambda: decode(light),
    }
    taken = in_turns(choices, MORE * bench.runs, bench.device)
    networks, decoders = [*taken.values()][:4], [*taken.values()][4:]
    figures = {
        bench.named("network_layout_gain"): ratio(networks[0], networks[1]),
        bench.named("network_blocks_gain"): ratio(networks[1], networks[2]),
        bench.named("network_convolutions_gain"): ratio(networks[2], networks[3]),
        bench.named("decoder_layout_gain"): ratio(decoders[0], decoders[1]),
        bench.named("decoder_upsampling_gain"): ratio(decoders[1], decoders[2]),
        bench.named("decoder_blocks_gain"): ratio(decoders[2], decoders[3]),
    }
    canvas = "x".join(map(str, bench.subject.canvas))
    yield Part(rows_of(taken, model=bench.subject.id, canvas=canvas), figures)
