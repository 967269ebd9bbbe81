"""Every collector in one table. To add one: write its folder, then its row here."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.columns import parse as columns
from collectors.contract import Collector
from collectors.ics import parse as ics
from collectors.orders import collector as orders
from collectors.queue_log import parse as queue_log
from collectors.shifts import parse as shifts
from collectors.trunks import parse as trunks
from collectors.vicidial import collector as vicidial

_TABLE = (
    Collector("queue_log", "Asterisk's queue_log file, followed live", queue_log.read_options),
    Collector("columns", "any delimited file with one call per row, described in the settings", columns.read_options),
    Collector("orders", "orders and revenue, CSV files in a drop folder", orders.read_options),
    Collector("vicidial", "VICIdial's MySQL or MariaDB tables, polled", vicidial.read_options),
    Collector("shifts", "shifts and absences in a CSV file", shifts.read_options),
    Collector("ics", "shifts and absences in a calendar file", ics.read_options),
    Collector("trunks", "channels in use, busy and blocked calls per service number", trunks.read_options),
)


def registry(collectors: Iterable[Collector] = _TABLE) -> dict[str, Collector]:
    """The collectors by name. Raises ValueError where two have the same."""
    found: dict[str, Collector] = {}
    for collector in collectors:
        if collector.name in found:
            message = f"two collectors are called {collector.name!r}: rename one in collectors/registry.py"
            raise ValueError(message)
        found[collector.name] = collector
    return found


COLLECTORS = registry()
