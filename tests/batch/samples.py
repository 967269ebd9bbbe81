"""Where the real sample files and their expected answers are looked for: beside the repository, never inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
BANK_FILE = "data/acd-anonymous-bank/calls_1999-02-01_21.tsv"
BANK_EXPECTED = "oracles/bank_expected.json"
WAZO_FILE = "data/oracle-wazo-queue/statcenter_queue.json"


def sample(name: str) -> Path:
    """The sample of this name below `../shared`. Skips the running test, with the missing path, where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the sample file {path} is absent: the folder of shared samples lies beside the repository")
    return path
