"""What a sum is, is evaluated once for all arithmetics of a case, and no bound depends on which arithmetic came
first.
"""

from __future__ import annotations

import numpy as np
import pytest

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.bounds import bounds, interpreter
from attnproof.verify.bounds.contraction import Known, Term, known
from attnproof.verify.bounds.interpreter import Interpreter
from attnproof.verify.bounds.operand import exact
from attnproof.verify.implementations.optional import EVERY
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS

NAMES = ("generated-numpy", "torch-sdpa", "generated-jax", "fused-numba", "reference-torch")


def of(names: tuple[str, ...], score: str) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
    case = make_case(score, SETTINGS["every_option"], "normal", "fp32", 0)
    found = {name: bounds(case, arithmetic(EVERY[name], "fp32")) for name in names}
    return {name: {q: (b.bound, b.scale) for q, b in each.items()} for name, each in found.items()}


@pytest.mark.parametrize("score", ["additive", "dot"])
def test_bounds_do_not_depend_on_which_arithmetic_came_first(score: str) -> None:
    alone = {name: of((name,), score)[name] for name in NAMES}
    for order in (NAMES, NAMES[::-1]):
        for name, together in of(order, score).items():
            for quantity, (bound, scale) in together.items():
                assert np.array_equal(bound, alone[name][quantity][0]), (name, quantity)
                assert np.array_equal(scale, alone[name][quantity][1]), (name, quantity)


def test_a_second_arithmetic_evaluates_no_sum_again(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = 0

    def counting(*arguments, **options):
        nonlocal counted
        counted += 1
        return known(*arguments, **options)

    monkeypatch.setattr(interpreter, "known", counting)
    of(("generated-numpy",), "additive")
    alone, counted = counted, 0
    of(("generated-numpy", "reference-torch", "generated-jax"), "additive")
    assert counted == alone > 20
    counted = 0
    of(("fused-numba",), "additive")  # gradients in two ways, which are not each other's
    assert counted > alone + 10


def test_roundings_of_an_arithmetic_s_own_are_not_shared() -> None:
    x = exact("", np.asarray(3.0))
    how = arithmetic(EVERY["generated-numpy"], "fp32")
    shared: dict[tuple[object, ...], Known] = {}
    found = []
    for rescaling in (1.0, np.inf):
        one = Interpreter(how, {}, 1, {}, shared=shared)
        found.append(one._before([Term(1.0, (x, x, x), "", rescaling=rescaling)], "", {}, 1))
    assert np.isfinite(found[0].radius)
    assert np.isinf(found[1].radius)
