"""T2, formally: how fast gradients vanish as the weights approach one-hot, and where they do not."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Function, Integer, KroneckerDelta, Symbol, exp, log, oo, sqrt

from attnproof.derivations.language.notation import D_K, N_K, F, I, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    If,
    Index,
    Limit,
    Map,
    Number,
    Proposition,
    Size,
    Slope,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, T, other, same, softmax, weight_of

K, Y, W = index("k"), index("y"), index("w")
UPSTREAM: Final = Tensor("upstream", "g", (N_K,), "cotangent")
SLOPES: Final = Tensor("slopes", "s", (D_K,))  # of the score of key k in the components of its key
GREATEST, LEAD, RISE = (Symbol(name, real=True) for name in ("G", "gamma", "c"))
SCORE: Final = Function("phi")  # the score of key k along a path of its key

#: ∂L/∂e_k for ∂L/∂α = g
GRADIENT: Final = ALPHA[K] * (UPSTREAM[K] - total(ALPHA[I] * UPSTREAM[I], (I, N_K)))
NO_MORE: Final = Every((Index(I, N_K),), le(Abs(UPSTREAM[I]), GREATEST))
LEADS: Final = Every((Index(I, N_K),), If(other(I, Y), le(SCORES[I] + LEAD, SCORES[Y])))


LOSS: Final = Function("L")  # of all weights together
STEP: Final = Tensor("step", "h", (N_K,))
STEPPED: Final = Tensor("weights_a_step_on", "w", (N_K,))
LENGTH: Final = total(Abs(STEP[I]), (I, N_K))
EPS, DELTA = (Symbol(name, real=True) for name in ("epsilon", "delta"))
ZERO: Final = Integer(0)

#: L is differentiable at α, with the gradient g: it is linear there but for what vanishes faster than the step
DIFFERENTIABLE: Final = Every(
    (Number(EPS),),
    If(
        lt(ZERO, EPS),
        Some(
            (Number(DELTA),),
            Both(
                (
                    lt(ZERO, DELTA),
                    Every(
                        (Array(STEP),),
                        If(
                            lt(LENGTH, DELTA),
                            Where(
                                (Equation(STEPPED, (I,), ALPHA[I] + STEP[I]),),
                                le(
                                    Abs(LOSS(STEPPED.base) - LOSS(ALPHA.base) - total(UPSTREAM[I] * STEP[I], (I, N_K))),
                                    EPS * LENGTH,
                                ),
                            ),
                        ),
                    ),
                )
            ),
        ),
    ),
)


def loss_slope(moved: Expr, value: Expr) -> Slope:
    """The derivative of L, for scores that are an expression in the index l and the step t."""
    return Slope(LOSS(STEPPED.base), T, ZERO, value, (Equation(STEPPED, (I,), weight_of(moved, I)),))


def at_scores(body: Proposition, *others: Binder, least: int = 1) -> Proposition:
    """``body``, about the weights, at every number of keys and for all scores."""
    return Every((Size(N_K, least), Array(SCORES), *others), Where((softmax(),), body))


def bounded(body: Proposition, *given: Proposition, more: tuple[Binder, ...] = ()) -> Proposition:
    """``body`` where no |g_i| exceeds G."""
    return at_scores(If(Both((NO_MORE, *given)), body), Array(UPSTREAM), Number(GREATEST), *more, least=2)


#: key y at 0, all others at −t, and an upstream gradient G at key k, −G elsewhere
APART: Final = -T * (1 - KroneckerDelta(Y, L))
EXTREME: Final = (
    exp(T)
    * weight_of(APART, K)
    * (GREATEST - total(weight_of(APART, I) * GREATEST * (2 * KroneckerDelta(K, I) - 1), (I, N_K)))
)


def sharp(value: Expr, *given: Proposition) -> Proposition:
    """The extreme gradient at key k, times e^γ, tends to ``value`` as the lead γ = t of key y grows."""
    limit: Proposition = Limit(EXTREME, T, oo, value)
    return Every(
        (Size(N_K, 2), Number(GREATEST), Index(Y, N_K), Index(K, N_K)),
        If(Both(given) if len(given) > 1 else given[0], limit),
    )


STATEMENT: Final = (
    Stated(
        "gradient_at_scores",
        "for every L that is differentiable at the weights, with the gradient g there, the gradient at score k is "
        "α_k (g_k − Σ α_i g_i)",
        at_scores(
            If(DIFFERENTIABLE, loss_slope(SCORES[L] + T * KroneckerDelta(K, L), GRADIENT)),
            Map(LOSS, length=N_K),
            Array(UPSTREAM),
            Index(K, N_K),
        ),
    ),
    Stated(
        "at_most_twice_variance",
        "where no |∂L/∂α_i| exceeds G, the gradient at score k is at most 2 G α_k (1 − α_k) in size",
        bounded(le(Abs(GRADIENT), 2 * GREATEST * ALPHA[K] * (1 - ALPHA[K])), more=(Index(K, N_K),)),
    ),
    Stated(
        "other_keys",
        "where key y leads every other by γ > 0, the gradient at another score is at most 2 G e^−γ in size",
        bounded(
            le(Abs(GRADIENT), 2 * GREATEST * exp(-LEAD)),
            lt(Integer(0), LEAD),
            LEADS,
            other(K, Y),
            more=(Number(LEAD), Index(Y, N_K), Index(K, N_K)),
        ),
    ),
    Stated(
        "leading_key",
        "where key y leads every other by γ > 0, the gradient at its score is at most 2 G (n − 1) e^−γ in size",
        bounded(
            le(Abs(GRADIENT.subs(K, Y)), 2 * GREATEST * (N_K - 1) * exp(-LEAD)),
            lt(Integer(0), LEAD),
            LEADS,
            more=(Number(LEAD), Index(Y, N_K)),
        ),
    ),
    Stated(
        "sharp_at_other_keys",
        "2 G e^−γ is sharp: a gradient at another score, times e^γ, tends to 2 G as the lead γ grows",
        sharp(2 * GREATEST, other(K, Y)),
    ),
    Stated(
        "sharp_at_leading_key",
        "2 G (n − 1) e^−γ is sharp: a gradient at the leading score, times e^γ, tends to 2 G (n − 1)",
        sharp(2 * GREATEST * (N_K - 1), same(K, Y)),
    ),
    Stated(
        "gradient_at_key",
        "the gradient that reaches a component of key k is that of its score times the slope of the score in it",
        at_scores(
            If(
                Both((DIFFERENTIABLE, eq(SCORE(ZERO), SCORES[K]), Slope(SCORE(T), T, ZERO, RISE))),
                loss_slope(SCORES[L] + (SCORE(T) - SCORES[K]) * KroneckerDelta(K, L), GRADIENT * RISE),
            ),
            Map(LOSS, length=N_K),
            Array(UPSTREAM),
            Index(K, N_K),
            Map(SCORE),
            Number(RISE),
        ),
    ),
    Stated(
        "through_a_small_weight",
        "the gradient that reaches key k is at most 2 G α_k times the length of the slopes of its score",
        bounded(
            le(
                sqrt(total((GRADIENT * SLOPES[F]) ** 2, (F, D_K))),
                2 * GREATEST * ALPHA[K] * sqrt(total(SLOPES[F] ** 2, (F, D_K))),
            ),
            more=(Index(K, N_K), Size(D_K), Array(SLOPES)),
        ),
    ),
    Stated(
        "log_loss",
        "under L = −log α_y the gradient is α − δ_y",
        at_scores(
            Slope(
                -log(weight_of(SCORES[L] + T * KroneckerDelta(K, L), Y)),
                T,
                Integer(0),
                ALPHA[K] - KroneckerDelta(K, Y),
            ),
            Index(K, N_K),
            Index(Y, N_K),
        ),
    ),
    Stated(
        "log_loss_stays",
        "under L = −log α_y, where a wrong key leads by γ > 0, the gradient at y is at least 1 − e^−γ in size, and "
        "below 1",
        at_scores(
            If(
                Both((other(W, Y), lt(Integer(0), LEAD), le(SCORES[Y] + LEAD, SCORES[W]))),
                Both((le(1 - exp(-LEAD), Abs(ALPHA[Y] - 1)), lt(Abs(ALPHA[Y] - 1), Integer(1)))),
            ),
            Index(Y, N_K),
            Index(W, N_K),
            Number(LEAD),
            least=2,
        ),
    ),
    Stated(
        "log_loss_tends_to_1",
        "under L = −log α_y the gradient at y tends to 1 in size as score y falls behind",
        Every(
            (Size(N_K, 2), Array(SCORES), Index(Y, N_K)),
            Limit(Abs(weight_of(SCORES[L] - T * KroneckerDelta(Y, L), Y) - 1), T, oo, Integer(1)),
        ),
    ),
)

OUTSIDE: Final[tuple[str, ...]] = ()
