"""Every fault is found, with its line, its key, what is wrong and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.faults import Fault, SettingsError
from config.settings import load
from tests.config.bad_settings import BAD

COLLECTORS = ("queue_log", "columns")


def faults(folder: Path, text: str | bytes, environment: dict[str, str] | None = None) -> list[Fault]:
    file = folder / "leitstand.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SettingsError) as caught:
        load(file, environment or {}, COLLECTORS)
    assert all(fault.instead for fault in caught.value.faults)
    return caught.value.faults


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD.keys())
def test_one_fault(tmp_path: Path, text: str, message: str) -> None:
    assert [str(fault) for fault in faults(tmp_path, text)] == [f"{tmp_path / 'leitstand.toml'}:{message}"]


def test_all_faults_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = '[limits]\ngroup_floor = 1\n[site]\nzone = "X/Y"\nzon = ""\n[[queues]]\nqueue = 1\n[web]\nport = -1'
    found = [(fault.line, fault.key) for fault in faults(tmp_path, text, {"LEITSTAND_PORT": "x"})]
    assert found == [
        (2, "limits.group_floor"),
        (4, "site.zone"),
        (5, "site.zon"),
        (7, "queues[0].queue"),
        (9, "web.port"),
        (None, "LEITSTAND_PORT"),
    ]


def test_a_refused_threshold_is_not_compared(tmp_path: Path) -> None:
    text = "[service_level]\nthreshold_seconds = -1\nshort_abandon_seconds = 30"
    assert [fault.key for fault in faults(tmp_path, text)] == ["service_level.threshold_seconds"]


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("LEITSTAND_PORT", "eighty", '"eighty" is not a whole number'),
        ("LEITSTAND_LANGUAGE", "fr", '"fr" is not known here'),
        ("REDIS_URL", "localhost:geheim", "this is not such a URL"),
        ("LEITSTAND_TRUSTED_PROXIES", "10.0.0.1, x", "\"x\" is not an address: 'x' does not appear"),
    ],
)
def test_environment(tmp_path: Path, name: str, value: str, what: str) -> None:
    (fault,) = faults(tmp_path, "", {name: value})
    assert (fault.file, fault.line, fault.key) == ("environment", None, name)
    assert fault.what.startswith(what)


def test_unreadable_files(tmp_path: Path) -> None:
    for file, what in ((tmp_path / "none.toml", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(SettingsError, match=f"the settings cannot be read: {what}") as caught:
            load(file, {})
        assert caught.value.faults[0].file == str(file)


def test_not_utf8_names_the_line(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[[queues]]\nqueue = "Köln"'.encode("latin-1"))
    assert (fault.line, fault.what) == (2, "this is not UTF-8")


def test_text_that_ends_too_early_names_its_last_line(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[site]\nzone = """UTC\n\n')
    assert fault.line == 2
    assert "at the end of the file" in fault.what


def test_nesting_without_end_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "a = " + "[" * 5000 + "]" * 5000)
    assert fault.what == "lists or tables are nested too deeply"


def test_a_collector_names_the_line_of_its_own_fault(tmp_path: Path) -> None:
    file = tmp_path / "leitstand.toml"
    file.write_text(
        '[feeds.bank]\ncollector = "columns"\ndelimiter = "x"\n'
        "[[feeds.bank.cases]]\nwhen = {}\n[[feeds.bank.cases]]\nwhen = { a = 1 }\n"
    )
    feed = load(file, {}).feeds["bank"]
    assert str(feed.fault("delimiter", "is odd", "write ;")) == f"{file}:3: feeds.bank.delimiter: is odd; write ;"
    assert feed.fault(("cases", 1, "when", "a"), "", "").key == "feeds.bank.cases[1].when.a"
    assert feed.line("cases", 1, "when", "a") == 7
    assert feed.line("cases", 1, "outcome") == 6
    assert feed.line("zone") == 1
