"""The proof machine: random lives of the counting core, killed, replayed and compared with a slow computation."""
