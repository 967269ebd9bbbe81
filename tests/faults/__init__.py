"""Real faults on real processes: what waits, what is said meanwhile, and that all is counted exactly afterwards."""
