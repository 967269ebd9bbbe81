"""Faults planted into the families of attempts, orders and billing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from streams.counters import BILLING_STEPS
from streams.families import billing
from streams.families.attempts import CellSums
from streams.families.orders import Orders
from streams.families.outbound import Outbound
from streams.moments import Moments
from tests.machine.planting import fault, wrap


@fault
def first_reading_of_an_attempt_stands() -> Iterator[None]:
    def put(right: Any, family: Outbound, identity: bytes, attempt: Any) -> None:
        if identity not in family._attempts:
            right(family, identity, attempt)

    with wrap(Outbound, "_put", put):
        yield


@fault
def lead_counted_for_each_attempt() -> Iterator[None]:
    def add(right: Any, sums: CellSums, attempt: Any, sign: int) -> None:
        lead, attempt.lead = attempt.lead, str(id(attempt)).encode()
        right(sums, attempt, sign)
        attempt.lead = lead

    with wrap(CellSums, "add", add):
        yield


@fault
def attempts_never_leave_the_window() -> Iterator[None]:
    with mock.patch.object(Outbound, "_edge_ms", return_value=0):
        yield


@fault
def call_lengths_are_cut_to_whole_steps() -> Iterator[None]:

    def billed(right: Any, handled: Moments) -> Any:
        found = right(handled)
        found[2:] = found[1] // (np.array(BILLING_STEPS)[:, None] * 1000)
        return found

    with wrap(billing, "_billed", billed):
        yield


@fault
def call_is_billed_still_when_the_window_left_it() -> Iterator[None]:
    def add(right: Any, own: Any, handled: Moments, inside: Any, sign: Any) -> None:
        if sorted(inside) != ["30m"]:
            right(own, handled, inside, sign)

    with wrap(billing.Billing, "add", add):
        yield


@fault
def yesterdays_calls_are_billed_today() -> Iterator[None]:
    with mock.patch.object(billing.Billing, "start_day"):
        yield


@fault
def first_word_of_an_order_stands() -> Iterator[None]:
    def put(right: Any, family: Orders, identity: bytes, order: Any) -> None:
        if identity not in family._orders:
            right(family, identity, order)

    with wrap(Orders, "_put", put):
        yield


@fault
def order_stays_when_the_clock_goes_on() -> Iterator[None]:
    def tick(right: Any, family: Orders, now_ms: int) -> None:
        right(family, now_ms)
        family._changed.clear()

    with wrap(Orders, "tick", tick):
        yield
