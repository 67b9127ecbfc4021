"""The method of the paper: observe, denoise, agree, step. Needs torch and jaxtyping, and knows no particular model."""
