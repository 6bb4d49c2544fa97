"""S6: derivatives of every score and of the whole attention layer, in closed form at symbolic sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

from sympy import Add, Expr, Indexed, Integer, Mul, Number, Pow, Sum, Symbol, exp, sech, tanh

from attnproof.derivations.attention.derive import Derivation, derive, option_sets
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.language.ranges import leading_to
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import SOFTCAP
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.recheck.duality import duality, linearisation
from attnproof.derivations.recheck.recheck import SCALAR_SIZES, recheck
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import equation_latex


def smooth(score: str, *positive: Symbol) -> bool:
    """Every equation of the forward pass is put together from sums, products, exp, tanh and powers whose base is
    positive, or whose exponent is a natural number: differentiable at every point where the symbols ``positive`` are.
    """
    return all(_smooth(equation.rhs, set(positive)) for equation in full(score).forward.equations)


def _smooth(expr: Expr, positive: set[Symbol]) -> bool:
    if isinstance(expr, Indexed | Symbol | Number):
        return True
    if isinstance(expr, Sum):
        return _smooth(expr.function, positive)
    if isinstance(expr, Pow):
        natural = bool(expr.exp.is_Integer and expr.exp.is_positive)
        return (natural and _smooth(expr.base, positive)) or (
            bool(expr.exp.is_Rational) and _positive(expr.base, positive)
        )
    return isinstance(expr, Add | Mul | exp | tanh) and all(_smooth(argument, positive) for argument in expr.args)


def _positive(expr: Expr, positive: set[Symbol]) -> bool:
    """``expr > 0``: a positive symbol or number, or a sum of exponentials over at least one index."""
    if isinstance(expr, Sum):
        return _positive(expr.function, positive)
    if isinstance(expr, exp):
        return _smooth(expr.args[0], positive)
    return expr in positive or bool(expr.is_positive)


def altered(derivation: Derivation, gradient: str, change: Callable[[Expr], Expr]) -> System:
    """The adjoint with the right-hand side of one gradient changed."""
    return replace(
        derivation.adjoint,
        equations=tuple(
            replace(e, rhs=change(e.rhs)) if e.target.name == gradient else e for e in derivation.adjoint.equations
        ),
    )


def wrong_chain_rule(score: str, target: str, gradient: str, change: Callable[[Expr], Expr]) -> Callable[[], bool]:
    """The check of the chain rule for ``target`` with one gradient changed."""
    derivation = full(score)
    return partial(duality, derivation.forward, altered(derivation, gradient, change), equation_of(derivation, target))


def equation_of(derivation: Derivation, name: str) -> Equation:
    """The equation of the forward pass that defines ``name``."""
    return next(e for e in derivation.forward.equations if e.target.name == name)


def without_mean(rhs: Expr) -> Expr:
    """The gradient through softmax without ``ρ``."""
    return put(rhs, full("dot").adjoint.tensors["row_dot"], lambda _: Integer(0))


def without_slope(rhs: Expr) -> Expr:
    """The gradient through tanh without its derivative."""
    return Mul(*(factor for factor in Mul.make_args(rhs) if not factor.has(sech)))


def dual_in_every_option(score: str) -> bool:
    """Every equation of every choice of the options adds to the gradients what its derivative says."""
    derivations = [derive(score, *present) for present in option_sets(score)]
    return all(duality(d.forward, d.adjoint, equation) for d in derivations for equation in d.forward.equations)


def confirmed(derivation: Derivation) -> bool:
    """Dual numbers at random rational points, and scalar expansion, find the same gradients; both are needed."""
    rows = recheck(derivation.forward, derivation.adjoint, scalar_sizes=SCALAR_SIZES[:1])
    return {row.road for row in rows} == {"exact", "scalar"} and all(row.holds for row in rows)


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


def second_derivatives(both: System, moved: System) -> bool:
    """Every equation on which a gradient depends moves as its derivative says."""
    gradients = tuple(name.removeprefix("tangent_") for name in moved.outputs)
    return all(linearisation(both, moved, equation) for equation in leading_to(both, gradients))


def full(score: str) -> Derivation:
    """The score with all of its options."""
    return derive(score, *option_sets(score)[-1])


def adjoint_of(derivation: Derivation, equation: Equation) -> str:
    """The gradients that contain the cotangent of ``equation.target``, as LaTeX."""
    bar = f"grad_{equation.target.name}"
    base = derivation.adjoint.tensors[bar].base
    found = [e for e in derivation.adjoint.equations if e.rhs.has(base)]
    return r",\quad ".join(equation_latex(e) for e in found)


def _steps() -> tuple[Step, ...]:
    steps: list[Step] = []
    seen: set[str] = set()
    for score in FAMILIES:
        derivation = full(score)
        for equation in derivation.forward.equations:
            before, after = equation_latex(equation), adjoint_of(derivation, equation)
            if before + after not in seen:  # the layer is the same for every score
                seen.add(before + after)
                check = partial(duality, derivation.forward, derivation.adjoint, equation)
                steps.append(Step(f"chain rule for {equation.target.name} ({score})", f"{before} => {after}", check))
    for score in FAMILIES:
        steps += [
            Step(
                f"sums, products, exp, tanh, and divisions by what is positive only: differentiable everywhere "
                f"({score})",
                r"\text{every equation} => \textstyle\sum_l e^{t_{il}} > 0,\ \kappa > 0",
                partial(smooth, score, SOFTCAP[()]),
            ),
            Step(
                f"the same for every choice of the options ({score})",
                r"\sum \bar y\, \dot y \text{ for every equation} => \sum \bar x\, \dot x",
                partial(dual_in_every_option, score),
            ),
            Step(
                f"the assembled gradients at random rational points and by scalar expansion ({score})",
                r"\partial \textstyle\sum \bar c\, c / \partial x => \bar x",
                partial(confirmed, full(score)),
            ),
            Step(
                f"Hessian-vector products: the tangent of forward and adjoint ({score})",
                r"\frac{d}{d\varepsilon}\, \bar x(x + \varepsilon \dot x) => \dot{\bar x}",
                partial(second_derivatives, *hessian_product(score)),
            ),
        ]
    return tuple(steps)


CLAIM = Claim(
    id="S6",
    title="Derivatives of every score and of the attention layer",
    usual="The scores and the attention layer are differentiable in every argument and parameter.",
    statement=(
        r"For every score and every choice of the options the gradient of $\sum_{ip} \bar c_{ip} c_{ip}$ with respect "
        r"to every input and parameter is what the equations of its adjoint say, at every size and for any number of "
        r"queries: through the softmax $\bar t_{ij} = \alpha_{ij}(\bar\alpha_{ij} - \rho_i)$ with $\rho_i = \sum_j "
        r"\alpha_{ij} \bar\alpha_{ij}$, through the additive score $\bar z_{ija} = \bar e_{ij} v_a "
        r"\operatorname{sech}^2(z_{ija})$. Hessian-vector products are the tangents of these equations."
    ),
    assumptions={
        "Real inputs; a soft-cap κ > 0.": "domain",
        "Logits are finite: a masked key has weight 0 and takes no part, and a row with no key left has no "
        "softmax.": "ranges",
    },
    steps=_steps(),
    altered={
        "the gradient through softmax without its mean ρ": wrong_chain_rule(
            "dot", "weights", "grad_logits", without_mean
        ),
        "the gradient through tanh without sech²": wrong_chain_rule(
            "additive", "scores", "grad_preactivation", without_slope
        ),
        "differentiable for every soft-cap, 0 included": partial(smooth, "dot"),
    },
    scores=tuple(FAMILIES),
    references=("Griewank, Walther 2008, Evaluating Derivatives (adjoint and tangent modes)",),
)
