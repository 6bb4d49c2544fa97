"""RMS and layer normalisation of a query and a key: the tensors and equations that statements share."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, sqrt

from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import Both, Proposition, le, lt

Q: Final = Tensor("query", "q", (D,))
K: Final = Tensor("key", "k", (D,))
Q_HAT: Final = Tensor("normalised_query", "x", (D,), "intermediate")
K_HAT: Final = Tensor("normalised_key", "y", (D,), "intermediate")
Q_MEAN: Final = Tensor("query_mean", "m_q", (), "intermediate")
K_MEAN: Final = Tensor("key_mean", "m_k", (), "intermediate")
GAIN_Q: Final = Tensor("query_gain", "gamma_q", (D,))
GAIN_K: Final = Tensor("key_gain", "gamma_k", (D,))
OFFSET_Q: Final = Tensor("query_offset", "beta_q", (D,))
OFFSET_K: Final = Tensor("key_offset", "beta_k", (D,))
EPSILON: Final = Symbol("epsilon", real=True)
ZERO: Final = Integer(0)


def squares(x: Tensor, mean: Expr = ZERO) -> Expr:
    """The squared length of ``x − mean``."""
    return total((x[F] - mean) ** 2, (F, D))


def norm(x: Tensor) -> Expr:
    """The length."""
    return sqrt(total(x[R] ** 2, (R, D)))


def dot(x: Tensor, y: Tensor) -> Expr:
    """``x·y``."""
    return total(x[R] * y[R], (R, D))


def layer(centre: bool, query: Expr, key: Expr, epsilon: Expr = EPSILON) -> tuple[Equation, ...]:
    """RMS normalisation of both, layer normalisation where ``centre``; ``query`` and ``key`` are the gains."""
    means = (
        Equation(Q_MEAN, (), total(Q[F], (F, D)) / D if centre else ZERO),
        Equation(K_MEAN, (), total(K[F], (F, D)) / D if centre else ZERO),
    )
    q_mean, k_mean = (Q_MEAN[()], K_MEAN[()]) if centre else (ZERO, ZERO)
    return (
        *(means if centre else ()),
        Equation(Q_HAT, (R,), query * (Q[R] - q_mean) / sqrt(squares(Q, q_mean) / D + epsilon)),
        Equation(K_HAT, (R,), key * (K[R] - k_mean) / sqrt(squares(K, k_mean) / D + epsilon)),
    )


def with_offset(equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """The same with an offset added to query and key."""
    *means, query, key = equations
    return (
        *means,
        Equation(query.target, query.indices, query.rhs + OFFSET_Q[R]),
        Equation(key.target, key.indices, key.rhs + OFFSET_K[R]),
    )


def positive_roots(centre: bool) -> Proposition:
    """``ε ≥ 0`` and the roots are not 0."""
    parts = tuple(lt(ZERO, squares(x, total(x[R], (R, D)) / D if centre else ZERO) / D + EPSILON) for x in (Q, K))
    return Both((le(ZERO, EPSILON), *parts))
