"""Bounds of the mean of Σα² for few keys and for many (claim T10)."""

from __future__ import annotations

from sympy import Integer, KroneckerDelta, Symbol, cosh, exp, log, oo, pi, sqrt, symbols, tanh

from attnproof.derivations.claims.checks.cited import BILLINGSLEY
from attnproof.derivations.claims.checks.two_points import X, Y
from attnproof.derivations.language.notation import N_K, D, I, J, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.rules import (
    All,
    Cited,
    Computed,
    Differentiated,
    Equal,
    Field,
    FromZero,
    Integrated,
    Sign,
    Solver,
    Tends,
)
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import le

SIGMA, S, RADIUS = symbols("sigma S r", positive=True)
SLACK, Z = Symbol("s", nonnegative=True), Symbol("z", real=True)
OTHERS = Symbol("T", nonnegative=True)  # the sum of exp over further keys, of which there may be none
N, MORE = Symbol("n", integer=True, positive=True), Symbol("m", integer=True, nonnegative=True)
LOGARITHM, ROOT = symbols("L rho", positive=True)  # ln n, √n
ZERO, ONE = Integer(0), Integer(1)

ALPHA, SQUARE = Tensor("weights", "alpha", (N_K,)), Tensor("square", "Q", ())
MEAN, SECOND, VARIANCE = Tensor("mean", "mu", ()), Tensor("second", "M", ()), Tensor("variance", "V", ())
STEP, BOUND = Tensor("step", "c", ()), Tensor("bound", "w", ())

WHOLE = RADIUS ** (MORE + 1) * exp(-(RADIUS**2) / 2)
LARGEST_DENSITY = 1 / (2 * sqrt(pi) * SIGMA)
LOST = N * (N - 1) / (2 * sqrt(pi) * SIGMA)
FEW = (8 * exp(SIGMA**2) - 4) / N
MANY = 2 * D / log(N) + (8 * sqrt(N) - 4) / N
PAIRS = Equal(total(LARGEST_DENSITY, (I, N), (J, N)) - total(LARGEST_DENSITY, (I, N)), LOST)
CHEBYSHEV = Field(
    4 * (SECOND[()] - MEAN[()] ** 2) / (N * MEAN[()] ** 2) + 4 * N * SECOND[()] / (N * MEAN[()]) ** 2,
    FEW,
    definitions=(Equation(MEAN, (), exp(SIGMA**2 / 2)), Equation(SECOND, (), exp(2 * SIGMA**2))),
)
SLOPE = 16 * SIGMA * exp(SIGMA**2) / N
GROWS = All((Differentiated(FEW, SIGMA, SLOPE), Sign(ZERO, "<", SLOPE)))
SEEN = 2 * D / LOGARITHM + (8 * ROOT - 4) / ROOT**2  # at most, with L = ln n and ρ = √n
BEYOND = Solver(le(SEEN, (2 * D + 16) / LOGARITHM), (le(1 + LOGARITHM / 2, ROOT),))

