"""The derived adjoints are the formulas of a textbook, at symbolic sizes."""

from __future__ import annotations

import pytest
from sympy import Expr, Integer, KroneckerDelta, Piecewise, Sum, Symbol, exp, log, sech, sqrt, tanh

from attnproof.derivations.attention.derive import derive, derive_all
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.calculus.writing import accented
from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_A, D_K, D_Q, D_V, N_K, N_Q, A, D, F, I, J, L, P, R, Tensor, index
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import (
    KEY,
    KEY_SHARED,
    LOGITS,
    QUERY,
    QUERY_SHARED,
    SCORES,
    SOFTCAP,
    V_HIDDEN,
    VALUE,
    WEIGHT,
    WEIGHT_CONCAT,
    WEIGHTS,
)
from attnproof.derivations.scores import FAMILIES

IDS = {derivation.forward.name: derivation for derivation in derive_all()}


def equation_equal(left: Equation, right: Equation) -> bool:
    """Whether two equations define the same elements by equal right-hand sides, up to the names of free indices."""
    if left.target != right.target:
        return False
    renaming: dict[Symbol, Expr] = {}
    for mine, other in zip(left.indices, right.indices, strict=True):
        here = [s for s in mine.free_symbols if not s.is_positive]
        there = [s for s in other.free_symbols if not s.is_positive]
        if len(here) != len(there) or mine - sum(here) != other - sum(there):
            return False
        renaming.update(zip(there, here, strict=True))
    return equal(left.rhs, substitute(right.rhs, renaming))


def bar(tensor: Tensor) -> Tensor:
    return accented(tensor, "grad", "bar", "cotangent")


def found(system: System, name: str) -> list[Equation]:
    return [equation for equation in system.equations if equation.target.name == name]


@pytest.mark.parametrize("name", IDS)
def test_no_delta_no_case_distinction_and_no_exponential_is_left(name):
    derived = IDS[name].adjoint
    for equation in derived.equations:
        assert not equation.rhs.has(KroneckerDelta, Piecewise, exp, log), equation
        free = {s for where in equation.indices for s in where.free_symbols}
        unbound = {s for s in equation.rhs.free_symbols if s.is_integer and not s.is_positive} - free
        assert not unbound, equation
    assert derived.outputs == tuple(f"grad_{tensor.name}" for tensor in IDS[name].forward.inputs)


@pytest.mark.parametrize("name", IDS)
def test_every_equation_uses_inputs_and_earlier_targets_only(name):
    derived = IDS[name].adjoint
    known = {tensor.base for tensor in derived.inputs}
    for equation in derived.equations:
        used = {leaf.base for leaf in equation.rhs.atoms(type(WEIGHTS[I, J]))}
        assert used <= known, equation
        known.add(equation.target.base)


def test_the_softmax_adjoint():
    derived = derive("dot").adjoint
    (dot,) = found(derived, "row_dot")
    (logits,) = found(derived, "grad_logits")
    weights_bar = bar(WEIGHTS)
    assert dot.indices == (I,)
    assert dot.rhs == total(WEIGHTS[I, J] * weights_bar[I, J], (J, N_K))
    assert logits.rhs == WEIGHTS[I, J] * (weights_bar[I, J] - dot.target[I])
    assert not equal(logits.rhs, WEIGHTS[I, J] * (weights_bar[I, J] + dot.target[I]))


def test_the_whole_adjoint_of_the_scaled_dot_score():
    derived = derive("scaled_dot").adjoint
    q, k, e, c = QUERY_SHARED, KEY_SHARED, bar(SCORES), derive("scaled_dot").forward.tensors["context"]
    expected = {
        "grad_query": ((I, R), total(e[I, J] * k[J, R], (J, N_K)) / sqrt(D)),
        "grad_key": ((J, R), total(e[I, J] * q[I, R], (I, N_Q)) / sqrt(D)),
        "grad_value": ((J, P), total(WEIGHTS[I, J] * bar(c)[I, P], (I, N_Q))),
        "grad_weights": ((I, J), total(VALUE[J, P] * bar(c)[I, P], (P, D_V))),
    }
    for name, (indices, rhs) in expected.items():
        (equation,) = found(derived, name)
        assert equation_equal(equation, Equation(equation.target, indices, rhs)), equation
        assert not equation_equal(equation, Equation(equation.target, indices, 2 * rhs))


def test_the_adjoints_of_bilinear_and_additive_scores():
    e = bar(SCORES)
    (weight,) = found(derive("bilinear").adjoint, "grad_weight")
    assert equal(weight.rhs, total(QUERY[I, R] * e[I, J] * KEY[J, F], (I, N_Q), (J, N_K)))
    additive = derive("additive", "bias_hidden")
    z = additive.forward.tensors["preactivation"]
    (pre,) = found(additive.adjoint, "grad_preactivation")
    assert pre.rhs == V_HIDDEN[A] * sech(z[I, J, A]) ** 2 * e[I, J]
    (hidden,) = found(additive.adjoint, "grad_bias_hidden")
    assert hidden.rhs == total(bar(z)[I, J, A], (I, N_Q), (J, N_K))


