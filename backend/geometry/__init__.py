"""The geometry of a graph in numpy, without torch. Compiling a layout and running it on a worker use the same code.

| module | what it holds |
|---|---|
| `cells` | pixels become latent cells: means, maxima, rounded edges |
| `regions` | a region's profile: soft edges and masks |
| `ranges` | the steps at which a range of the run is active |
| `displacement` | windows that move from step to step |
| `averages` | the matrices that resize a view |
| `operators` | what an operator reads: shapes, forward, adjoint |
"""
