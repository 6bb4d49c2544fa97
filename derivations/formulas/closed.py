"""Closed forms about a score: moments for random components or weights, and what the score costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Final

from sympy import Expr, Integer, Symbol, sqrt

from attnproof.derivations.calculus.cost import Kind, count, memory, operations, parameters
from attnproof.derivations.formulas import user
from attnproof.derivations.formulas.formula import Formula, Proof
from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, D, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import V_HIDDEN
from attnproof.derivations.moments import expansions as by
from attnproof.derivations.moments.additive import tanh_symbol
from attnproof.derivations.moments.calculus import Value
from attnproof.derivations.moments.distributions import Distribution
from attnproof.derivations.moments.scores import dot
from attnproof.derivations.scores.own import family, is_own


def _scalar(name: str, letter: str) -> Tensor:
    return Tensor(name, letter, (), "parameter", batched=False)


MU_Q, MU_K = _scalar("mean_query", "mu_q"), _scalar("mean_key", "mu_k")
SIGMA_Q, SIGMA_K = _scalar("deviation_query", "sigma_q"), _scalar("deviation_key", "sigma_k")
SIGMA_W, SIGMA_V = _scalar("deviation_weight", "sigma_W"), _scalar("deviation_v", "sigma_v")
T_2 = _scalar("tanh_square", "T_tanh")

_IID = (
    "Components of query and key are independent, with mean μ_q and deviation σ_q in a query, μ_k and σ_k in a key.",
)
_WEIGHTS = (
    *_IID,
    "The entries of W are independent of each other and of query and key, with mean 0 and deviation σ_W.",
)
_UNITS = ("The pre-activations z_a are independent N(0, σ²), and T_tanh = E[tanh²(σZ)] for a standard normal Z.",)


@dataclass(frozen=True)
class _Closed:
    """A closed form: what it is, its right-hand side, what it needs, and how it is checked."""

    title: str
    letter: str
    inputs: tuple[Tensor, ...]
    rhs: Expr
    assumptions: tuple[str, ...]
    claims: tuple[str, ...]
    checks: Mapping[str, Callable[[], bool]]


def _square(mu: Tensor, sigma: Tensor) -> Expr:
    return sigma[()] ** 2 + mu[()] ** 2


def _law(tensor_mean: Tensor, tensor_deviation: Tensor) -> Distribution:
    """Any law with this mean and deviation; moments beyond the second are asked for by nobody."""
    mean, square = tensor_mean[()], _square(tensor_mean, tensor_deviation)
    return Distribution("any", lambda m: (Integer(1), mean, square)[m])


def same(left: Value, right: Value) -> bool:
    """Whether two moments are equal, decided as the lemma of cumulants does; imported when a formula is checked."""
    from attnproof.derivations.lemmas import cumulants_add

    return cumulants_add.same(left, right)


def calculus_gives(quantity: str, rhs: Expr, factor: Expr) -> bool:
    """The calculus of cumulants, at symbolic width, for components of any law."""
    score = dot(_law(MU_Q, SIGMA_Q), _law(MU_K, SIGMA_K), D).scaled(factor)
    return same(getattr(score, quantity), rhs)


def expansion_gives(mean: Expr, variance: Expr) -> bool:
    """Brute-force expansion at d = 1, 2, 3."""
    letters = {MU_Q[()]: by.MU_Q, MU_K[()]: by.MU_K, SIGMA_Q[()]: by.SIGMA_Q, SIGMA_K[()]: by.SIGMA_K}
    expected = [rhs.xreplace(letters) for rhs in (mean, variance)]
    return all(
        all(same(found, rhs.subs(D, d)) for found, rhs in zip(by.dot_moments(d), expected, strict=True))
        for d in (1, 2, 3)
    )


def _dots(scaled: bool) -> dict[str, _Closed]:
    """Moments of the dot score, or of the scaled one."""
    factor = 1 / sqrt(D) if scaled else D / D
    spread, both = SIGMA_Q[()] ** 2 * SIGMA_K[()] ** 2, (MU_Q, MU_K, SIGMA_Q, SIGMA_K)
    mean = D * MU_Q[()] * MU_K[()]
    shared = D * SIGMA_Q[()] ** 2 * MU_K[()] ** 2
    half = D * (spread + MU_Q[()] ** 2 * SIGMA_K[()] ** 2)
    variance = D * (spread + SIGMA_Q[()] ** 2 * MU_K[()] ** 2 + MU_Q[()] ** 2 * SIGMA_K[()] ** 2)
    rows = {
        "mean": ("mean of a score", "mu_e", (MU_Q, MU_K), mean * factor, "mean"),
        "variance": ("variance of a score", "Var", both, (variance * factor**2).expand(), "variance"),
        "shared_variance": (
            "part of the variance that all keys share and softmax drops, Var(E[e | q])",
            "Cov", (MU_K, SIGMA_Q), (shared * factor**2).expand(), "shared",
        ),
        "difference_variance": (
            "part of the variance that moves the weights, ½ Var(e_i − e_j | q) averaged over q",
            "Var_half", (MU_Q, SIGMA_Q, SIGMA_K), (half * factor**2).expand(), "half_difference",
        ),
    }  # fmt: skip
    expanded = {"expansion at d = 1, 2, 3": partial(expansion_gives, mean, variance)}
    return {
        name: _Closed(
            title,
            letter,
            inputs,
            rhs,
            _IID,
            ("T3", "T4") if scaled else ("T3",),
            MappingProxyType(
                {"calculus of cumulants at symbolic width": partial(calculus_gives, quantity, rhs, factor)}
                | (expanded if name in ("mean", "variance") and not scaled else {})
            ),
        )
        for name, (title, letter, inputs, rhs, quantity) in rows.items()
    }


def _second() -> dict[Expr, Expr]:
    """Second moments of a component, as expansions name them."""
    return {_square(MU_Q, SIGMA_Q): Symbol("q_2", real=True), _square(MU_K, SIGMA_K): Symbol("k_2", real=True)}


def bilinear_expansion(rhs: Expr, found: Callable[[int, int], Expr]) -> bool:
    """Brute-force expansion at widths 1, 2, 3 each."""
    first = {SIGMA_W[()]: sqrt(Symbol("w_2", real=True)), MU_K[()]: Symbol("k_1", real=True)}
    expected = rhs.xreplace(_second()).xreplace(first)
    widths = product((1, 2, 3), repeat=2)
    return all(same(found(d_q, d_k), expected.subs({D_Q: d_q, D_K: d_k})) for d_q, d_k in widths)


def _any_bilinear(d_q: int, d_k: int) -> Expr:
    return by.bilinear_variance(d_q, d_k, "query", "weight", "key")


def _bilinear() -> dict[str, _Closed]:
    widths = D_Q * D_K * SIGMA_W[()] ** 2
    variance = widths * _square(MU_Q, SIGMA_Q) * _square(MU_K, SIGMA_K)
    shared = widths * _square(MU_Q, SIGMA_Q) * MU_K[()] ** 2
    return {
        "variance": _Closed(
            "variance of a score", "Var", (MU_Q, MU_K, SIGMA_Q, SIGMA_K, SIGMA_W), variance, _WEIGHTS, ("T5",),
            MappingProxyType({"expansion at widths 1, 2, 3": partial(bilinear_expansion, variance, _any_bilinear)}),
        ),
        "shared_variance": _Closed(
            "part of the variance that all keys share and softmax drops, Var(E[e | q, W])", "Cov",
            (MU_Q, MU_K, SIGMA_Q, SIGMA_W), shared, _WEIGHTS, ("T5",),
            MappingProxyType({"expansion at widths 1, 2, 3": partial(bilinear_expansion, shared, by.bilinear_shared)}),
        ),
    }  # fmt: skip


def additive_expansion(rhs: Expr, *random: str) -> bool:
    """Brute-force expansion with one, two and three hidden units."""
    letters = {SIGMA_V[()]: sqrt(Symbol("v_2", real=True)), T_2[()]: tanh_symbol(2)}
    for units in (1, 2, 3):
        norm = sum((x**2 for x in by.entries("v", units)), Integer(0))
        expected = rhs.xreplace({total(V_HIDDEN[A] ** 2, (A, D_A)): norm, **letters}).subs(D_A, units)
        if not same(by.additive_variance(units, *random), expected):
            return False
    return True


def _additive() -> dict[str, _Closed]:
    fixed = T_2[()] * total(V_HIDDEN[A] ** 2, (A, D_A))
    drawn = D_A * SIGMA_V[()] ** 2 * T_2[()]
    roads = {
        kind: MappingProxyType({"expansion with 1, 2, 3 units": partial(additive_expansion, rhs, *names)})
        for kind, rhs, names in (("fixed", fixed, ()), ("random", drawn, ("v",)))
    }
    random = (*_UNITS, "The v_a are independent of each other and of z, with mean 0 and deviation σ_v.")
    return {
        "variance": _Closed(
            "variance of a score, v given", "Var", (V_HIDDEN, T_2), fixed, _UNITS, ("T5",), roads["fixed"]
        ),
        "variance_random_v": _Closed(
            "variance of a score, v random too", "Var", (SIGMA_V, T_2), drawn, random, ("T5",), roads["random"]
        ),
    }


MOMENTS: Final[Mapping[str, Callable[[], dict[str, _Closed]]]] = MappingProxyType(
    {
        "dot": partial(_dots, scaled=False),
        "scaled_dot": partial(_dots, scaled=True),
        "bilinear": _bilinear,
        "additive": _additive,
        "concat": _additive,
    }
)

_COSTS: Final[Mapping[str, tuple[str, Kind]]] = MappingProxyType(
    {
        "multiply_adds": ("multiplications with their additions", "multiply_add"),
        "additions": ("additions of broadcast sums", "addition"),
        "tanh": ("evaluations of tanh", "tanh"),
        "exp": ("evaluations of exp", "exp"),
    }
)
_ORDER: Final = {"bilinear": ("query", "weight")}  # which product comes first; the other order: claim C2
COUNTING: Final = (
    "The score alone; every projection is computed once for each query or key (the rules of "
    "derivations/calculus/cost.py)."
)


def moment_names(score: str) -> tuple[str, ...]:
    """``mean``, ``variance`` … where they are known."""
    if is_own(score):
        return () if user.reason(score) else (user.VARIANCE.name,)
    return tuple(MOMENTS[score]()) if score in MOMENTS else ()


def moment(score: str, what: str, name: str) -> Formula:
    """``SCORE.variance`` …; ``what`` is one of ``moment_names(score)``."""
    if is_own(score):
        return user.user_variance(score, name)
    found = MOMENTS[score]()[what]
    system = System(name, found.inputs, (Equation(_scalar(what, found.letter), (), found.rhs),), (what,))
    proof = Proof("Decided at every size by the claim's steps.", found.claims, found.checks)
    title = f"{found.title}, the {family(score).title}"
    return Formula(name, title, system, what, found.assumptions, proof, "derived here; " + family(score).source)


def _counts(score: str, present: tuple[str, ...]) -> dict[str, tuple[str, Expr]]:
    system = family(score).system
    system = system.resolve(*present)
    found = {"parameters": ("numbers to learn", parameters(system))}
    try:
        done = operations(system, _ORDER.get(score, ()))
    except ValueError:  # functions whose cost is not defined, the scale of the scaled dot score among them
        return found
    found |= {name: (title, count(done, kind)) for name, (title, kind) in _COSTS.items()}
    found["memory"] = ("elements held while computing, result included", memory(done))
    return {name: row for name, row in found.items() if row[1] != 0 or name == "parameters"}


def cost_names(score: str, present: tuple[str, ...]) -> tuple[str, ...]:
    """``parameters``, ``multiply_adds`` …: what ``SCORE.cost.`` may end in."""
    if set(present) - set(family(score).system.options):
        return ()
    return tuple(_counts(score, present))


def cost(score: str, present: tuple[str, ...], what: str, name: str) -> Formula:
    """``SCORE.cost.what``; ``what`` is one of ``cost_names``."""
    title, rhs = _counts(score, present)[what]
    claims = ("C1", "C2") if score in ("bilinear", "additive") else ("C1",)
    system = System(name, (), (Equation(_scalar(what, "N"), (), rhs),), (what,))
    proof = Proof("Counted over the score's equations.", claims)
    return Formula(name, f"{title}, the {family(score).title}", system, what, (COUNTING,), proof, family(score).source)
