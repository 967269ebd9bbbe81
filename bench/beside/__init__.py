"""Other stream processors, each a program of its own that prints what it measured; started by `bench.others`."""
