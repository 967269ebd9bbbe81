"""A simulated contact centre that writes a native Asterisk queue_log, a plan and trunks, read like any other."""

from collectors.demo_centre.beside import Beside
from collectors.demo_centre.centre import BACKFILL_MS, Centre
from collectors.demo_centre.hotlines import HOTLINES, Hotline, Queue, many_hotlines
from collectors.demo_centre.truth import QueueTruth
from collectors.demo_centre.write import NotOurFileError, Stop, centre_for, run, write_file

__all__ = [
    "BACKFILL_MS",
    "HOTLINES",
    "Beside",
    "Centre",
    "Hotline",
    "NotOurFileError",
    "Queue",
    "QueueTruth",
    "Stop",
    "centre_for",
    "many_hotlines",
    "run",
    "write_file",
]
