"""What other processes ask of the one that collects a feed: small files in its folder, answered in a second file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from streams.records import identify


class Request(NamedTuple):
    """One wish: `kind` is "replay" (with `files` and `speed`, 0 = as fast as it goes) or "retry"."""

    name: str
    kind: str
    files: list[str]
    speed: float


class Requests:
    """The wishes of one feed below the data folder."""

    def __init__(self, data: Path, feed: str) -> None:
        self._folder = data / "collectors" / quote(feed, safe="") / "requests"

    def ask(self, kind: str, now_ms: int, files: list[str] | None = None, speed: float = 0.0) -> str:
        """Leaves a wish and returns its name."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{now_ms:015d}-{identify(os.getpid(), now_ms, kind, *(files or [])).hex()[:12]}"
        self._write(f"{name}.ask", {"kind": kind, "files": files or [], "speed": speed})
        return name

    def waiting(self) -> list[Request]:
        """The wishes that have no answer yet, oldest first."""
        found = []
        for path in sorted(self._folder.glob("*.ask")):
            wish = json.loads(path.read_text("utf-8"))
            found.append(Request(path.stem, wish["kind"], list(wish["files"]), float(wish["speed"])))
        return found

    def answer(self, name: str, answer: dict[str, object]) -> None:
        """Answers a wish; it is then no longer waiting."""
        self._write(f"{name}.answer", answer)
        (self._folder / f"{name}.ask").unlink(missing_ok=True)

    def answer_to(self, name: str) -> dict[str, object] | None:
        """The answer, taken away with the asking; None while there is none."""
        path = self._folder / f"{name}.answer"
        try:
            answer: dict[str, object] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        path.unlink()
        return answer

    def _write(self, name: str, content: dict[str, object]) -> None:
        temporary = self._folder / f".{name}.new"
        temporary.write_text(json.dumps(content), "utf-8")
        temporary.replace(self._folder / name)
