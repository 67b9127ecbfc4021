"""The method of "Compositional Generative Inference Using Diffusion-Based Optimization", which this package calls
"the paper": observe, denoise, agree, step. It needs torch and jaxtyping, and knows no particular model."""
