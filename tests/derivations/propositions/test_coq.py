"""What the Coq text of a proposition looks like, and what has none."""

from __future__ import annotations

import pytest
from sympy import Expr, Function, Integer, Rational, Symbol, exp, factorial, nan, oo, sqrt, tanh

from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.notation import N_K, Tensor, index, size
from attnproof.derivations.language.results import added, divided, exponential, highest, subtracted, value
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.coq import definition, proposition
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    If,
    Index,
    Limit,
    Map,
    Not,
    Number,
    Outcome,
    Proposition,
    Size,
    Slope,
    Some,
    Space,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.typesetting.coq import real, whole

E = Tensor("scores", "e", (N_K,))
A = Tensor("weights", "alpha", (N_K,))
J, L = index("j"), index("l")
X, Y = Symbol("x", real=True), Symbol("exp", real=True)
O, OMEGA = Symbol("o"), Outcomes("Omega")
Q = Tensor("query", "q", (OMEGA, N_K))
RANDOM = Tensor("random number", "y", (OMEGA,))


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (X - 2 * exp(-X), "x - 2 * exp (- x)"),
        (X / (1 + X) ** 2, "x / (x + 1) ^ 2"),
        (Rational(-1, 2) * X, "- (x / 2)"),
        (sqrt(N_K), "sqrt (INR n_k)"),
        (X / N_K, "x / INR n_k"),
        (X / (N_K**2 + 2 * N_K), "x / INR (n_k ^ 2 + 2 * n_k)%nat"),
        (tanh(X) ** 2, "tanh x ^ 2"),
        (E[J + 1], "e (j + 1)%nat"),
        (total(E[L] * X, (L, N_K)) ** 2, "sum n_k (fun l : nat => x * e l) ^ 2"),
        (exp(Y), "exp exp_"),
        (rounded(X + 1, Integer(24), Integer(127)), "rounded 24 127 (x + 1)"),
        (2 * rounded(X, size("p") + 1, size("rounded")), "2 * rounded (p + 1)%nat rounded_ x"),
        (Mean(Q[O, J], O, OMEGA) ** 2, "mean_of Omega (fun o : Omega => q o j) ^ 2"),
        (factorial(J) * X, "x * INR (fact j)"),
        (value(X + 1), "Value (x + 1)"),
        (added(value(X), oo, Integer(24), Integer(127)), "added 24 127 (Value x) PlusInfinity"),
        (subtracted(E[J], -oo, size("p"), size("p")), "subtracted p p (e j) MinusInfinity"),
        (divided(E[J], nan, size("p"), size("added")), "divided p added_ (e j) NaN"),
        (
            exponential(highest(E[L], L, N_K), Integer(11), Integer(15)),
            "exponential 11 15 (highest n_k (fun l : nat => e l))",
        ),
    ],
)
def test_terms(expr: Expr, text: str) -> None:
    assert real(expr) == text


def test_a_difference_of_sizes_is_refused() -> None:
    """Natural numbers stop at 0: what is printed would say something else at the smallest sizes."""
    with pytest.raises(ValueError, match="no difference"):
        whole(N_K - 1)
    with pytest.raises(ValueError, match="no difference"):
        real(total(E[L], (L, N_K - 1)))


@pytest.mark.parametrize(
    ("says", "text"),
    [
        (Every((Size(N_K, 2), Number(X)), eq(X, X)), "forall n_k : nat, (2 <= n_k)%nat ->\nforall x : R,\nx = x"),
        (Every((Index(J, N_K),), eq(X, X)), "forall j : nat, (j < n_k)%nat ->\nx = x"),
        (Some((Number(X),), lt(Integer(0), X)), "exists x : R,\n(0 < x)"),
        (If(lt(X, Integer(1)), Not(eq(X, Integer(2)))), "(x < 1) ->\n~ (x = 2)"),
        (Both((le(X, X), le(X, X))), "(x <= x) /\\\n(x <= x)"),
        (Where((Equation(A, (J,), exp(E[J])),), eq(A[L], X)), "let alpha := fun j : nat => exp (e j) in\nalpha l = x"),
        (
            Some((Map(Function("f"), length=N_K),), lt(Function("f")(E.base), Integer(0))),
            (
                "exists f : (nat -> R) -> R, (forall one another : nat -> R, "
                "(forall place : nat, (place < n_k)%nat -> one place = another place) -> f one = f another) /\\\n"
                "(f e < 0)"
            ),
        ),
        (Limit(tanh(X), X, oo, Integer(1)), "is_lim (fun x : R => tanh x) p_infty (Finite 1)"),
        (Slope(exp(X), X, Integer(0), Integer(1)), "is_derive (fun x : R => exp x) 0 1"),
        (HasMean(Mean(Q[O, J], O, OMEGA)), "has_mean Omega (fun o : Omega => q o j)"),
        (Every((Space(OMEGA), Array(Q)), le(X, X)), "forall Omega : outcomes,\nforall q : Omega -> nat -> R,\nx <= x"),
        (Every((Outcome(O, OMEGA),), le(X, X)), "forall o : Omega,\nx <= x"),
        (Where((Equation(E, (O,), X),), le(X, X)), "let e := fun o : nat => x in\nx <= x"),
        (Where((Equation(RANDOM, (O,), X),), le(X, X)), "let y := fun o : Omega => x in\nx <= x"),
    ],
)  # fmt: skip
def test_propositions(says: Proposition, text: str) -> None:
    assert proposition(says) == text


def test_a_definition_has_its_title() -> None:
    assert definition(Stated("zero", "nothing", eq(Integer(0), Integer(0)))) == (
        "(* nothing *)\nDefinition zero : Prop :=\n  0 = 0.\n"
    )


def test_an_array_of_results() -> None:
    assert (
        proposition(Every((Array(E, results=True),), eq(E[J], -oo))) == "forall e : nat -> result,\ne j = MinusInfinity"
    )


def test_arrays_are_functions_of_positions() -> None:
    assert "forall e : nat -> R" in proposition(Every((Size(N_K), Array(E)), eq(Integer(0), Integer(0))))
