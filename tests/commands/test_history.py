"""What was, through the real commands: written by `up`, asked with and without it, corrected and backed up."""

from __future__ import annotations

import json
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from streams.history import commits
from streams.history.open import open_history
from tests.commands.callers import Callers
from tests.commands.calling import Place
from tests.commands.running import FEED, StartUp, assert_totals, place_with_feed, wait_for
from tests.streams.history.stories import with_calls

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("history")]
PREVIOUS = Path(__file__).parent / "previous_release"
DAY = 86_400


def answers(place: Place, as_of: str) -> list[Any]:
    """What the commands say of this data folder."""
    feeds = place.json("feeds")
    for feed in feeds["feeds"]:
        del feed["lag_seconds"], feed["state"]
    return [
        place.json("kpis", "--as-of", as_of, "--by", "hotline"),
        place.json("kpis", "--as-of", as_of, "--from", "2026-07-01T00:00:00Z", "--to", as_of, "--interval", "day"),
        feeds,
    ]


def said_then(document: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """What the document says of KPIs that were known then. Newer ones say that this folder knows nothing of them."""
    known = set(then["rows"][0]["kpis"])
    for row in document["rows"]:
        total = row["kpis"]["reachability_total"]
        total["definition"] = total["definition"].replace(" + trunk_blocked + trunk_busy", "")
        newer = {kpi: row["kpis"].pop(kpi) for kpi in row["kpis"].keys() - known}
        assert {(value["value"], value["n"], value["why"]) for value in newer.values()} <= {(None, 0, "not_supplied")}
    return document


def old_calls(seed: int, days_ago: int, lines: int = 300) -> list[str]:
    """Calls around noon of a day that is over."""
    noon = (int(time.time()) // DAY - days_ago) * DAY + DAY // 2
    callers = Callers(seed)
    return [callers.line(noon + 2 * number) for number in range(lines)]


def replayed(place: Place, folder: Path, name: str, lines: list[str]) -> None:
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines))
    done = place.call("replay", FEED, file)
    assert done.returncode == 0, done.stderr


def committed(place: Place) -> commits.Contents:
    return open_history(place.data / "history").contents()


