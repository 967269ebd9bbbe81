"""Money: a formula over integer counters and one version of a price. Pure; exact until the amount is printed."""
