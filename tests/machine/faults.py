"""Planted faults: each makes the core a little wrong, as real programs have been wrong. The machine must find each.

They guard the guard: a machine that no longer finds one of them has lost a sense.
"""

from __future__ import annotations

from tests.machine import faults_counting, faults_saving, faults_selling, faults_trunks_shifts
from tests.machine.planting import PLANTED

KINDS = (faults_counting, faults_saving, faults_selling, faults_trunks_shifts)
FAULTS = PLANTED
"""Every fault by its name: a context in which it is planted."""