def day_of(days_ago: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime((int(time.time()) // DAY - days_ago) * DAY + DAY // 2))


def test_a_folder_of_the_previous_release_opens_and_works(tmp_path: Path) -> None:
    place = Place(PREVIOUS / "leitstand.toml", tmp_path / "data")
    with tarfile.open(PREVIOUS / "data.tar.gz") as packed:
        packed.extractall(place.data, filter="data")
    right = json.loads((PREVIOUS / "expected.json").read_text())
    now = place.json("kpis", "--as-of", "2026-07-08T09:05:00Z", "--by", "hotline,provider")
    assert said_then(now, right["kpis"]) == right["kpis"]
    stretch = ("--from", "2026-07-08T08:30:00Z", "--to", "2026-07-08T09:30:00Z", "--interval", "15m")
    rows = place.json("kpis", *stretch, "--as-of", "2026-07-08T12:00:00Z", "--by", "hotline")
    assert said_then(rows, right["intervals"]) == right["intervals"]
    (feed,), (expected,) = place.json("feeds")["feeds"], right["feeds"]["feeds"]
    # A newer release may say more of a feed, never anything else.
    assert {**feed, **expected, "lag_seconds": 0} == {**feed, "lag_seconds": 0}
    assert len(place.json("dead", "list")["dead"]) == 5
    done = place.call("user", "add", "chefin", "--role", "manager", "--password-stdin", stdin="long enough\n")
    assert (done.returncode, "there is an account" in done.stderr) == (1, True)
    assert json.loads((place.data / "format.json").read_text()) == {"version": 2}


@pytest.mark.parametrize(
    "words",
    ["up", "replay f x", "kpis --json", "feeds", "dead list", "history list", "backup x", "user add n --role ops"],
)
def test_a_newer_folder_is_refused_by_every_command(tmp_path: Path, words: str) -> None:
    place = Place(None, tmp_path / "data")
    place.data.mkdir()
    (place.data / "format.json").write_text('{"version": 3}')
    done = place.call(*words.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert "written by a newer Leitstand (format 3, this one knows 2): install that release" in done.stderr
    assert [path.name for path in place.data.iterdir()] == ["format.json"]


def test_up_writes_the_history_and_closes_days_and_late_records_make_version_two(
    start_up: StartUp, tmp_path: Path
) -> None:
    place, queue_log = place_with_feed(tmp_path)
    queue_log.touch()
    day, lines = day_of(3), old_calls(1, 3)
    replayed(place, tmp_path, "first", [*lines, *old_calls(2, 2)])
    stretch = ("--from", f"{day}T00:00:00Z", "--to", f"{day_of(1)}T00:00:00Z", "--interval", "1h", "--by", "hotline")
    from_log = place.json("kpis", *stretch)["rows"]
    assert sum(row["counts"].get("offered", 0) for row in from_log) > 100

    up = start_up(place).ready()
    wait_for(lambda: len(with_calls(committed(place).versions)) == 2, "both days to be closed")
    assert place.json("kpis", *stretch)["rows"] == from_log
    assert up.end() == 0
    assert place.json("kpis", *stretch)["rows"] == from_log
    first = place.json("history", "report", day)["reports"]
    assert first[0]["rows"][0]["counts"]["offered"] > 50

    # A second exchange hands in calls of that day.
    late = [line.replace("1700000000.", "1800000000.") for line in old_calls(4, 3, 20)]
    replayed(place, tmp_path, "second", late)
    assert place.json("kpis", *stretch)["rows"] != from_log
    up = start_up(place).ready()
    wait_for(lambda: len(with_calls(committed(place).versions)) == 3 and not committed(place).dirty, "a second version")
    assert up.end() == 0
    said = [one for one in place.json("history", "list")["days"] if one["why"] != "nothing happened on it"]
    assert [(one["day"], one["version"]) for one in said] == [(day, 1), (day, 2), (day_of(2), 1)]
    assert "came after the close" in said[1]["why"]
    assert place.json("history", "report", day, "--version", "1")["reports"] == first
    second = place.json("history", "report", day)["reports"]
    (found,) = place.json("history", "diff", day, "--from", "1", "--to", "2")["differences"]
    change = sum(
        one["after"] - one["before"]
        for one in found["changes"]
        if (one["counter"], one["basis"]) == ("offered", "arrival")
    )
    assert change == second[0]["rows"][0]["counts"]["offered"] - first[0]["rows"][0]["counts"]["offered"] > 0
    assert {(one["feed"], one["at"][:10]) for one in found["late"]} == {(FEED, day)}
    assert len([one for one in found["late"] if one["kind"] == "arrived"]) == change

    assert place.call("history", "verify").returncode == 0
    again = place.call("history", "rebuild")
    assert (again.returncode, again.stdout.count("the same as before")) == (0, len(committed(place).newest()))
    victim = place.data / "history" / next(file.path for file in committed(place).of_kind("quarters"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    done = place.call("history", "verify")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{victim.relative_to(place.data / 'history')} was changed: its checksum does not match" in done.stderr


def test_a_backup_of_a_running_leitstand_restores_to_the_same_answers_and_goes_on(
    start_up: StartUp, tmp_path: Path
) -> None:
    place, queue_log = place_with_feed(tmp_path)
    callers = Callers(seed=3)
    lines = callers.past(seconds=1500, lines=400)
    queue_log.write_text("".join(f"{line}\n" for line in lines) + "half a li")
    up = start_up(place).ready()
    wait_for(lambda: up.received() == len(lines), "all lines")
    done = place.call("user", "add", "chefin", "--role", "manager", "--password-stdin", stdin="correct horse\n")
    assert done.returncode == 0
    done = place.call("backup", tmp_path / "backup")
    assert done.returncode == 0, done.stderr
    assert up.end() == 0
    as_of = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    before = answers(place, as_of)

    restored = Place(place.config, tmp_path / "elsewhere")
    refused = place.call("restore", tmp_path / "backup")
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    done = restored.call("restore", tmp_path / "backup")
    assert done.returncode == 0, done.stderr
    assert answers(restored, as_of) == before
    assert (restored.data / "pseudonym.key").stat().st_mode & 0o777 == 0o600
    assert (restored.data / "pseudonym.key").read_bytes() == (place.data / "pseudonym.key").read_bytes()

    more = [callers.line(int(time.time())) for _ in range(50)]
    with queue_log.open("a") as file:
        file.write("ne\n" + "".join(f"{line}\n" for line in more))
    assert_totals(start_up(restored).ready(), [*lines, "half a line", *more])


def test_a_backup_with_a_changed_file_is_not_restored(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    replayed(place, tmp_path, "calls", old_calls(1, 2, 50))
    assert place.call("backup", tmp_path / "backup").returncode == 0
    (tmp_path / "backup" / "log.dump").write_bytes(b"")
    done = Place(place.config, tmp_path / "new").call("restore", tmp_path / "backup")
    assert (done.returncode, "log.dump was changed" in done.stderr) == (1, True)
    assert not (tmp_path / "new").exists()
    assert place.call("backup", tmp_path / "backup").returncode == 1
