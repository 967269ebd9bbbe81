"""Orders and revenue from CSV files in a drop folder."""
