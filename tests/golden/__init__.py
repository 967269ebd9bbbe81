"""Golden days: recorded days whose results must come out byte for byte, recorded from the slow computation."""
