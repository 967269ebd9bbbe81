"""The statements that read VICIdial's tables: one light one for each table and poll.

Each part of a statement can use an index: the rows since an instant by `call_date`, the rows that are not final by
the primary key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, Select, case, column, func, null, or_, select, table, union_all

from collectors.vicidial.rows import AgentRow, InboundRow, LoginRow, OutboundRow, Row
from collectors.vicidial.statuses import FLAGS

NO_DATE_BEFORE = "1000-01-01 00:00:00"
"""0000-00-00 sorts before every date that MariaDB allows."""

_MOST_UNDATED = 1_000

Statement = Executable


class ReadTable(NamedTuple):
    """A table that is polled: its name, its key, the columns in the order in which `row` takes them, and its date.

    `late`: columns that came to VICIdial late; where they are `missing` they read as NULL. `events`: only rows with one
    of these words in their column `event` are read.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    row: Callable[..., Row]
    date: str = "call_date"
    late: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    events: tuple[str, ...] = ()

    @property
    def archive(self) -> str:
        """Where old rows are moved to."""
        return f"{self.name}_archive"

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(name for name in self.columns if name not in self.late)

    def among(self, columns: Iterable[str]) -> ReadTable:
        """The same, where only these columns are there."""
        return self._replace(missing=self.late.difference(columns))


def _agent_row(*values: Any) -> AgentRow:
    *said, status, comments = values
    said += [bool(status), comments == "INBOUND"]
    return AgentRow(*said)


OUTBOUND = ReadTable("vicidial_log", "uniqueid", OutboundRow.__struct_fields__[:-1], OutboundRow)
INBOUND = ReadTable("vicidial_closer_log", "closecallid", InboundRow.__struct_fields__, InboundRow)
AGENTS = ReadTable(
    "vicidial_agent_log",
    "agent_log_id",
    (*AgentRow.__struct_fields__[:-2], "status", "comments"),
    _agent_row,
    "event_time",
    frozenset({"dead_epoch", "comments"}),
)
LOGINS = ReadTable(
    "vicidial_user_log",
    "user_log_id",
    LoginRow.__struct_fields__,
    LoginRow,
    "event_date",
    events=("LOGIN", "LOGOUT"),
)
TABLES = (OUTBOUND, INBOUND)
OF_AGENTS = (AGENTS, LOGINS)
"""Read where they are; who may not see them, or has none, has no figures of agents from this feed."""

STATUSES = ("vicidial_statuses", "vicidial_campaign_statuses")
STOCK_COLUMNS = {
    "vicidial_lists": ("list_id", "campaign_id", "active"),
    "vicidial_list": ("list_id", "status", "called_count", "last_local_call_time"),
    "vicidial_hopper": ("list_id", "status"),
}
RULE_COLUMNS = {
    "vicidial_callbacks": ("list_id", "status", "callback_time"),
    "vicidial_campaigns": ("campaign_id", "dial_statuses"),
    "vicidial_lead_recycle": ("campaign_id", "status", "attempt_delay", "attempt_maximum", "active"),
}
"""Tables of the dialer's own rules, read where they are."""
LATE_COLUMNS = {
    "vicidial_list": ("called_since_last_reset",),
    "vicidial_campaigns": ("call_count_limit", "drop_lockout_time"),
}
_PROMISED = ("ACTIVE", "LIVE")
"""A callback that nobody has made: its time is to come, or the dialer has seen that it came."""
OPTIONAL_FLAGS = frozenset({"completed"})
"""Columns that came to VICIdial late; where they are missing no status has the flag."""


def _of(read: ReadTable, name: str) -> Select[Any]:
    source = table(name, *[column(each) for each in read.columns])
    rows = select(*[null().label(each) if each in read.missing else source.c[each] for each in read.columns])
    if read.events:
        rows = rows.where(or_(*[column("event").like(f"%{event}") for event in read.events]))
    return rows.select_from(source)


def since(read: ReadTable, from_text: str, open_keys: Sequence[str]) -> Statement:
    """The rows since a local time, those without a date, and those with these keys. A row may come twice."""
    rows = _of(read, read.name)
    date: ColumnElement[Any] = column(read.date)
    undated = rows.where(date < NO_DATE_BEFORE).limit(_MOST_UNDATED).subquery("undated")
    parts = [rows.where(date >= from_text), select(undated)]
    if open_keys:
        parts.append(rows.where(column(read.key).in_(list(open_keys))))
    return union_all(*parts)


