"""The units are ones that systemd understands, call what the command line has, and let no process do much."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))
LEITSTAND = "/opt/leitstand/.venv/bin/leitstand"
MOST_EXPOSED = 2.5
"""Of 10: what `systemd-analyze security` gives; a unit without hardening has 9.6."""

pytestmark = pytest.mark.server


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    assert program is not None, "systemd-analyze is not installed: `make servers`"
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(params=UNITS, ids=lambda unit: unit.name)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit with the program of this environment in the place of the one that is to be installed."""
    shipped: Path = request.param
    text = shipped.read_text()
    assert text.count(LEITSTAND) == 1
    copy = tmp_path / shipped.name
    copy.write_text(text.replace(LEITSTAND, str(Path(sys.executable).with_name("leitstand"))))
    return copy


def test_there_is_a_unit_for_every_part() -> None:
    assert [unit.name for unit in UNITS] == [
        "leitstand-collect.service",
        "leitstand-process@.service",
        "leitstand-web.service",
        "leitstand.service",
    ]


def test_systemd_understands_the_unit(unit: Path) -> None:
    done = analyze("verify", unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_fault_in_a_unit_would_be_told(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectHome=yes", "ProtectHorne=yes"))
    assert "ProtectHorne" in analyze("verify", unit).stderr


def test_the_unit_is_hardened(unit: Path) -> None:
    done = analyze("security", "--offline=true", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) <= MOST_EXPOSED, done.stdout


def test_the_unit_calls_a_command_that_there_is(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    words = [word.replace("%i", "1").replace("%H", "host") for word in shlex.split(line)]
    assert words[1:3] == ["--config", "/etc/leitstand/leitstand.toml"]
    done = subprocess.run([*words, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
