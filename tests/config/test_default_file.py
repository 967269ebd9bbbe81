"""config/default.toml and docs/settings.md say what the code says: every key, its default, nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from config.contracts import Price
from config.reference import BEGIN, END, reference, renewed
from config.sections import INHERITED, REQUIRED, ServiceLevel, keys_of
from config.settings import LISTED, NAMED, SECTIONS, SINGLE, Settings, load

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "config" / "default.toml"
PAGE = ROOT / "docs" / "settings.md"


@pytest.fixture(scope="module")
def complete() -> str:
    """default.toml with every commented key switched on."""
    return re.sub(r"^# ", "", DEFAULT.read_text("utf-8"), flags=re.MULTILINE)


def tables(document: dict[str, Any], section: str) -> list[dict[str, Any]]:
    found = document[section]
    if section in LISTED:
        return list(found)
    return list(found.values()) if section in NAMED else [found]


def test_the_shipped_file_changes_nothing() -> None:
    assert Settings().changes(load(DEFAULT, {}, ())) == []


def test_the_file_with_every_key_switched_on_is_accepted(complete: str, tmp_path: Path) -> None:
    file = tmp_path / "leitstand.toml"
    file.write_text(complete, "utf-8")
    settings = load(file, {}, ("queue_log",))
    assert (len(settings.sites), len(settings.queues), len(settings.hotlines), len(settings.feeds)) == (1, 1, 1, 1)


def test_every_key_of_the_code_is_in_the_file_and_no_other(complete: str) -> None:
    document = tomllib.loads(complete)
    assert set(document) == set(SECTIONS)
    for section, kind in SECTIONS.items():
        written = {key for table in tables(document, section) for key in table}
        assert written - {"price"} == set(keys_of(kind)), section
    assert set(document["contracts"][0]["price"]) == set(keys_of(Price))


@pytest.mark.parametrize("section", SINGLE)
def test_the_file_states_the_defaults_of_the_code(complete: str, section: str) -> None:
    written = tomllib.loads(complete)[section]
    assert written == {name: key.default for name, key in keys_of(SINGLE[section]).items()}


@pytest.mark.parametrize("section", [*LISTED, *NAMED])
def test_other_defaults_that_the_file_shows_are_those_of_the_code(complete: str, section: str) -> None:
    (table,) = tables(tomllib.loads(complete), section)
    # Names and the keys that a hotline has beside [service_level] are examples, not defaults.
    examples = {
        "queues": {"provider", "site", "project", "client"},
        "campaigns": {"project", "client"},
        "feeds": {"path"},
        "agents": {"person", "provider", "site"},
        "contracts": {"hotlines"},
        "costs": {"hotlines", "per_agent_hour"},
    }.get(section, set())
    for name, key in keys_of(SECTIONS[section]).items():
        shared = section == "hotlines" and name in keys_of(ServiceLevel)
        if key.default not in (REQUIRED, INHERITED) and name not in examples and not shared:
            assert table[name] == key.default, name


def test_every_line_of_the_file_is_a_sentence_a_heading_or_a_key() -> None:
    for line in DEFAULT.read_text("utf-8").splitlines():
        assert re.fullmatch(r"|## [A-Z`\"].*[.:)]|(# )?(\[.+\]|[a-z_]+ = .+)", line), line


def test_the_page_holds_the_reference() -> None:
    page = PAGE.read_text("utf-8")
    assert page == renewed(page), "docs/settings.md is old: run python -m config.reference docs/settings.md"


def test_the_reference_names_every_key_with_its_variable() -> None:
    text = reference()
    for kind in SECTIONS.values():
        for name, key in keys_of(kind).items():
            row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |") and key.meaning in line)
            assert key.kind.words in row
            assert f"`{key.environment}`" in row or not key.environment


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        renewed(f"{BEGIN} only")
    assert renewed(f"a {BEGIN} old {END} b").endswith(f"{END} b")
