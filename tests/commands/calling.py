"""Calls the real command in a process of its own, as a user does."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LEITSTAND = Path(sys.executable).with_name("leitstand")
EXAMPLES = ROOT / "config" / "examples"


@dataclass(frozen=True)
class Place:
    """Settings and a data folder to call with."""

    config: Path | None
    data: Path

    def command(self, *words: str | Path) -> list[str | Path]:
        """The whole call `leitstand ...` with these settings and data."""
        config: list[str | Path] = [] if self.config is None else ["--config", self.config]
        return [LEITSTAND, *config, "--data", self.data, *words]

    def call(self, *words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs `leitstand ...` and returns what came out."""
        command = self.command(*words)
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)

    def json(self, *words: str | Path) -> dict[str, Any]:
        """Runs it with --json, expects success, and returns the document."""
        done = self.call(*words, "--json")
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
