"""Numbers whose scores reach a given size, through query and key and not through a bias."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.derivations.scores.following import alone
from attnproof.impl.reference.numpy_attention import attention
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.case import Case

# score -> an input that it is linear in, so that a power of two in it is one of every score
LINEAR: Final[Mapping[str, str]] = MappingProxyType(
    {"dot": "query", "scaled_dot": "query", "bilinear": "query", "additive": "v", "concat": "v"}
)


def reaching(case: Case, size: float) -> dict[str, Array]:
    """The inputs of a case without options, multiplied by a power of two so that size ≤ max |score| < 2 size.

    Raises ValueError where every score is 0.
    """
    largest = float(np.max(np.abs(attention(alone(case.score), dict(case.inputs)).scores)))
    if largest == 0.0:
        raise ValueError(f"scores that are all 0 do not reach {size:g}")
    name = LINEAR[alone(case.score)]
    if largest == 0.0:
        raise ValueError(f"scores of 0 reach no size, and {size:g} is asked for")
    return {**case.inputs, name: case.inputs[name] * 2.0 ** math.ceil(math.log2(size / largest))}
