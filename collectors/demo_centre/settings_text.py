"""The leitstand.toml that belongs to the simulated centre."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collectors.demo_centre.hotlines import Hotline
from collectors.demo_centre.planning import PLAN_TIMES
from collectors.demo_centre.trunks import numbered

ZONE = "Europe/Berlin"
FEED, TRUNKS_FEED, SHIFTS_FEED = "demo", "demo_trunks", "demo_shifts"


def settings_text(hotlines: Sequence[Hotline], day_start_ms: int, path: str, trunks: str = "", shifts: str = "") -> str:
    """Settings in TOML for a queue_log at `path`, with the business day beginning at `day_start_ms`.

    `trunks` and `shifts` are the files of the trunks and the plan; empty: there is no such feed.
    """
    begins = datetime.fromtimestamp(day_start_ms / 1000, UTC).astimezone(ZoneInfo(ZONE))
    tables = [
        _table("[site]", zone=ZONE, day_start=begins.strftime("%H:%M")),
        _table("[service_level]", threshold_seconds=20, short_abandon_seconds=5, target=0.8),
        _table(f"[feeds.{FEED}]", collector="queue_log", path=path, supplies=["talk", "acw"], agents_belong_to="queue"),
    ]
    if trunks:
        tables += [
            _table(f"[feeds.{TRUNKS_FEED}]", collector="trunks", path=trunks, supplies=[], time_format="epoch"),
            _table(
                f"[feeds.{TRUNKS_FEED}.numbers]",
                **{_text(number): hotline.queues[0].name for number, hotline in numbered(hotlines)},
            ),
        ]
    if shifts:
        tables.append(
            _table(
                f"[feeds.{SHIFTS_FEED}]",
                collector="shifts",
                path=shifts,
                supplies=[],
                agents_belong_to="queue",
                queue="queue",
                time_format=PLAN_TIMES,
            )
        )
    for hotline in hotlines:
        tables += [
            _table(
                "[[queues]]",
                queue=queue.name,
                hotline=hotline.name,
                provider=queue.provider,
                site=queue.site or None,
                team=f"{queue.provider} {queue.team}",
                project=hotline.project,
                client=hotline.client,
            )
            for queue in hotline.queues
        ]
    tables += [
        _table(
            f"[hotlines.{_text(hotline.name)}]",
            short_name=hotline.short_name,
            threshold_seconds=hotline.threshold_seconds,
            short_abandon_seconds=hotline.short_abandon_seconds,
            target=hotline.target,
        )
        for hotline in hotlines
    ]
    return "\n".join(tables)


def _table(header: str, **keys: str | float | list[str] | None) -> str:
    rows = [f"{key} = {_text(value)}\n" for key, value in keys.items() if value is not None]
    return "".join([f"{header}\n", *rows])


def _text(value: str | float | list[str]) -> str:
    # A JSON string, number or list of strings is the same in TOML, but for the bare delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
