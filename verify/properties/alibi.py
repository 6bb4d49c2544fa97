"""ALiBi: what is added to a score grows with the distance of query and key, a slope for each head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import case_of, variant
from attnproof.verify.properties.property import Choice, Draw, Property, at, needs
from attnproof.verify.properties.question import Question
from attnproof.verify.properties.settling import settled
from attnproof.verify.targets.target import Request, Target

# As many queries as keys: where the diagonal lies is then no question.
FOUR: Final = Setting("alibi", n_q=5, n_k=5, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2, 4))
THREE: Final = replace(FOUR, name="alibi_three_heads", batch=(2, 3))
# Those of the paper (Press, Smith and Lewis, 2022), so that a target may also make them itself from the number of
# heads: 2^(−8k/n) for n = 2^m heads; for other numbers those of the next smaller power of two, then every other one of
# twice that power. All are powers of two here, so that every product with a distance is a number of every format.
SLOPES: Final = {4: (2.0**-2, 2.0**-4, 2.0**-6, 2.0**-8), 3: (2.0**-4, 2.0**-8, 2.0**-2)}


def added(n: int, sign: str, heads: int) -> Array:
    """``−m|i − j|`` or ``−m(i − j)`` for every head, query and key."""
    gap = np.subtract.outer(np.arange(n), np.arange(n)).astype(np.float64)
    return np.asarray(-np.asarray(SLOPES[heads])[:, None, None] * (np.abs(gap) if sign == "distance" else gap))


def _biased(case: Case, sign: str, *, masked: bool) -> Case:
    bias = added(case.sizes["n_k"], sign, case.batch[-1])
    if masked:
        bias = np.where(np.tri(bias.shape[-1], dtype=bool), bias, -np.inf)
    return case.having(bias=bias)


def questions(target: Target, draw: Draw, choice: Choice) -> Iterator[Question]:
    """One request, and one with a causal mask where the target takes the flag."""
    case, sign = case_of(target, draw), choice["alibi"]
    for masked in (False, True) if "causal" in target.takes else (False,):
        truth = variant(case, ("alibi", sign, masked), partial(_biased, case, sign, masked=masked))
        given: dict[str, Any] = {**case.inputs, "slopes": np.asarray(SLOPES[case.batch[-1]])}
        given |= {"causal": True} if masked else {}
        request = Request(truth, given, draw.device, gradients=target.differentiable(truth))
        yield Question(request, f"ALiBi by {sign}{', causal' if masked else ''}")


PROPERTIES: Final = (
    Property(
        name="ALiBi",
        says="given slopes, −m|i − j| (or −m(i − j), as declared) is added to the scores, unscaled, and to each head "
        "its own",
        applies=needs("slopes", otherwise="takes no slopes of ALiBi"),
        draws=at(FOUR, THREE),
        finds=settled(questions, "alibi"),
        questions=questions,
    ),
)
