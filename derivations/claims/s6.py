"""S6: derivatives of every score and of the whole attention layer, in closed form at symbolic sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from sympy import Expr, Integer, Mul, sech, sqrt

from attnproof.derivations.attention.derive import Derivation, derive, option_sets
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.language.notation import D, I, R
from attnproof.derivations.language.ranges import leading_to
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import QUERY_SHARED, SOFTCAP
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import All, Computed, Equal, Rule, Smooth
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import lt
from attnproof.derivations.recheck.duality import pairings, rates
from attnproof.derivations.recheck.recheck import SCALAR_SIZES, recheck
from attnproof.derivations.scores import FAMILIES

POSITIVE_CAP = (lt(ZERO, SOFTCAP[()]),)


def altered(derivation: Derivation, gradient: str, change: Callable[[Expr], Expr]) -> System:
    """The adjoint with the right-hand side of one gradient changed."""
    return replace(
        derivation.adjoint,
        equations=tuple(
            replace(e, rhs=change(e.rhs)) if e.target.name == gradient else e for e in derivation.adjoint.equations
        ),
    )


def wrong_chain_rule(score: str, target: str, gradient: str, change: Callable[[Expr], Expr]) -> Equal:
    """The rule of the chain rule for ``target`` with one gradient changed."""
    derivation = full(score)
    sides = pairings(derivation.forward, altered(derivation, gradient, change), equation_of(derivation, target))
    return Equal(*sides, POSITIVE_CAP)


def equation_of(derivation: Derivation, name: str) -> Equation:
    """The equation of the forward pass that defines ``name``."""
    return next(e for e in derivation.forward.equations if e.target.name == name)


def without_mean(rhs: Expr) -> Expr:
    """The gradient through softmax without ``ρ``."""
    return put(rhs, full("dot").adjoint.tensors["row_dot"], lambda _: Integer(0))


def without_slope(rhs: Expr) -> Expr:
    """The gradient through tanh without its derivative."""
    return Mul(*(factor for factor in Mul.make_args(rhs) if not factor.has(sech)))


def rechecked(score: str) -> tuple[tuple[str, int], ...]:
    """Gradients of the score with all of its options that dual numbers at random rational points (``exact``), and that
    scalar expansion (``scalar``), find otherwise: their numbers.
    """
    derivation = full(score)
    rows = recheck(derivation.forward, derivation.adjoint, scalar_sizes=SCALAR_SIZES[:1])
    roads = sorted({row.road for row in rows})
    return tuple((road, sum(row.road == road and not row.holds for row in rows)) for road in roads)


@lru_cache(maxsize=8)
def hessian_product(score: str) -> tuple[System, System]:
    """Forward and adjoint in one system with all options, and its tangent: ``tangent_grad_NAME`` is a Hessian-vector
    product.

    The directions are those of the inputs; ``grad_context`` is held fixed.
    """
    derivation = full(score)
    both = derivation.forward.then(derivation.adjoint)
    inputs = tuple(tensor.name for tensor in derivation.forward.inputs)
    return both, tangent(both, derivation.adjoint.outputs, inputs)


def moving(score: str) -> tuple[tuple[Equation, tuple[Expr, Expr]], ...]:
    """Every equation on which a gradient depends, with how it moves: by variation, and by the tangent."""
    both, moved = hessian_product(score)
    gradients = tuple(name.removeprefix("tangent_") for name in moved.outputs)
    return tuple((equation, rates(both, moved, equation)) for equation in leading_to(both, gradients))


def full(score: str) -> Derivation:
    """The score with all of its options."""
    return derive(score, *option_sets(score)[-1])


def _together(rules: Iterable[Rule]) -> Rule:
    found = tuple(dict.fromkeys(rules))
    return found[0] if len(found) == 1 else All(found)


def _chain_rules(score: str, present: Iterable[str]) -> Iterator[tuple[Equation, Equal]]:
    derivation = derive(score, *present)
    for equation in derivation.forward.equations:
        yield equation, Equal(*pairings(derivation.forward, derivation.adjoint, equation), POSITIVE_CAP)


def _rates(score: str) -> list[Rule]:
    """How every equation moves; where both sides are the same as they are written, nothing is left to show."""
    return [Equal(*sides, POSITIVE_CAP) for _, sides in moving(score) if sides[0] != sides[1]]


def _steps() -> Iterator[Step]:
    seen: set[Rule] = set()
    for score in FAMILIES:
        for equation, rule in _chain_rules(score, option_sets(score)[-1]):
            if rule not in seen:  # the layer is the same for every score
                seen.add(rule)
                yield closed(f"chain rule for {equation.target.name} ({score}): Σ ȳ ẏ is what ȳ adds to Σ x̄ ẋ", rule)
    for score in FAMILIES:
        yield closed(
            f"sums, products, exp, tanh, and divisions by what is positive only: differentiable everywhere ({score})",
            _together(Smooth(e.rhs, POSITIVE_CAP) for e in full(score).forward.equations),
        )
        options = [rule for present in option_sets(score) for _, rule in _chain_rules(score, present)]
        if others := [rule for rule in options if rule not in seen]:
            seen.update(others)
            yield closed(f"the chain rule for every other choice of the options ({score})", _together(others))
        yield closed(
            f"the assembled gradients at random rational points and by scalar expansion, those that differ ({score})",
            Computed("claims.s6:rechecked", (score,), (("exact", 0), ("scalar", 0))),
        )
        rates = _rates(score)
        yield closed(
            f"Hessian-vector products: how every equation on which a gradient depends moves ({score})",
            _together(rule for rule in rates if rule not in seen),
        )
        seen.update(rates)


CLAIM = Claim(
    id="S6",
    title="Derivatives of every score and of the attention layer",
    usual="The scores and the attention layer are differentiable in every argument and parameter.",
    statement=(
        r"For every score, with and without a soft-cap, a bias on the logits and, in the additive score, a bias inside "
        r"tanh, the gradient of $\sum_{ip} \bar c_{ip} c_{ip}$ with respect to every input and parameter is what the "
        r"equations of its adjoint say, at every size and for any number of queries: through the softmax $\bar t_{ij} "
        r"= \alpha_{ij}(\bar\alpha_{ij} - \rho_i)$ with $\rho_i = \sum_j \alpha_{ij} \bar\alpha_{ij}$, through the "
        r"additive score $\bar z_{ija} = \bar e_{ij} v_a \operatorname{sech}^2(z_{ija})$. Hessian-vector products are "
        r"the tangents of these equations."
    ),
    assumptions={
        "Real inputs; a soft-cap κ > 0.": "domain",
        "Logits are finite: a masked key has weight 0 and takes no part, and a row with no key left has no "
        "softmax.": "ranges",
    },
    steps=tuple(_steps()),
    altered={
        "the gradient through softmax without its mean ρ": wrong_chain_rule(
            "dot", "weights", "grad_logits", without_mean
        ),
        "the gradient through tanh without sech²": wrong_chain_rule(
            "additive", "scores", "grad_preactivation", without_slope
        ),
        "the length of a query is differentiable everywhere, at 0 too": Smooth(
            sqrt(total(QUERY_SHARED[I, R] ** 2, (R, D)))
        ),
    },
    scores=tuple(FAMILIES),
    references=("Griewank, Walther 2008, Evaluating Derivatives (adjoint and tangent modes)",),
)
