"""The histogram of waits: merging, quantiles, and how far off they may be."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from streams.waits import BINS, bins, quantile_seconds, read_ms
from tests.batch.formulas import percentile_is_right

WEEK_MS = 7 * 86_400_000


def histogram(waits_ms: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for number in bins(np.array(waits_ms, np.int64)).tolist():
        found[number] = found.get(number, 0) + 1
    return found


def merged(one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    return {number: one.get(number, 0) + other.get(number, 0) for number in {*one, *other}}


@pytest.mark.parametrize("second", [0, 1, 20, 99])
def test_up_to_a_hundred_seconds_a_bin_is_one_second(second: int) -> None:
    at, last, after = bins(np.array([second * 1000, second * 1000 + 999, second * 1000 + 1000])).tolist()
    assert at == last != after
    assert read_ms(at) == second * 1000


def test_every_wait_is_read_within_a_second_or_two_per_cent() -> None:
    chance = random.Random(1)
    waits_ms = [chance.randrange(100_000) for _ in range(2_000)]
    waits_ms += [int(100_000 * 1.05 ** chance.uniform(0, 180)) for _ in range(2_000)]
    waits_ms = [wait for wait in waits_ms if wait < WEEK_MS]
    for wait, number in zip(waits_ms, bins(np.array(waits_ms)).tolist(), strict=True):
        assert abs(read_ms(number) - wait) <= max(999, wait * 0.02), wait


def test_more_than_a_week_falls_into_the_last_bin() -> None:
    assert bins(np.array([WEEK_MS * 50])).tolist() == [BINS - 1]


def test_bins_rise_with_the_wait() -> None:
    numbers = bins(np.arange(0, WEEK_MS, 7_919)).tolist()
    assert numbers == sorted(numbers)
    assert numbers[0] == 0


def test_quantiles_of_whole_seconds_are_exact_nearest_ranks() -> None:
    waits_ms = [second * 1000 for second in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]
    found = histogram(waits_ms)
    assert [quantile_seconds(found, share) for share in (0.5, 0.9, 0.91, 1.0, 0.0)] == [5, 9, 10, 10, 1]


def test_no_wait_has_no_quantile() -> None:
    assert quantile_seconds({}, 0.5) is None
    assert quantile_seconds({3: 0}, 0.5) is None


def test_a_histogram_that_went_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        quantile_seconds({1: -3, 2: 1}, 0.5)


@pytest.mark.parametrize("seed", range(30))
def test_merged_histograms_give_the_quantiles_of_all_waits(seed: int) -> None:
    chance = random.Random(seed)
    parts = [[int(chance.expovariate(1 / 60_000)) for _ in range(chance.randrange(1, 200))] for _ in range(4)]
    whole: dict[int, int] = {}
    for part in parts:
        whole = merged(whole, histogram(part))
    every = sorted(wait for part in parts for wait in part)
    assert whole == histogram(every)
    for share in (Fraction(1, 2), Fraction(9, 10)):
        assert percentile_is_right(quantile_seconds(whole, float(share)), every, share)