def whole_day(read: ReadTable, from_text: str, to_text: str, *, archive: bool) -> Statement:
    """The rows of [from, to) in local time, those that were moved to the archive too."""
    sources = [_of(read, read.name)] + ([_of(read, read.archive)] if archive else [])
    date: ColumnElement[Any] = column(read.date)
    return union_all(*[rows.where(date >= from_text).where(date < to_text) for rows in sources])


def statuses(name: str, flags: Sequence[str]) -> Statement:
    """The statuses of the system, or those that campaigns have of their own, with these flags."""
    keys = ["status"] if name == STATUSES[0] else ["campaign_id", "status"]
    source = table(name, *[column(each) for each in (*keys, *flags)])
    return select(source)


def stock(called_before: Sequence[str], *, with_resets: bool) -> Statement:
    """The leads of the active lists by list, status, whether called since the last reset, and calls: how many, and of
    those how many were called before each of these local times, or never.

    Without `with_resets` no lead says whether it was called since the last reset.
    """
    lists = table("vicidial_lists", *[column(name) for name in STOCK_COLUMNS["vicidial_lists"]])
    of_leads = (*STOCK_COLUMNS["vicidial_list"], *LATE_COLUMNS["vicidial_list"])
    leads = table("vicidial_list", *[column(name) for name in of_leads])
    since_reset: list[ColumnElement[Any]] = [leads.c.called_since_last_reset] if with_resets else []
    groups: list[ColumnElement[Any]] = [
        leads.c.list_id,
        lists.c.campaign_id,
        leads.c.status,
        leads.c.called_count,
        *since_reset,
    ]
    last = leads.c.last_local_call_time
    waited = [func.count(case((or_(last.is_(None), last < text), 1))) for text in called_before]
    return (
        select(*groups[:4], *(since_reset or [null()]), func.count(), *waited)
        .select_from(lists.join(leads, leads.c.list_id == lists.c.list_id))
        .where(lists.c.active == "Y")
        .group_by(*groups)
    )


def hopper() -> Statement:
    """How many leads of each list are ready to be dialled."""
    source = table("vicidial_hopper", column("list_id"), column("status"))
    return select(source.c.list_id, func.count()).where(source.c.status == "READY").group_by(source.c.list_id)


def callbacks(now: str, overdue_before: str) -> Statement:
    """The callbacks of each list that nobody has made: how many, of those due now, and since before a local time."""
    source = table("vicidial_callbacks", *[column(name) for name in RULE_COLUMNS["vicidial_callbacks"]])
    due = [func.count(case((source.c.callback_time <= text, 1))) for text in (now, overdue_before)]
    return select(source.c.list_id, func.count(), *due).where(source.c.status.in_(_PROMISED)).group_by(source.c.list_id)


def campaigns(late: Iterable[str]) -> Statement:
    """What each campaign dials; of the columns that came late, those that are there."""
    names = (*RULE_COLUMNS["vicidial_campaigns"], *LATE_COLUMNS["vicidial_campaigns"])
    source = table("vicidial_campaigns", *[column(name) for name in names])
    there = {*RULE_COLUMNS["vicidial_campaigns"], *late}
    return select(*[source.c[name] if name in there else null().label(name) for name in names]).select_from(source)


def recycling() -> Statement:
    """After which statuses a lead is called again before its list is reset: campaign, status, seconds and how often."""
    source = table("vicidial_lead_recycle", *[column(name) for name in RULE_COLUMNS["vicidial_lead_recycle"]])
    return select(source.c.campaign_id, source.c.status, source.c.attempt_delay, source.c.attempt_maximum).where(
        source.c.active == "Y"
    )


def columns_of_schema(names: Sequence[str]) -> Statement:
    """Which columns these tables have."""
    source = table(
        "columns", column("table_schema"), column("table_name"), column("column_name"), schema="information_schema"
    )
    return (
        select(source.c.table_name, source.c.column_name)
        .where(source.c.table_schema == func.database())
        .where(source.c.table_name.in_(list(names)))
    )


def needed_columns() -> dict[str, tuple[str, ...]]:
    """The columns that must be there, by table."""
    needed: dict[str, tuple[str, ...]] = {read.name: read.needed for read in TABLES}
    needed |= STOCK_COLUMNS
    needed[STATUSES[0]] = ("status", *[flag for flag in FLAGS if flag not in OPTIONAL_FLAGS])
    needed[STATUSES[1]] = ("campaign_id", *needed[STATUSES[0]])
    return needed


def optional_columns() -> dict[str, tuple[str, ...]]:
    """The columns that must be there where their table is."""
    return {read.name: read.needed for read in OF_AGENTS} | RULE_COLUMNS
