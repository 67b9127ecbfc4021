"""The choice between bfloat16 and float32, by what the processor is fast at.

bfloat16 pays where the processor has instructions for it: on GPUs, and on CPUs with AMX or AVX-512-BF16. On a CPU with
neither it takes about twice as long as float32 (`python -m benchmarks.training` measures both).
"""

import torch

CPU_INSTRUCTIONS = ("amx_tile", "amx_bf16", "avx512_bf16")


def has_fast_bfloat16(device: str) -> bool:
    """Tell whether a device multiplies matrices in bfloat16 faster than in float32."""
    if torch.device(device).type != "cpu":
        return True
    found = torch.cpu.get_capabilities()
    return any(found.get(name, False) for name in CPU_INSTRUCTIONS)
