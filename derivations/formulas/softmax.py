"""Formulas of softmax by itself: weights, log-sum-exp, Jacobian, gradient, directional derivative."""

from __future__ import annotations

from functools import lru_cache, partial
from types import MappingProxyType

from flint import fmpq
from sympy import Expr, KroneckerDelta, Sum, exp, log
from sympy.concrete.delta import deltasummation

from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.formulas.formula import IDENTITY, Formula, Proof
from attnproof.derivations.formulas.scores import FINITE, gradient_checks, rate_of, short, system_of
from attnproof.derivations.language.notation import N_K, N_Q, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import WEIGHTS
from attnproof.derivations.proof.identities import put, written_out
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.exact import Array, evaluate, gradients, positions
from attnproof.derivations.recheck.recheck import EXACT_SIZES, random_point

LOGITS = Tensor("logits", "t", (N_Q, N_K))
LSE = Tensor("lse", "ell", (N_Q,), "intermediate")
JACOBIAN = Tensor("jacobian", "J", (N_Q, N_K, N_K), "intermediate")
SOURCE = "Bridle 1990, Probabilistic Interpretation of Feedforward Classification Network Outputs"

SOFTMAX = System(
    "softmax",
    (LOGITS,),
    (Equation(WEIGHTS, (I, J), exp(LOGITS[I, J]) / total(exp(LOGITS[I, L]), (L, N_K))),),
    ("weights",),
)
LOG_SUM_EXP = System("lse", (LOGITS,), (Equation(LSE, (I,), log(total(exp(LOGITS[I, L]), (L, N_K)))),), ("lse",))
WITH_LSE = System(
    "lse", (LOGITS,), (*SOFTMAX.equations, *LOG_SUM_EXP.equations), ("weights", "lse")
)  # ∂ℓ/∂t has a name
WITH_JACOBIAN = SOFTMAX.then(
    System(
        "jacobian",
        (WEIGHTS, IDENTITY),
        (Equation(JACOBIAN, (I, J, L), WEIGHTS[I, J] * (IDENTITY[J, L] - WEIGHTS[I, L])),),
        ("jacobian",),
    )
)


def names() -> tuple[str, ...]:
    """What may follow ``softmax.``."""
    derived = [short(e.target.name) for e in _adjoint().equations]
    gradients = (*(f"adjoint.{name}" for name in derived), "lse.adjoint.logits")
    return ("weights", "lse", "jacobian", *gradients, "tangent.weights", "tangent.lse")


@lru_cache(maxsize=1)
def _adjoint() -> System:
    return adjoint(SOFTMAX, ("weights",))


@lru_cache(maxsize=1)
def _adjoint_of_lse() -> System:
    return adjoint(WITH_LSE, ("lse",))


def softmax(rest: str, name: str) -> Formula:
    """``softmax.rest``; ``rest`` is one of ``names()``."""
    if rest == "weights":
        return Formula(
            name, "softmax of each row", _named(SOFTMAX, rest, name), rest, (FINITE,), Proof("By definition."), SOURCE
        )
    if rest == "lse":
        system = _named(LOG_SUM_EXP, rest, name)
        return Formula(name, "log-sum-exp of each row", system, rest, (FINITE,), Proof("By definition."), SOURCE)
    if rest == "jacobian":
        roads = {
            "applied to a direction it is the tangent, at every size": partial(is_jacobian, WITH_JACOBIAN),
            "dual numbers at random rational points": partial(is_jacobian_at_points, WITH_JACOBIAN),
            "the gradient of the log-sum-exp is softmax, whose Jacobian is its Hessian": partial(
                is_softmax, _adjoint_of_lse()
            ),
        }
        proof = Proof("Its product with any direction is softmax's tangent.", ("T1",), MappingProxyType(roads))
        title = "Jacobian of softmax, ∂α[i,j]/∂t[i,l], and Hessian of the log-sum-exp"
        return Formula(name, title, _named(WITH_JACOBIAN, rest, name), rest, (FINITE,), proof, SOURCE)
    if rest == "tangent.weights":
        return rate_of(SOFTMAX, "weights", name, "softmax", SOURCE, (FINITE,))
    if rest == "tangent.lse":
        return rate_of(WITH_LSE, "lse", name, "log-sum-exp", SOURCE, (FINITE,))
    if rest == "lse.adjoint.logits":
        return _gradient_of_lse(name)
    what = rest.removeprefix("adjoint.")
    after = _adjoint()
    quantity = next(e.target.name for e in after.equations if short(e.target.name) == what)
    proof = Proof(
        "Derived by reverse mode; decided at every size by the canonical form.",
        ("S6", "T1"),
        MappingProxyType(gradient_checks(SOFTMAX, after, "weights")),
    )
    relation = "with respect to" if quantity != what else "needs"
    title = f"gradient of Σ grad_weights·weights {relation} {what}, through softmax"
    system = _named(SOFTMAX.then(after), quantity, name)
    return Formula(name, title, system, quantity, (FINITE,), proof, SOURCE, SOFTMAX, "weights")


