"""VICIdial's tables, polled."""
