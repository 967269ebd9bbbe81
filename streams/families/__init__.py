"""The families that are counted beside visits: one file each, and the table that lists them."""
