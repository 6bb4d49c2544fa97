"""What a target is asked: every pair together; the kinds of faults that were missed are asked for by construction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import Any, Final

import numpy as np
import pytest

from attnproof.verify.composing.compose import Composed, compose
from attnproof.verify.composing.covering import covering
from attnproof.verify.composing.plan import factors_for, first_words, plan
from attnproof.verify.composing.row import LEVELS, Row
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.targets import Target, torch_target
from attnproof.verify.targets.target import FEATURES

CHOICE: Final = first_words()
TAKES: Final = tuple(name for name in FEATURES if name != "bias_hidden")


def nobody(**given: Any) -> Any:
    raise AssertionError(given)


WHOLE: Final = torch_target("whole", "scaled_dot", nobody, takes=TAKES, outputs=("context", "lse"))
PLAIN: Final = torch_target("plain", "scaled_dot", nobody)


def level(row: Row, factor: str) -> str:
    if factor == "sizes":
        return row.setting.name
    return str(row.features.get(factor, "") if factor in LEVELS else getattr(row, factor))


@pytest.mark.parametrize("target", [WHOLE, PLAIN], ids=lambda each: each.name)
def test_every_pair_is_asked_or_said_not_to_be(target: Target) -> None:
    planned = plan(target, CHOICE)
    factors = factors_for(target, sizes_for(target))
    asked = {((a, level(row, a)), (b, level(row, b))) for row in planned.rows for a, b in combinations(factors, 2)}
    for a, b in combinations(factors, 2):
        for one in factors[a]:
            for two in factors[b]:
                pair = ((a, one), (b, two))
                assert (pair in asked) != (pair in planned.not_asked), pair
    assert all(planned.not_asked.values())


def test_no_fewer_rows_than_the_two_longest_factors_need_and_few_more() -> None:
    longest = sorted((len(levels) for levels in factors_for(WHOLE, sizes_for(WHOLE)).values()), reverse=True)
    assert longest[0] * longest[1] <= len(plan(WHOLE, CHOICE).rows) <= 2 * longest[0] * longest[1]


def test_a_pair_that_has_no_meaning_is_left_and_no_other() -> None:
    rows, left = covering({"a": "xy", "b": "xy", "c": "xy"}, lambda row: (row.get("a"), row.get("b")) != ("x", "x"))
    assert left == [(("a", "x"), ("b", "x"))]
    assert len(rows) <= 6


def test_questions_with_the_same_sizes_follow_each_other() -> None:
    names = [row.setting.name for row in plan(WHOLE, CHOICE).rows]
    assert [name for k, name in enumerate(names) if name not in names[:k]] == list(dict.fromkeys(names))
    changes = sum(one != other for one, other in pairwise(names))
    assert changes == len(set(names)) - 1


def questions() -> Iterator[Composed]:
    return (compose(WHOLE, CHOICE, row) for row in plan(WHOLE, CHOICE).rows)


ASKED: Final = tuple(questions())


def differentiated(q: Composed) -> bool:
    return bool(q.request.gradients)


def hides(q: Composed, name: str) -> bool:
    """Whether a mask hides a key that position and length show."""
    mask = q.request.given[name]
    shown = np.tri(q.row.setting.n_q, q.row.setting.n_k, q.row.setting.n_k - q.row.setting.n_q, dtype=bool)
    return bool((shown & ~mask).any())


# Row of FAULTS.md -> what some question has.
KINDS: dict[str, Callable[[Composed], bool]] = {
    "33 cotangent of a sum": lambda q: (
        q.row.seed_layout == "broadcast"
        and differentiated(q)
        and bool((q.request.seeds["grad_context"] == q.request.seeds["grad_context"].flat[0]).all())
        and q.row.setting.d_v > 1
    ),
    "33 at one query": lambda q: q.row.seed_layout == "broadcast" and q.row.setting.n_q == 1 and differentiated(q),
    "35 values wider than queries": lambda q: q.row.setting.d_v > q.row.setting.d_q and differentiated(q),
    "36 mask beside causal": lambda q: (
        {"mask", "causal"} <= set(q.row.features) and "lengths" not in q.row.features and hides(q, "mask")
    ),
    "37 dropout beside causal": lambda q: {"dropout", "causal"} <= set(q.row.features) and q.row.setting.n_q > 1,
    "39 causal backward": lambda q: "causal" in q.row.features and differentiated(q) and q.row.setting.n_q > 1,
    "40 causal backward, fewer queries": lambda q: (
        "causal" in q.row.features and differentiated(q) and 1 <= q.row.setting.n_q < q.row.setting.n_k
    ),
    "42 ALiBi at one query": lambda q: "slopes" in q.row.features and q.row.setting.n_q == 1 < q.row.setting.n_k,
    "43 a length of 0": lambda q: "lengths" in q.row.features and 0 in q.request.given["lengths"],
    "44 strides of a mask": lambda q: "mask" in q.row.features and q.row.layout == "transposed",
    "47 a root that is rounded": lambda q: q.row.setting.d_q == 6 and "scale" not in q.row.features,
    "56 grouped keys backward": lambda q: "groups" in q.row.features and "key" in (q.request.gradients or ()),
    "grouped heads and mask": lambda q: {"groups", "mask"} <= set(q.row.features),
    "many heads": lambda q: min(q.row.setting.batch) >= 8,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_that_were_missed_are_asked_for(kind: str) -> None:
    assert any(map(KINDS[kind], ASKED))


@pytest.mark.parametrize("feature", [name for name in LEVELS if name != "bias_hidden"])
def test_a_feature_comes_twice_at_the_same_sizes_and_with_other_numbers(feature: str) -> None:
    """41: tables cached by shape; and so for whatever else is kept."""
    having = [q for q in ASKED if feature in q.row.features]
    assert max(Counter(q.row.setting.name for q in having).values()) > 1
    assert len({q.row.number for q in having}) == len(having)


def test_tables_of_the_same_shape_differ() -> None:
    tables = [q for q in ASKED if "rotary" in q.row.features]
    for name in {q.row.setting.name for q in tables}:
        same = [q.request.given["cos_key"].tobytes() for q in tables if q.row.setting.name == name]
        assert len(set(same)) > 1 or len(same) == 1
