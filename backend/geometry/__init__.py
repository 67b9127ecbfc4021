"""The geometry of a graph in numpy, without torch. The compiler of layouts and the worker use the same code.

| module | content |
|---|---|
| `cells` | pixels to latent cells: means, maxima, rounded edges |
| `regions` | a region's profile: soft edges and masks |
| `ranges` | the steps at which a range of the run is active |
| `displacement` | windows that move from step to step |
| `averages` | the matrices that resize a view |
| `shares` | each observable's share of the weight, cell by cell |
| `operators` | the cells that an operator reads: shapes, forward, adjoint |
"""
