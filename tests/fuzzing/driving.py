"""How fuzzed inputs are drawn: the same ones every day, others in every soak, whose seed is printed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.soaking import SOAKING

_VARIABLE = "FUZZING_SEED"
SEED = int(os.environ.get(_VARIABLE) or (secrets.randbits(32) if SOAKING else 6))
"""`FUZZING_SEED=… SOAK=1` draws again what a soak has drawn."""


def seed_line() -> str:
    """What is printed, so that a failure can be had again."""
    return f"{_VARIABLE}={SEED}"


def fuzzed(
    inputs: SearchStrategy[Any],
    examples: int,
    look: Callable[[Any], None],
    *,
    smaller: bool = True,
    part: int = 0,
) -> None:
    """Give `look` so many inputs; what fails is made as small as it gets, and shown with the seed.

    It is not made `smaller` where looking changes what is looked at. Every `part` draws others.
    """
    print(seed_line())
    limits = settings(
        max_examples=examples,
        database=None,
        deadline=None,  # how long something takes is counted elsewhere, in steps
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if smaller else (Phase.generate,),
        print_blob=True,
    )

    @hypothesis.seed(SEED + part)
    @limits
    @given(inputs)
    def looked_at(one: Any) -> None:
        look(one)

    looked_at()
