"""Money: calls and shifts in, euros out."""
