"""The settings that belong to the simulated centre: whole, valid TOML, and true to what is simulated."""

from __future__ import annotations

import tomllib
from datetime import datetime

import pytest

from collectors.demo_centre import Centre

PATH = 'C:\\demo "one"/Köln/queue_log'


def settings(start: str) -> dict[str, object]:
    return tomllib.loads(Centre(1, int(datetime.fromisoformat(start).timestamp() * 1000)).settings_toml(PATH))


@pytest.mark.parametrize(
    ("start", "day_start"),
    [
        ("2026-06-10T14:30:59.999+02:00", "09:30"),
        ("2026-06-10T03:00:07+02:00", "22:00"),
        ("2026-03-29T05:17:00+02:00", "23:17"),  # the clocks jumped from 2:00 to 3:00 in between
        ("2026-10-25T04:02:59+01:00", "00:02"),  # the hour from 2:00 came twice in between
    ],
)
def test_the_business_day_began_five_hours_ago_on_the_local_clock(start: str, day_start: str) -> None:
    assert settings(start)["site"] == {"zone": "Europe/Berlin", "day_start": day_start}


def test_the_feed_reads_the_file_as_any_queue_log() -> None:
    feeds = settings("2026-06-10T14:30:00+02:00")["feeds"]
    assert feeds == {
        "demo": {"collector": "queue_log", "path": PATH, "supplies": ["talk", "acw"], "agents_belong_to": "queue"}
    }


def test_every_queue_that_occurs_is_named_with_its_hotline() -> None:
    centre = Centre(1, 1_780_000_000_000)
    said = tomllib.loads(centre.settings_toml("queue_log"))
    lines = centre.advance(centre.day_start_ms + 30 * 60_000)
    occurring = {line.split("|")[2] for line in lines} - {"NONE"}
    assert {queue["queue"] for queue in said["queues"]} == occurring
    assert {queue["hotline"] for queue in said["queues"]} == set(said["hotlines"])
    assert len(said["hotlines"]) == 14
    providers: dict[str, set[str]] = {}
    for queue in said["queues"]:
        providers.setdefault(queue["hotline"], set()).add(queue["provider"])
        assert all(queue[level] for level in ("site", "team", "project", "client")), queue
    assert sum(len(several) == 2 for several in providers.values()) == 3
    assert set.union(*providers.values()) == {"Köln", "Nordcall", "Teleo", "Servio"}
    assert len({queue["client"] for queue in said["queues"]}) == 3
    assert said["hotlines"]["Partnerlinie"]["target"] == 0.9
    assert all(hotline["short_name"] for hotline in said["hotlines"].values())