STEPS: tuple[Step, ...] = (
    closed(
        "two keys among n, without the others, T; x = y e^z, z the difference of their scores",
        All(
            (
                Sign(X * Y / (X + Y + OTHERS) ** 2, "≤", X * Y / (X + Y) ** 2),
                Field(Y * exp(Z) * Y / (Y * exp(Z) + Y) ** 2, 1 / (4 * cosh(Z / 2) ** 2)),
            )
        ),
    ),
    closed(
        "the integral of that over the difference",
        Integrated(1 / (4 * cosh(Z / 2) ** 2), Z, -oo, oo, ONE, tanh(Z / 2) / 2),
    ),
    closed(
        "so its mean is at most the largest density of the difference, a normal variable of variance 2σ²: at 0, an "
        "exponential e^(−s) being at most 1",
        All(
            (
                FromZero(exp(-SLACK), "≤", ONE, variable=SLACK),
                Field(
                    1 / sqrt(2 * pi * VARIANCE[()]),
                    LARGEST_DENSITY,
                    definitions=(Equation(VARIANCE, (), 2 * SIGMA**2),),
                ),
            )
        ),
    ),
    identity(
        "what Σα² misses to 1, the square of the sum of the weights, is a sum over pairs of different keys",
        total(ALPHA[I], (I, N_K)) ** 2 - total(ALPHA[I] ** 2, (I, N_K)),
        total((1 - KroneckerDelta(I, J)) * ALPHA[I] * ALPHA[J], (I, N_K), (J, N_K)),
    ),
    closed("over all ordered pairs", PAIRS),
    closed(
        "mean over the query, d = m + 3, r = |q|: E[1/r²] is 1/(d − 2), a derivative that integrates to 0; the density "
        "is a multiple of r^(d − 1) e^(−r²/2)",
        All(
            (
                Differentiated(WHOLE, RADIUS, (MORE + 1) * RADIUS**MORE * exp(-(RADIUS**2) / 2) - RADIUS * WHOLE),
                Tends(WHOLE, RADIUS, ZERO, ZERO),
                Tends(WHOLE, RADIUS, oo, ZERO),
            )
        ),
    ),
    closed(
        "1/r is below its tangent in 1/r², of any slope, and with c = 1/√(d − 2) the mean of that is 1/√(d − 2)",
        All(
            (
                Sign(1 / RADIUS, "≤", (S + 1 / (S * RADIUS**2)) / 2),
                Field(
                    (STEP[()] + 1 / ((MORE + 1) * STEP[()])) / 2,
                    1 / sqrt(MORE + 1),
                    definitions=(Equation(STEP, (), 1 / sqrt(MORE + 1)),),
                ),
            )
        ),
    ),
    closed(
        "moments of the exponential of a score: E[e^(wZ)] = e^(w²/2) at w = σ and 2σ",
        All(
            tuple(
                Field(exp(BOUND[()] ** 2 / 2), value, definitions=(Equation(BOUND, (), multiple * SIGMA),))
                for multiple, value in ((1, exp(SIGMA**2 / 2)), (2, exp(2 * SIGMA**2)))
            )
        ),
        uses=("normal_exponential",),
    ),
    closed(
        "the sum S of the exponentials is rarely below half its mean",
        Cited(
            r"X_1, \dots, X_n \text{ independent with one law}",
            r"P\left(S \le \tfrac12 n E[X]\right) \le \frac{4 \operatorname{Var} X}{n\, E[X]^2}",
            f"Chebyshev's inequality: {BILLINGSLEY}",
        ),
    ),
    closed(
        "there Σα² ≤ 1; elsewhere S is replaced by half its mean; with the moments μ and M of an exponential",
        CHEBYSHEV,
    ),
    closed("which tends to 0 with n at a fixed spread", Tends(FEW, N, oo, ZERO)),
    closed(
        "E|q|² is d: each of its components has the second moment 1",
        All(
            (
                Computed("claims.checks.laws:integrated_moments", ("normal", 2), (ONE, ZERO, ONE)),
                Equal(total(ONE, (R, D)), D),
            )
        ),
    ),
    closed(
        "mean over the query: long ones are rare",
        Cited(
            r"E[|q|^2] = d",
            r"P(|q|^2 > r^2) \le \frac{d}{r^2}",
            f"Markov's inequality: {BILLINGSLEY}",
        ),
    ),
    closed("where Σα² ≤ 1; at shorter ones the bound, which grows with σ, is at most that at r", GROWS),
    closed(
        "with Q = r² = ln(n)/2",
        Field(
            D / SQUARE[()] + (8 * exp(SQUARE[()]) - 4) / N,
            MANY,
            least=((N, 2),),
            definitions=(Equation(SQUARE, (), log(N) / 2),),
        ),
    ),
    closed(
        "so a head of any width d sees more than K keys once L = ln n > K (2d + 16), ρ = √n = e^(L/2) being above its "
        "tangent: the usual statement fails",
        BEYOND,
        refutes=True,
        uses=("exponential_tangent",),
    ),
)
