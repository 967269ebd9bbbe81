"""The composition root in pieces: one file per command. Imports anything; only leitstand.py imports it."""
