"""Training computes in bfloat16 only where the processor multiplies matrices in it."""

import pytest
import torch

from training.precision import has_fast_bfloat16


@pytest.mark.parametrize(
    ("found", "fast"),
    [
        ({"avx512_f": True, "avx512_vnni": True, "avx512_bf16": False, "amx_bf16": False}, False),
        ({"avx512_f": True, "avx512_bf16": True, "amx_bf16": False}, False),
        ({"amx_tile": True, "amx_bf16": True}, True),
        ({}, False),
    ],
)
def test_a_cpu_is_asked_for_its_instructions(monkeypatch, found, fast):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found)
    assert has_fast_bfloat16("cpu") is fast


def test_a_gpu_has_it():
    assert has_fast_bfloat16("cuda:1")
