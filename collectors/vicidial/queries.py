"""The statements that read VICIdial's tables: one light one for each table and poll.

Each part of a statement can use an index: the rows since an instant by `call_date`, the rows that are not final by
the primary key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Executable, Integer, and_, case, cast, column, func, or_, select, table, union_all
from sqlalchemy.sql.expression import TableClause

from collectors.vicidial.rows import InboundRow, OutboundRow
from collectors.vicidial.statuses import FLAGS

NO_DATE_BEFORE = "1000-01-01 00:00:00"
"""0000-00-00 sorts before every date that MariaDB allows."""

_MOST_UNDATED = 1_000

Statement = Executable


class ReadTable(NamedTuple):
    """A table that is polled: its name, its key, the columns in the order of `row`, and what a row becomes."""

    name: str
    key: str
    columns: tuple[str, ...]
    row: type[OutboundRow] | type[InboundRow]

    @property
    def archive(self) -> str:
        """Where old rows are moved to."""
        return f"{self.name}_archive"


OUTBOUND = ReadTable("vicidial_log", "uniqueid", OutboundRow.__struct_fields__[:-1], OutboundRow)
INBOUND = ReadTable("vicidial_closer_log", "closecallid", InboundRow.__struct_fields__, InboundRow)
TABLES = (OUTBOUND, INBOUND)

STATUSES = ("vicidial_statuses", "vicidial_campaign_statuses")
_STOCK_COLUMNS = {
    "vicidial_lists": ("list_id", "campaign_id", "active"),
    "vicidial_list": ("list_id", "status", "called_count", "last_local_call_time"),
    "vicidial_hopper": ("list_id", "status"),
}
OPTIONAL_FLAGS = frozenset({"completed"})
"""Columns that came to VICIdial late; where they are missing no status has the flag."""


def _of(read: ReadTable, name: str) -> TableClause:
    return table(name, *[column(each) for each in read.columns])


def since(read: ReadTable, from_text: str, open_keys: Sequence[str]) -> Statement:
    """The rows since a local time, those without a date, and those with these keys. A row may come twice."""
    source = _of(read, read.name)
    undated = select(source).where(source.c.call_date < NO_DATE_BEFORE).limit(_MOST_UNDATED).subquery("undated")
    parts = [select(source).where(source.c.call_date >= from_text), select(undated)]
    if open_keys:
        parts.append(select(source).where(source.c[read.key].in_(list(open_keys))))
    return union_all(*parts)


def whole_day(read: ReadTable, from_text: str, to_text: str, *, archive: bool) -> Statement:
    """The rows of [from, to) in local time, those that were moved to the archive too."""
    sources = [_of(read, read.name)] + ([_of(read, read.archive)] if archive else [])
    return union_all(
        *[select(each).where(each.c.call_date >= from_text).where(each.c.call_date < to_text) for each in sources]
    )


def statuses(name: str, flags: Sequence[str]) -> Statement:
    """The statuses of the system, or those that campaigns have of their own, with these flags."""
    keys = ["status"] if name == STATUSES[0] else ["campaign_id", "status"]
    source = table(name, *[column(each) for each in (*keys, *flags)])
    return select(source)


def stock(attempt_maximum: int, called_before: str) -> Statement:
    """The leads of the active lists by list and status: how many, touched, attempts, remaining and dialable.

    `called_before`: a local time; who was called later is not called again yet.
    """
    lists, leads = _table("vicidial_lists"), _table("vicidial_list")
    rests = leads.c.called_count < attempt_maximum
    recycled = or_(leads.c.last_local_call_time.is_(None), leads.c.last_local_call_time < called_before)
    return (
        select(
            leads.c.list_id,
            lists.c.campaign_id,
            leads.c.status,
            func.count(),
            func.count(case((leads.c.called_count > 0, 1))),
            cast(func.coalesce(func.sum(leads.c.called_count), 0), Integer),
            cast(func.sum(case((rests, attempt_maximum - leads.c.called_count), else_=0)), Integer),
            func.count(case((and_(rests, recycled), 1))),
        )
        .select_from(lists.join(leads, leads.c.list_id == lists.c.list_id))
        .where(lists.c.active == "Y")
        .group_by(leads.c.list_id, lists.c.campaign_id, leads.c.status)
    )


def hopper() -> Statement:
    """How many leads of each list are ready to be dialled."""
    source = _table("vicidial_hopper")
    return select(source.c.list_id, func.count()).where(source.c.status == "READY").group_by(source.c.list_id)


def _table(name: str) -> TableClause:
    return table(name, *[column(each) for each in _STOCK_COLUMNS[name]])


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
    needed = {read.name: read.columns for read in TABLES} | _STOCK_COLUMNS
    needed[STATUSES[0]] = ("status", *[flag for flag in FLAGS if flag not in OPTIONAL_FLAGS])
    needed[STATUSES[1]] = ("campaign_id", *needed[STATUSES[0]])
    return needed