def test_a_weight_made_of_blocks_has_one_equation_for_each_block():
    derived = derive("concat").adjoint
    z = bar(derive("concat").forward.tensors["preactivation"])
    query, key = found(derived, "grad_weight_concat")
    assert query.indices == (A, R)
    assert key.indices == (A, D_Q + F)
    assert equal(query.rhs, total(z[I, J, A] * QUERY[I, R], (I, N_Q), (J, N_K)))
    assert equal(key.rhs, total(z[I, J, A] * KEY[J, F], (I, N_Q), (J, N_K)))
    assert WEIGHT_CONCAT.shape == (D_A, D_Q + D_K)


def test_the_soft_cap():
    derived = derive("dot", "softcap").adjoint
    (scores,) = found(derived, "grad_scores")
    (cap,) = found(derived, "grad_softcap")
    kappa, u = SOFTCAP[()], bar(derive("dot").forward.tensors["capped"])
    x = SCORES[I, J] / kappa
    assert scores.rhs == u[I, J] * sech(x) ** 2
    assert equal(cap.rhs, total(u[I, J] * (tanh(x) - x * sech(x) ** 2), (I, N_Q), (J, N_K)))


def test_an_output_that_feeds_others_has_a_seed_of_its_own():
    system = attention("bilinear").resolve()
    derived = adjoint(system, ("scores", "weights", "context"), ("weight",))
    assert {"seed_scores", "seed_weights", "grad_context"} <= {tensor.name for tensor in derived.inputs}
    (scores,) = found(derived, "grad_scores")
    assert equal(scores.rhs - Tensor("", "e_seed", (N_Q, N_K))[I, J], Tensor("", "u_bar", (N_Q, N_K))[I, J])
    only = adjoint(system, ("scores",), ("weight",))
    assert [tensor.name for tensor in only.inputs] == ["query", "key", "grad_scores"]
    assert [equation.target.name for equation in only.equations] == ["grad_weight"]
    assert WEIGHT.shape == (D_Q, D_K)


def test_the_tangent_of_softmax():
    moved = tangent(attention("dot").resolve(), ("weights",))
    (weights,) = [equation for equation in moved.equations if equation.target.name == "tangent_weights"]
    (dot,) = found(moved, "row_dot")
    t = accented(LOGITS, "tangent", "dot", "tangent")
    assert weights.rhs == WEIGHTS[I, J] * (t[I, J] - dot.target[I])


def test_a_summation_index_that_nothing_depends_on_counts():
    x, y = Tensor("x", "x", (N_K,)), Tensor("y", "y", (N_Q,), "intermediate")
    system = System("count", (x,), (Equation(y, (I,), total(x[J], (J, N_K), (L, N_Q))),), ("y",))
    (equation,) = adjoint(system, ("y",)).equations
    assert equal(equation.rhs, N_Q * total(bar(y)[I], (I, N_Q)))


def test_the_left_hand_side_stands_for_a_right_hand_side_with_a_number():
    x, y = Tensor("x", "x", (N_Q,)), Tensor("y", "y", (N_Q,), "intermediate")
    (equation,) = adjoint(System("s", (x,), (Equation(y, (I,), 3 * exp(x[I])),), ("y",)), ("y",)).equations
    assert equation.rhs == bar(y)[I] * y[I]


def test_a_right_hand_side_is_not_found_where_two_of_its_indices_would_coincide():
    """With i = l the factors x_i³ / x_l would seem to leave 1 / x_l, which the derivative contains."""
    x, scale = Tensor("x", "x", (N_Q,)), Tensor("s", "s", ())
    y = Tensor("y", "y", (N_Q, N_Q), "intermediate")
    m = index("m")
    rhs = x[I] ** 3 / x[m] * exp(scale[()])
    equations = adjoint(System("s", (x, scale), (Equation(y, (I, m), rhs),), ("y",)), ("y",)).equations
    (equation,) = (e for e in equations if e.target.name == "grad_x")
    by_hand = total(3 * bar(y)[I, m] * x[I] ** 2 / x[m] * exp(scale[()]) - bar(y)[m, I] * y[m, I] / x[I], (m, N_Q))
    assert equation_equal(equation, Equation(equation.target, (I,), by_hand))


def test_a_quotient_that_is_one_has_gradient_zero():
    x, y = Tensor("x", "x", (N_K,)), Tensor("y", "y", (), "intermediate")
    rhs = total(x[J], (J, N_K)) / total(x[L], (L, N_K))
    equation = adjoint(System("s", (x,), (Equation(y, (), rhs),), ("y",)), ("y",)).equations[-1]
    assert equal(equation.rhs, Integer(0))


def test_an_axis_used_as_a_whole_and_in_blocks_is_cut_into_the_blocks():
    x, y = Tensor("x", "x", (D_Q + D_K,)), Tensor("y", "y", (), "intermediate")
    m = index("m")
    rhs = total(x[m] ** 2, (m, D_Q + D_K)) + total(x[D_Q + F] ** 3, (F, D_K))
    first, second = adjoint(System("s", (x,), (Equation(y, (), rhs),), ("y",)), ("y",)).equations
    assert equal(first.rhs, 2 * bar(y)[()] * x[first.indices])
    assert second.indices[0] - D_Q == F
    assert equal(second.rhs, bar(y)[()] * (2 * x[D_Q + F] + 3 * x[D_Q + F] ** 2))


