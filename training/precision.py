"""The choice between bfloat16 and float32 by the speed of the processor.

bfloat16 is faster on GPUs, and on CPUs that multiply its matrices in one instruction (AMX). On other CPUs it takes 1.3
times as long as float32 if they have AVX-512-BF16, and about twice as long if they have not
(`python -m benchmarks.training` measures both).
"""

import torch

CPU_INSTRUCTION = "amx_bf16"


def has_fast_bfloat16(device: str) -> bool:
    """Return whether a device multiplies matrices faster in bfloat16 than in float32."""
    if torch.device(device).type != "cpu":
        return True
    return bool(torch.cpu.get_capabilities().get(CPU_INSTRUCTION, False))
