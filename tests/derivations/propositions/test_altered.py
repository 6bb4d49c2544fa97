"""Altered propositions: every part in turn, and never the proposition itself."""

from __future__ import annotations

import pytest
from sympy import Function, Integer, Symbol, exp, nan, oo

from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.notation import N_K, Tensor, index, size
from attnproof.derivations.language.results import divided, exponential, subtracted, value
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.altered import altered, changed_numbers
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    If,
    Iff,
    Limit,
    Not,
    Number,
    Proposition,
    Size,
    Slope,
    Some,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements import STATEMENTS, load

X = Symbol("x", real=True)
P = size("p")
E = Tensor("scores", "e", (N_K,))
W = Tensor("weights", "w", (N_K,))
J, L = index("j"), index("l")
F = Function("f")
O, OMEGA = Symbol("o"), Outcomes("Omega")


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (le(X**2, Integer(1)), {"< in place of ≤", "the sides exchanged", "exponent 3 in place of 2"}),
        (eq(X + exp(X), X), {"≠ in place of =", "the sign of a term"}),
        (If(lt(Integer(0), X), lt(X, X)), {"a hypothesis left out", "a hypothesis denied"}),
        (Iff(eq(X, X), eq(X, X)), {"one side denied"}),
        (Both((lt(X, X), eq(X, X))), {"either in place of both", "part 1 left out", "part 2 left out"}),
        (Not(eq(X, X)), {"without its not"}),
        (Every((Size(N_K), Number(X)), le(X, X)), {"some in place of every", "n_k from 2 on"}),
        (Some((Number(X),), le(X, X)), {"every in place of some"}),
        (Every((Size(N_K, 2),), eq(N_K, N_K)), {"n_k from 1 on"}),
        (Limit(exp(-X), X, oo, Integer(0)), {"1 more, in the limit", "the other end, where it is taken"}),
        (
            eq(rounded(2 * X, P, Integer(127)), X),
            {
                "nothing rounded",
                "p + 1 bits in place of p",
                "exponents up to 128 in place of 127",
                "3 in place of 2",
            },
        ),
        (
            eq(subtracted(oo, value(2 * X), P, Integer(127)), nan),
            {
                "≠ in place of =",
                "added in place of subtracted",
                "the operands exchanged",
                "p + 1 bits in place of p",
                "exponents up to 128 in place of 127",
                "the other infinity",
                "3 in place of 2",
                "an infinity in place of NaN",
            },
        ),
        (
            eq(exponential(divided(value(X), -oo, P, P), P, P), oo),
            {"subtracted in place of divided", "the other infinity"},
        ),
        (Slope(exp(X), X, Integer(0), Integer(1)), {"the derivative's sign"}),
        (HasMean(Mean(X**2, O, OMEGA)), {"exponent 3 in place of 2"}),
        (le(Mean(X + 2, O, OMEGA), X), {"3 in place of 2"}),
        (
            Every((Size(N_K), Array(E)), Where((Equation(W, (J,), 2 * E[J]),), le(total(W[L], (L, N_K)), X))),
            {"3 in place of 2, in the definition of w"},
        ),
    ],
)  # fmt: skip
def test_each_part_is_altered(says: Proposition, expected: set[str]) -> None:
    found = list(altered(says))
    assert expected <= {what for what, _ in found}
    assert says not in [changed for _, changed in found]


def test_the_size_of_a_whole_array_is_none_of_its_numbers() -> None:
    array = Tensor("pairs", "p", (2 * N_K,))
    assert [what for what, _ in changed_numbers(3 * F(array.base))] == ["4 in place of 3", "-3 in place of 3"]


@pytest.mark.parametrize("id_", STATEMENTS)
def test_every_proposition_has_alterations(id_: str) -> None:
    assert all(any(altered(stated.says)) for stated in load(id_))
