"""What was: records and interval facts in Parquet, made part of the history by small commits."""
