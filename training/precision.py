"""The choice between bfloat16 and float32 by the speed of the processor.

bfloat16 is faster on processors with instructions for it: GPUs, and CPUs with AMX or AVX-512-BF16. On other CPUs it
takes about twice as long as float32 (`python -m benchmarks.training` measures both).
"""

import torch

CPU_INSTRUCTIONS = ("amx_tile", "amx_bf16", "avx512_bf16")


def has_fast_bfloat16(device: str) -> bool:
    """Return whether a device multiplies matrices faster in bfloat16 than in float32."""
    if torch.device(device).type != "cpu":
        return True
    found = torch.cpu.get_capabilities()
    return any(found.get(name, False) for name in CPU_INSTRUCTIONS)
