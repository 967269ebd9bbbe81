"""The tables of the simulated dialer: names and columns as in VICIdial, as far as anybody reads them here.

Campaigns are called by whole names, which VICIdial's eight characters would not hold. Dates are TEXT, as SQLite has it.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors.demo_centre.dialer_rows import Row

FLAGS = (
    "human_answered",
    "sale",
    "dnc",
    "customer_contact",
    "not_interested",
    "unworkable",
    "scheduled_callback",
    "completed",
)
STATUSES: Mapping[str, tuple[str, ...]] = {
    "NEW": (),
    "QUEUE": (),
    "INCALL": (),
    "DROP": ("human_answered",),
    "NA": (),
    "B": (),
    "A": (),
    "AA": (),
    "DC": ("unworkable",),
    "NI": ("human_answered", "customer_contact", "not_interested"),
    "NP": ("human_answered",),
    "CALLBK": ("human_answered", "customer_contact", "scheduled_callback"),
    "DNC": ("human_answered", "dnc"),
    "SALE": ("human_answered", "sale"),
}
"""What the statuses of the system mean, as they are delivered: SALE has no customer_contact."""

CAMPAIGN_STATUSES: Mapping[str, tuple[str, ...]] = {"INTV": ("human_answered", "customer_contact", "sale", "completed")}
"""Statuses that a campaign adds: an interview was held to its end."""

_LOG = (
    "uniqueid TEXT PRIMARY KEY, lead_id INTEGER, list_id INTEGER, campaign_id TEXT, call_date TEXT, "
    "start_epoch INTEGER, end_epoch INTEGER, length_in_sec INTEGER, status TEXT, user TEXT, term_reason TEXT"
)
_CLOSER_LOG = (
    "closecallid INTEGER PRIMARY KEY, lead_id INTEGER, list_id INTEGER, campaign_id TEXT, call_date TEXT, "
    "start_epoch INTEGER, end_epoch INTEGER, length_in_sec INTEGER, status TEXT, user TEXT, queue_seconds TEXT, "
    "term_reason TEXT, uniqueid TEXT"
)
_FLAG_COLUMNS = ", ".join(f"{flag} TEXT DEFAULT 'N'" for flag in FLAGS)

TABLES: Mapping[str, str] = {
    "vicidial_log": _LOG,
    "vicidial_log_archive": _LOG,
    "vicidial_closer_log": _CLOSER_LOG,
    "vicidial_closer_log_archive": _CLOSER_LOG,
    "vicidial_lists": "list_id INTEGER PRIMARY KEY, list_name TEXT, campaign_id TEXT, active TEXT",
    "vicidial_list": "lead_id INTEGER PRIMARY KEY, list_id INTEGER, status TEXT, called_count INTEGER, "
    "last_local_call_time TEXT",
    "vicidial_hopper": "hopper_id INTEGER PRIMARY KEY, lead_id INTEGER, list_id INTEGER, campaign_id TEXT, status TEXT",
    "vicidial_callbacks": "callback_id INTEGER PRIMARY KEY, lead_id INTEGER, list_id INTEGER, campaign_id TEXT, "
    "status TEXT, entry_time TEXT, callback_time TEXT, user TEXT, recipient TEXT",
    "vicidial_agent_log": "agent_log_id INTEGER PRIMARY KEY, user TEXT, event_time TEXT, lead_id INTEGER, "
    "campaign_id TEXT, pause_epoch INTEGER, pause_sec INTEGER, wait_epoch INTEGER, wait_sec INTEGER, "
    "talk_epoch INTEGER, talk_sec INTEGER, dispo_epoch INTEGER, dispo_sec INTEGER, status TEXT, sub_status TEXT, "
    "uniqueid TEXT",
    "vicidial_user_log": "user_log_id INTEGER PRIMARY KEY, user TEXT, event TEXT, campaign_id TEXT, event_date TEXT, "
    "event_epoch INTEGER",
    "vicidial_statuses": f"status TEXT PRIMARY KEY, status_name TEXT, {_FLAG_COLUMNS}",
    "vicidial_campaign_statuses": f"status TEXT, campaign_id TEXT, status_name TEXT, {_FLAG_COLUMNS}, "
    "PRIMARY KEY (campaign_id, status)",
}
INDEXES = tuple(
    f"CREATE INDEX IF NOT EXISTS {name}_{column} ON {name} ({column})"
    for name, column in (
        ("vicidial_log", "call_date"),
        ("vicidial_log_archive", "call_date"),
        ("vicidial_closer_log", "call_date"),
        ("vicidial_closer_log_archive", "call_date"),
        ("vicidial_agent_log", "event_time"),
        ("vicidial_user_log", "event_date"),
        ("vicidial_list", "list_id"),
        ("vicidial_callbacks", "campaign_id"),
    )
)
CREATE = (
    *(f"CREATE TABLE IF NOT EXISTS {name} ({columns})" for name, columns in TABLES.items()),
    *INDEXES,
)


def status_rows(campaigns: Mapping[str, str]) -> dict[str, list[Row]]:
    """The rows of both tables of statuses; `campaigns`: by campaign the status that counts as sold."""

    def flagged(flags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("Y" if flag in flags else "N" for flag in FLAGS)

    return {
        "vicidial_statuses": [(status, status, *flagged(flags)) for status, flags in STATUSES.items()],
        "vicidial_campaign_statuses": [
            (status, campaign, status, *flagged(CAMPAIGN_STATUSES[status]))
            for campaign, status in campaigns.items()
            if status in CAMPAIGN_STATUSES
        ],
    }
