"""The mergeable histogram of waits: which bin a wait falls into, and quantiles from summed bins.

Up to 100 s a bin is one second wide, [k, k+1) s, and read as k: exact for sources that log whole seconds, off by
less than 1 s for others. Above, each bin is 4 % wide and read as its geometric middle: off by at most 2 %.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

_LINEAR_SECONDS = 100
_GROWTH = 1.04
_LONGEST_SECONDS = 7 * 86_400
_LOG_BINS = math.ceil(math.log(_LONGEST_SECONDS / _LINEAR_SECONDS) / math.log(_GROWTH))
_LOWER_MS = np.array(
    [k * 1000 for k in range(_LINEAR_SECONDS)] + [round(_LINEAR_SECONDS * 1000 * _GROWTH**k) for k in range(_LOG_BINS)],
    dtype=np.int64,
)
BINS = len(_LOWER_MS)


def bins(wait_ms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The bin of each wait; a wait of more than a week falls into the last."""
    return np.searchsorted(_LOWER_MS, wait_ms, side="right") - 1


def read_ms(number: int) -> float:
    """The wait in ms that a bin stands for."""
    lower = int(_LOWER_MS[number])
    return float(lower) if number < _LINEAR_SECONDS else lower * math.sqrt(_GROWTH)


def quantile_seconds(histogram: Mapping[int, int], share: float) -> float | None:
    """The wait in seconds that `share` (0..1) of the waits do not exceed (nearest rank); None without waits."""
    total = sum(histogram.values())
    if total == 0:
        return None
    rank = max(1, math.ceil(share * total))
    seen = 0
    for number in sorted(histogram):
        seen += histogram[number]
        if seen >= rank:
            return read_ms(number) / 1000
    message = f"histogram with negative counts: {dict(histogram)}"
    raise ValueError(message)