def _gradient_of_lse(name: str) -> Formula:
    after = _adjoint_of_lse()
    checks = MappingProxyType(gradient_checks(WITH_LSE, after, "lse"))
    proof = Proof("Derived by reverse mode; decided at every size by the canonical form.", ("S6", "T1"), checks)
    system = _named(WITH_LSE.then(after), "grad_logits", name)
    title = "gradient of Σ grad_lse·lse with respect to logits"
    return Formula(name, title, system, "grad_logits", (FINITE,), proof, SOURCE, WITH_LSE, "lse")


def is_softmax(after: System) -> bool:
    """``∂(Σ ℓ̄ ℓ)/∂t[i,j] = ℓ̄[i] α[i,j]`` in the adjoint of the log-sum-exp, at symbolic size."""
    (found,) = (e for e in after.equations if e.target.name == "grad_logits")
    (given,) = (t for t in after.inputs if t.name == "grad_lse")
    (weights,) = SOFTMAX.equations
    where = dict(zip(found.indices, weights.indices, strict=True))
    return equal(written_out(found.rhs.xreplace(where), weights), given[I] * weights.rhs)


def _named(system: System, quantity: str, name: str) -> System:
    return system_of(system, quantity, name)


def is_jacobian(system: System) -> bool:
    """``Σ_l J[i,j,l] ṫ[i,l]`` is the tangent of the weights, with ``δ`` the identity; at symbolic size."""
    (rate,) = (e for e in tangent(SOFTMAX).equations if e.target.name == "tangent_weights")
    others = [e for e in tangent(SOFTMAX).equations if e is not rate]
    direction = next(t for t in tangent(SOFTMAX).inputs if t.name == "tangent_logits")
    (jacobian,) = (e for e in system.equations if e.target.name == "jacobian")
    whole = put(jacobian.rhs, IDENTITY, KroneckerDelta) * direction[I, L]
    applied = sum((_summed_over_l(term) for term in whole.expand().args), start=jacobian.rhs * 0)
    return equal(applied, written_out(rate.rhs, *others))


def _summed_over_l(term: Expr) -> Expr:
    if term.has(KroneckerDelta):
        return deltasummation(term, (L, 0, N_K - 1), no_piecewise=True)
    return Sum(term, (L, 0, N_K - 1))


def is_jacobian_at_points(system: System) -> bool:
    """Every element at random rational points, against dual numbers with one weight at a time as the loss."""
    for sizes in EXACT_SIZES[:2]:
        point = random_point(SOFTMAX, _adjoint(), ("weights",), sizes)
        assert isinstance(point.atoms, Atoms)
        logits = {"logits": point.values["logits"]}
        unit: Array = {where: fmpq(int(where[0] == where[1])) for where in positions(IDENTITY, sizes)}
        found = evaluate(system, sizes, {**logits, "identity": unit}, point.atoms)["jacobian"]
        for i, j in positions(WEIGHTS, sizes):
            seed: Array = {(i, j): fmpq(1)}
            _, slopes = gradients(SOFTMAX, sizes, logits, {"weights": seed}, ("logits",), point.atoms)
            if any(found[i, j, at] != slopes["logits"][i, at] for at in range(sizes["n_k"])):
                return False
    return True
