"""The slow truth: every counter again, in loops, from the raw files, sharing no line with the product."""
