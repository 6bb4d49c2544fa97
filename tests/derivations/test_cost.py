"""Costs counted from the equations: what counts, what is done once, what is held, what is refused."""

from __future__ import annotations

import pytest
from sympy import Rational, exp

from attnproof.derivations.calculus.cost import elements, memory, operations, parameters
from attnproof.derivations.language.notation import D_K, N_K, N_Q, D, I, J, R, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES
from attnproof.derivations.scores import FAMILIES


def test_a_dot_score_costs_one_multiply_add_for_each_pair_and_feature():
    found = operations(FAMILIES["dot"].system)
    assert [(one.kind, one.count, one.held) for one in found] == [("multiply_add", N_Q * N_K * D, N_Q * N_K)]
    assert parameters(FAMILIES["dot"].system) == 0
    assert elements(KEY_SHARED) == N_K * D


def test_a_number_made_of_sizes_costs_its_multiplications_only():
    found = operations(FAMILIES["scaled_dot"].system)
    assert [one.count for one in found] == [N_Q * N_K * D, N_Q * N_K]
    assert memory(found) == N_Q * N_K


def one_equation(rhs):
    return System("one", (QUERY_SHARED, KEY_SHARED), (Equation(SCORES, (I, J), rhs),), ("scores",))


def test_a_repeated_expression_is_computed_once_and_functions_work_in_place():
    column = total(KEY_SHARED[J, R], (R, D))
    found = operations(one_equation(exp(column) + exp(column) ** 2))
    kinds = [(one.kind, one.count) for one in found]
    assert kinds.count(("exp", N_K)) == 2  # SymPy writes exp(x)² as exp(2x)
    assert kinds.count(("addition", N_K * D)) == 1
    once = operations(one_equation(exp(total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D)))))
    assert memory(once) == N_Q * N_K


def test_the_cost_of_what_is_not_understood_is_refused():
    with pytest.raises(ValueError, match="not defined"):
        operations(one_equation(QUERY_SHARED[I, R - R] ** Rational(1, 2)))
    with pytest.raises(ValueError, match="two sizes"):
        operations(one_equation(total(QUERY_SHARED[I, J], (J, D))))
    with pytest.raises(ValueError, match="bias_hidden"):
        operations(FAMILIES["additive"].system)
    with pytest.raises(ValueError, match="no tensor 'keys'"):
        operations(FAMILIES["dot"].system, ("keys",))


def test_parameters_are_told_by_their_role():
    extra = Tensor("gain", "g", (D, D_K), "parameter")
    assert parameters(System("s", (QUERY_SHARED, extra), (), ())) == D * D_K
