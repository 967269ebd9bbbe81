"""How the choices of a life are drawn: each anew and evenly, every life on its own.

Hypothesis by itself draws small numbers far more often, and most of its lives are copies of the one before with a
piece of it repeated. The rules of a life are numbers too, so half of them would hardly ever be taken, and a third of
the lives ended before their last step. A life that fails is repeated and shortened by Hypothesis as always.
"""

from __future__ import annotations

from random import Random

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

EVENLY = "evenly"


class Even(HypothesisProvider):
    """Draws from the random numbers of the life, which follow from the seed of the run."""

    def draw_boolean(self, p: float = 0.5) -> bool:
        """True with this probability."""
        return self._chance.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        """Any number of a closed range with the same probability; Hypothesis draws from any other."""
        if weights is not None or min_value is None or max_value is None:
            return super().draw_integer(min_value, max_value, weights=weights, shrink_towards=shrink_towards)
        return self._chance.randint(min_value, max_value)

    @property
    def _chance(self) -> Random:
        assert self._random is not None
        return self._random


AVAILABLE_PROVIDERS[EVENLY] = f"{__name__}.{Even.__qualname__}"
