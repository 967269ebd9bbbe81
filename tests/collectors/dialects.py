"""How each collector of files writes one complete record, any field of it replaceable."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from collectors.vicidial.rows import InboundRow, as_line
from streams.records import Arrived, Fact, Ordered, Rostered, TrunkCounted
from tests.collectors.bench import NOW_MS

NOW_S = NOW_MS // 1000


class Dialect:
    """How a collector writes one complete call, any field of it replaceable."""

    kind = ""
    header = ""

    def time(self, at_s: int) -> str:
        """The instant as this source writes it."""
        raise NotImplementedError

    def line(self, number: int, **fields: str) -> str:
        """Call `number`; `fields` replaces time, call, queue, agent, seconds or outcome."""
        raise NotImplementedError


class QueueLogDialect(Dialect):
    """One line that says arrival, answer and talk."""

    kind = "queue_log"

    def time(self, at_s: int) -> str:
        return str(at_s)

    def line(self, number: int, **fields: str) -> str:
        values = {
            "time": self.time(NOW_S - 600 + number % 500),
            "call": f"call.{number}",
            "queue": "q",
            "agent": "Anna",
            "seconds": "5",
            "outcome": "COMPLETEAGENT",
        } | fields
        return "{time}|{call}|{queue}|{agent}|{outcome}|{seconds}|20|1".format(**values)


class ColumnsDialect(Dialect):
    """One row of the map on the bench."""

    kind = "columns"
    header = "id;line;start;end;wait;outcome;agent"

    def time(self, at_s: int) -> str:
        return datetime.fromtimestamp(at_s, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M:%S")

    def line(self, number: int, **fields: str) -> str:
        start = self.time(NOW_S - 600 + number % 500)
        values = {
            "time": start,
            "call": f"call.{number}",
            "queue": "q",
            "agent": "Anna",
            "seconds": "0",
            "outcome": "ANSWERED",
        } | fields
        return "{call};{queue};{time};{time};{seconds};{outcome};{agent}".format(**values)


class VicidialDialect(Dialect):
    """One inbound row as a recorded line; a time that is no number stands in the local column."""

    kind = "vicidial"

    def time(self, at_s: int) -> str:
        return str(at_s)

    def line(self, number: int, **fields: str) -> str:
        time = fields.get("time", self.time(NOW_S - 600 + number % 500))
        epoch = int(time) if time.lstrip("-").isdigit() else None
        row = InboundRow(
            closecallid=number,
            campaign_id=fields.get("queue", "q"),
            call_date=time if epoch is None else "",
            start_epoch=epoch,
            length_in_sec=20,
            status=fields.get("outcome", "SALE"),
            queue_seconds=fields.get("seconds", "5"),
            user=fields.get("agent", "Anna"),
        )
        return as_line(row).decode()


class OrdersDialect(Dialect):
    """One order; the agent stands where the campaign does, the seconds are what it is worth."""

    kind = "orders"
    header = "order;time;cancels;project;campaign;hotline;revenue;currency"

    def time(self, at_s: int) -> str:
        return datetime.fromtimestamp(at_s, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M:%S")

    def line(self, number: int, **fields: str) -> str:
        values = {
            "time": self.time(NOW_S - 600 + number % 500),
            "call": f"order.{number}",
            "queue": "q",
            "agent": "Anna",
            "seconds": "12.50",
            "outcome": "EUR",
        } | fields
        return "{call};{time};;;{agent};{queue};{seconds};{outcome}".format(**values)


class TrunksDialect(Dialect):
    """One count of a trunk; who answers and how are no columns of it."""

    kind = "trunks"
    header = "time,number,trunk,channels,in_use,busy,blocked"

    def time(self, at_s: int) -> str:
        return datetime.fromtimestamp(at_s, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M:%S")

    def line(self, number: int, **fields: str) -> str:
        values = {
            "time": self.time(NOW_S - 600 + number % 500),
            "queue": f"q{number // 500}",
            "agent": "Anna",
            "seconds": "5",
        } | fields
        return "{time},{queue},{agent},30,{seconds},0,0".format(**values)


class ShiftsDialect(Dialect):
    """One absence of so many hours, by the settings on the bench."""

    kind = "shifts"
    header = "from,person,kind,queue,hours"

    def time(self, at_s: int) -> str:
        return datetime.fromtimestamp(at_s, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M:%S")

    def line(self, number: int, **fields: str) -> str:
        values = {
            "time": self.time(NOW_S - 600 + number % 500),
            "queue": "q",
            "agent": "Anna",
            "seconds": "5",
            "outcome": "holiday",
        } | fields
        return "{time},{agent},{outcome},{queue},{seconds}".format(**values)


class IcsDialect(Dialect):
    """A calendar with one shift, as a line of JSON."""

    kind = "ics"

    def time(self, at_s: int) -> str:
        return datetime.fromtimestamp(at_s, ZoneInfo("Europe/Berlin")).strftime("%Y%m%dT%H%M%S")

    def line(self, number: int, **fields: str) -> str:
        values = {
            "time": self.time(NOW_S - 600 + number % 500),
            "call": str(number),
            "agent": "Anna",
            "seconds": "5",
            "outcome": "work",
        } | fields
        text = (
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{call}\r\nSUMMARY:{agent}\r\nDTSTART:{time}\r\n"
            "DURATION:PT{seconds}S\r\nCATEGORIES:{outcome}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        return json.dumps(text.format(**values), ensure_ascii=False)


DIALECTS: dict[str, Dialect] = {
    dialect.kind: dialect
    for dialect in (
        QueueLogDialect(),
        ColumnsDialect(),
        OrdersDialect(),
        VicidialDialect(),
        TrunksDialect(),
        ShiftsDialect(),
        IcsDialect(),
    )
}


def name_of(fact: Fact) -> tuple[object, ...]:
    """What the facts of one line are known by; empty for those that follow from others."""
    match fact:
        case Arrived():
            return (fact.visit,)
        case Ordered():
            return (fact.order,)
        case TrunkCounted():
            return fact.trunk, fact.at_ms
        case Rostered():
            return fact.entry, fact.at_ms
    return ()
