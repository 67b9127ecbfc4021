"""Every sampler of the engine on a toy whose answer is known: python -m benchmarks.analytic --json FILE."""