def test_summation_letters_are_never_captured():
    """The gradient's own index has the letter that the equation sums over."""
    x, y = Tensor("x", "x", (N_K,)), Tensor("y", "y", (N_K,), "intermediate")
    rhs = x[J] * total(x[L] * total(x[J], (J, N_K)), (L, N_K))
    system = System("nested", (x,), (Equation(y, (J,), rhs),), ("y",))
    derived = adjoint(system, ("y",))
    assert derived.equations[-1].indices == (J,)
    by_hand = bar(y)[J] * total(x[L], (L, N_K)) ** 2 + 2 * total(x[L], (L, N_K)) * total(bar(y)[L] * x[L], (L, N_K))
    named = {equation.target[equation.indices]: equation.rhs for equation in derived.equations[:-1]}
    final = derived.equations[-1].rhs.xreplace(named)
    assert equal(final, by_hand)
    assert not equal(final, by_hand + bar(y)[J])


def _system(rhs, indices=(I,), shape=(N_Q,)):
    x = Tensor("x", "x", (N_Q,))
    return System("bad", (x,), (Equation(Tensor("y", "y", shape, "intermediate"), indices, rhs),), ("y",))


X = Tensor("x", "x", (N_Q,))
SQUARE = Tensor("m", "M", (N_Q, N_Q))


@pytest.mark.parametrize(
    ("system", "message"),
    [
        (_system(abs(X[I])), "equation for 'y': cannot differentiate Abs"),
        (_system(2 ** X[I]), "equation for 'y': cannot differentiate Pow"),
        (_system(Sum(X[J], (J, 1, N_Q))), "equation for 'y': a sum runs over 0"),
        (_system(Tensor("other", "o", (N_Q,))[I]), "equation for 'y': o\\[i\\] is not an element of a known tensor"),
        (_system(Tensor("other", "o", ())[()] * X[I]), "equation for 'y': o is neither a tensor nor a size"),
        (_system(X[J]), "equation for 'y': index j in x\\[j\\] is not bound"),
        (_system(X[I + J]), "equation for 'y': an index is"),
        (_system(X[I], (I, I), (N_Q, N_Q)), "equation for 'y': index i stands on two axes"),
        (
            System("bad", (SQUARE,), (Equation(Tensor("y", "y", (N_Q,), "intermediate"), (I,), SQUARE[I, I]),), ("y",)),
            "adjoint of 'm': index i stands on two axes",
        ),
        (
            _system(total(X[J], (J, N_K))),
            "equation for 'y': index j in x\\[j\\] runs to n_k, the axis has the size n_q",
        ),
        (
            System(
                "bad",
                (X, Tensor("x", "z", (N_K,))),
                (Equation(Tensor("y", "y", ()), (), total(X[I], (I, N_Q))),),
                ("y",),
            ),
            "two different tensors have the name 'x'",
        ),
        (
            System(
                "bad",
                (X,),
                (
                    Equation(Tensor("y", "y", (N_Q,)), (I,), Tensor("late", "g", (N_Q,))[I]),
                    Equation(Tensor("late", "g", (N_Q,)), (I,), X[I]),
                ),
                ("y",),
            ),
            "equation for 'y': g\\[i\\] is used before it is defined",
        ),
    ],
)
def test_what_is_not_part_of_the_notation_is_an_error_that_names_the_equation(system, message):
    with pytest.raises(ValueError, match=message):
        adjoint(system, ("y",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((attention("dot"),), "decide the options softcap, bias"),
        ((attention("dot").resolve(), ("nothing",)), "unknown output 'nothing'; known: scores"),
        ((attention("dot").resolve(), ()), "no output"),
        ((attention("dot").resolve(), ("context",), ("nothing",)), "unknown tensor 'nothing'"),
    ],
)
def test_wrong_names_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        adjoint(*arguments)


def test_a_second_differentiation_needs_names_of_its_own():
    system = attention("dot").resolve()
    both = system.then(adjoint(system))
    with pytest.raises(ValueError, match="exists already; choose another prefix"):
        adjoint(both, ("grad_query",))
    second = adjoint(both, ("grad_query",), ("key",), prefix="second", accent="dot")
    assert second.outputs == ("second_key",)


def test_unknown_scores_and_options_are_errors():
    with pytest.raises(KeyError, match="unknown score"):
        derive("cosine")
    with pytest.raises(ValueError, match="unknown option 'sink'"):
        derive("dot", "sink")
    assert derive("dot", "bias", "softcap") is derive("dot", "softcap", "bias")
    assert set(FAMILIES) == {derivation.score for derivation in derive_all()}
    assert len(derive_all()) == 24
    assert equal(Integer(0), total(Integer(0), (J, N_K)))
