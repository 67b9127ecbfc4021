"""Run every sampler of the engine on a toy whose answer is known: python -m benchmarks.analytic --json FILE.

"The paper" is "Compositional Generative Inference Using Diffusion-Based Optimization".
"""
