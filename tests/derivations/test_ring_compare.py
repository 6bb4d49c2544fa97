"""Systems and expressions compared in the ring."""

from __future__ import annotations

import pytest
from sympy import Expr, exp, log, sqrt, tanh

from attnproof.derivations.attention.extended import extended
from attnproof.derivations.language.notation import D_A, N_K, N_Q, A, D, I, J, L, R, Tensor, index
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED, LOGITS, QUERY_SHARED, SCORES, WEIGHTS
from attnproof.derivations.ring.compare import Comparison, compare, equal_in_ring

SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_a": 3, "d_v": 2}
OTHER = index("r'")
FREE = ((I, N_Q), (J, N_K))


def softmax(of: Expr) -> Expr:
    return exp(of) / total(exp(of.xreplace({J: L})), (L, N_K))


def test_expressions() -> None:
    x = LOGITS[I, J]
    shifted = softmax(x - LOGITS[I, 0])
    found = equal_in_ring(softmax(x), shifted, [LOGITS], FREE, SIZES)
    assert found.equal
    assert found.probability is not None
    assert found.probability < 1e-14
    lse = log(total(exp(LOGITS[I, L]), (L, N_K)))
    assert equal_in_ring(softmax(x), exp(x - lse), [LOGITS], FREE, SIZES).equal
    wrong = equal_in_ring(softmax(x), exp(x - 2 * lse), [LOGITS], FREE, SIZES)
    assert wrong == Comparison(False, "result", (0, 0))
    assert equal_in_ring(lse * x, lse * lse * x, [LOGITS], FREE, SIZES).equal is None


def test_additive_and_folded() -> None:
    x, y = Tensor("x", "x", (N_Q, D_A)), Tensor("y", "y", (N_K, D_A))
    v = Tensor("v", "v", (D_A,))
    textbook = total(v[A] * tanh(x[I, A] + y[J, A]), (A, D_A))
    folded = total(-2 * v[A] / (1 + exp(2 * x[I, A]) * exp(2 * y[J, A])), (A, D_A))
    assert equal_in_ring(softmax(textbook), softmax(folded), [x, y, v], FREE, SIZES).equal
    assert equal_in_ring(textbook, folded, [x, y, v], FREE, SIZES).equal is False


def test_norms() -> None:
    q, k = QUERY_SHARED, KEY_SHARED
    norm = sqrt(total(q[I, OTHER] ** 2, (OTHER, D)))
    left = total(q[I, R] * k[J, R], (R, D)) / norm
    right = total(q[I, R] / norm * k[J, R], (R, D))
    found = equal_in_ring(left, right, [q, k], FREE, SIZES, rows=["query"])
    assert found.equal
    assert found.probability is not None
    assert equal_in_ring(left, left / norm, [q, k], FREE, SIZES, rows=["query"]).equal is False


def test_systems() -> None:
    scaled, plain = extended("scaled_dot").resolve(), extended("dot").resolve()
    found = compare(scaled, plain, SIZES, ["weights", "context"])
    assert found.equal is False
    assert found.tensor == "weights"
    divided = System(
        "divided",
        (QUERY_SHARED, KEY_SHARED),
        (
            Equation(SCORES, (I, J), total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D)) / sqrt(D)),
            Equation(WEIGHTS, (I, J), softmax(SCORES[I, J])),
        ),
        ("weights",),
    )
    assert compare(scaled, divided, SIZES, ["weights"], order=6).equal
    narrow = System("narrow", (Tensor("query", "q", (N_Q, N_K)),), (), ())
    with pytest.raises(ValueError, match="query has shape"):
        compare(scaled, narrow, SIZES, ["query"])
