"""Prints what the proof machine did at the end of a test run: the seeds, the steps, each planted fault."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A hook of pytest; under several processes the reports of all of them arrive here."""
    notes: dict[str, list[str]] = {"machine": [], "planted fault": []}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name in notes and report.when == "call":
                    notes[name].append(str(value))
    for name, lines in notes.items():
        if lines:
            terminalreporter.section(f"proof machine: {name}s" if name != "machine" else "proof machine")
            for line in sorted(lines):
                terminalreporter.write_line(line)
