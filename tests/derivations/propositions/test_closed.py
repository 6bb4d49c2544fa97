"""A proposition with something free, bound twice, or assumed without being said is refused."""

from __future__ import annotations

import pytest
from sympy import Expr, Function, Integer, Symbol, exp, nan, oo

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.notation import N_K, Tensor, index, size
from attnproof.derivations.language.results import added, exponential, highest, value
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.propositions.closed import OpenError, check_closed
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    Index,
    Limit,
    Map,
    Number,
    Outcome,
    Proposition,
    Size,
    Some,
    Space,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements import STATEMENTS, load
from attnproof.derivations.statements.lemmas import UNSTATED

E = Tensor("scores", "e", (N_K,))
W = Tensor("weights", "w", (N_K,))
J, L = index("j"), index("l")
X = Symbol("x", real=True)
F = Function("f")
OMEGA, O = Outcomes("Omega"), Symbol("o")
Y = Tensor("random number", "y", (OMEGA,))
MEAN: Expr = Mean(Y[O], O, OMEGA)
SUM: Expr = total(E[L], (L, N_K))
P, TOP = size("p"), size("e_max")
FORMAT = (Size(P), Size(TOP))
POWER: Expr = exponential(value(X), P, TOP)


def test_what_is_bound_is_accepted() -> None:
    check_closed(Stated("sum", "", Every((Size(N_K), Array(E), Index(J, N_K)), le(E[J], SUM))))


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        (Every((Array(E),), le(SUM, Integer(0))), "n_k is free"),
        (Every((Size(N_K),), le(SUM, Integer(0))), "e is free"),
        (Every((Size(N_K), Array(E)), le(E[J], Integer(0))), "j is free"),
        (Every((Size(N_K), Array(E), Size(N_K)), le(SUM, Integer(0))), "n_k is bound twice"),
        (Every((Number(Symbol("x", positive=True)),), le(Integer(0), Integer(0))), "positive; say it"),
        (Every((Size(N_K, least=0),), lt(N_K, N_K)), "more than a whole number"),
        (Every((Number(X),), eq(exp(X + X), exp(2 * X))), "says nothing"),
        (
            Every((Size(N_K), Array(E)), Where((Equation(W, (J,), E[J]),), le(SUM, Integer(1)))),
            "w is defined and not used",
        ),
        (Every((Number(X),), eq(Function("f")(X), X)), "f is free"),
        (Every((Map(F), Number(X)), lt(F(X, X), X)), "f takes 1 numbers, not 2"),
        (Every((Size(N_K), Map(F), Array(E)), lt(F(E.base), Integer(0))), "e is an array"),
        (Every((Map(F, length=N_K),), lt(Integer(0), Integer(1))), "n_k is free"),
        (Every((Size(N_K), Map(F, length=N_K), Number(X)), lt(F(X), X)), "f takes an array of n_k"),
        (Every((Size(N_K), Map(F, length=N_K + 1), Array(E)), lt(F(E.base), Integer(0))), "f takes an array of n_k"),
        (Every((Size(N_K), Map(F, length=N_K)), lt(F(E.base), Integer(0))), "f takes an array of n_k"),
        (Limit(exp(X), X, X, Integer(0)), "x is free"),
        (Every((Number(X),), eq(rounded(X, size("p"), Integer(127)), X)), "p is free"),
        (Where((Equation(W, (J,), E[J]),), lt(W[Integer(0)], Integer(0))), "n_k is free|e is free"),
        (Some((Index(N_K, Integer(3)),), lt(N_K, N_K)), "no index"),
        (lt(MEAN, Integer(0)), "Omega is free"),
        (Every((Space(OMEGA),), HasMean(MEAN)), "y is free"),
        (Every((Space(OMEGA), Array(Y)), lt(Y[O], MEAN)), "o is free"),
        (Every((Space(OMEGA), Array(Y), Outcome(O, OMEGA)), lt(Y[O], MEAN)), "o is bound twice"),
        (Every((*FORMAT, Number(X)), le(POWER, value(X))), "equal or not, but not ≤"),
        (Every((*FORMAT, Number(X)), eq(POWER, X)), "x is no result"),
        (Every((Number(X),), eq(X, oo)), "oo is a result"),
        (Every((*FORMAT, Number(X)), eq(added(POWER, X, P, TOP), nan)), "x is no result"),
        (Every((*FORMAT, Number(X)), lt(X, 2 * POWER)), "is a result"),
        (Every((Size(N_K), Array(E, results=True)), le(SUM, Integer(1))), "is a result"),
        (Every((Size(N_K), Array(E)), eq(highest(E[L], L, N_K), oo)), "is no result"),
        (
            Every((Size(N_K), Array(E), Index(L, N_K)), Where((Equation(W, (J,), value(E[J])),), lt(W[L], E[L]))),
            "not <",
        ),
        (Every((Number(X),), eq(exponential(value(X), P, TOP), nan)), "p is free"),
    ],
)
def test_what_is_not_closed_is_refused(says: Proposition, problem: str) -> None:
    with pytest.raises(OpenError, match=problem):
        check_closed(Stated("it", "", says))


@pytest.mark.parametrize(("bits", "largest"), [(Integer(0), Integer(127)), (Integer(24), X), (Symbol("p"), Integer(1))])
def test_a_format_has_whole_numbers(bits: Expr, largest: Expr) -> None:
    for rounding in (rounded, exponential):
        with pytest.raises(ValueError, match="whole numbers of bits"):
            rounding(X, bits, largest)


def test_a_name_is_an_identifier() -> None:
    with pytest.raises(OpenError, match="identifier"):
        check_closed(Stated("two words", "", lt(Integer(0), Integer(1))))


def test_a_function_is_bound_by_its_name() -> None:
    check_closed(Stated("f", "", Every((Map(F), Number(X)), lt(F(X), X))))


def test_a_function_of_a_whole_array() -> None:
    check_closed(Stated("f", "", Every((Size(N_K), Map(F, length=N_K), Array(E)), lt(F(E.base), SUM))))


def test_a_mean_binds_its_outcome() -> None:
    below = Every((Outcome(O, OMEGA),), le(Y[O], Integer(1)))
    check_closed(
        Stated("mean", "", Every((Space(OMEGA), Array(Y)), Both((below, HasMean(MEAN), le(MEAN, Integer(1))))))
    )


@pytest.mark.parametrize("number", [oo, nan, value(X)])
def test_a_value_is_a_real_number(number: Expr) -> None:
    with pytest.raises(ValueError, match="no real number"):
        value(number)


def test_results_are_defined_and_bound_as_such() -> None:
    top = Tensor("highest", "m", ())
    defined = (Equation(W, (J,), exponential(E[J], P, TOP)), Equation(top, (), highest(W[L], L, N_K)))
    says = Every((*FORMAT, Size(N_K), Array(E, results=True)), Where(defined, eq(top[()], oo)))
    check_closed(Stated("highest", "", says))


def test_every_claim_is_stated_and_every_lemma_or_it_is_said_why_not() -> None:
    assert sorted((*STATEMENTS, *UNSTATED)) == sorted((*CLAIMS, *LEMMAS))


@pytest.mark.parametrize("id_", STATEMENTS)
def test_every_statement_is_closed(id_: str) -> None:
    assert load(id_)
