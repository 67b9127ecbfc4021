"""The geometry of a graph in numpy, without torch: what compiling a layout and running it on a worker both need."""
