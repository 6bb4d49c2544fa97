"""Formulas of a score and its attention layer: values, gradients, directional derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from sympy import Indexed

from attnproof.derivations.attention.extended import FEATURES, extended
from attnproof.derivations.attention.rotary import ROTATED_KEY, ROTATED_QUERY
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.formulas.formula import Check, Formula, Proof
from attnproof.derivations.language.ranges import leading_to, tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.proof.identities import written_out
from attnproof.derivations.recheck.duality import duality, linearisation
from attnproof.derivations.recheck.recheck import EXACT_SIZES, SCALAR_SIZES, recheck, takes_roots
from attnproof.derivations.recheck.row import Sizes
from attnproof.derivations.scores.own import family

OUTPUT = "context"  # ``SCORE.adjoint.x`` is the gradient of Σ grad_context · context
ALONE = ("scores", "lse")  # outputs whose gradients have names of their own: ``SCORE.scores.adjoint.x``
EXACT, SCALAR = EXACT_SIZES[:2], SCALAR_SIZES[:1]
IN_RING = "the same in the exponential ring"

DEFINED = Proof("By definition.")
FINITE = (
    "Logits are finite: a masked key has weight 0 and takes no part; a row whose keys are all masked has no softmax."
)
POSITIVE = "κ > 0."

_SCORE_CLAIMS = {
    "dot": ("S1",),
    "bilinear": ("S2",),
    "additive": ("S3", "S4"),
    "concat": ("S4",),
    "scaled_dot": ("S5",),
}


def options(score: str) -> tuple[str, ...]:
    """What may follow a ``+`` in the name of a formula of this score."""
    features = [name for name in FEATURES if name != "lse" and (name != "rotary" or score in ("dot", "scaled_dot"))]
    return (*attention(score).options, *features)


@lru_cache(maxsize=256)
def forward(score: str, present: tuple[str, ...], *, lse: bool = False) -> System:
    """The score and its layer with these options, without equations that merely rename (``u = e``: no soft-cap)."""
    features = {name for name in present if name in FEATURES} | ({"lse"} if lse else set())
    system = extended(score, features) if features else attention(score)
    return without_names(system.resolve(*(name for name in present if name in system.options)))


def without_names(system: System) -> System:
    """The same system; a tensor that another one equals element by element is written as that one."""
    equations = list(system.equations)
    for equation in system.equations:
        whole = sum(other.target == equation.target for other in system.equations) == 1
        rhs = equation.rhs
        if not (whole and isinstance(rhs, Indexed) and rhs.indices == equation.indices):
            continue
        if rhs.base.shape != equation.target.base.shape or equation.target.name in system.outputs:
            continue
        known = next(e for e in equations if e.target == equation.target)
        equations.remove(known)
        change = {equation.target.base: known.rhs.base}
        equations = [Equation(e.target, e.indices, e.rhs.xreplace(change)) for e in equations]
    return System(system.name, system.inputs, tuple(equations), system.outputs)


def value_names(score: str, present: tuple[str, ...]) -> tuple[str, ...]:
    """Every quantity of the forward pass, ``scores`` … ``context``, and ``lse``."""
    system = forward(score, present, lse=True)
    return tuple(dict.fromkeys(equation.target.name for equation in system.equations))


def gradient_names(score: str, present: tuple[str, ...], of: str = OUTPUT) -> tuple[str, ...]:
    """What ``SCORE.adjoint.`` may end in: inputs, intermediates, and named sums such as ``row_dot``."""
    return tuple(dict.fromkeys(short(e.target.name) for e in _adjoint(score, present, of)[1].equations))


def short(name: str) -> str:
    """``query`` for ``grad_query``."""
    return name.removeprefix("grad_")


def value(score: str, present: tuple[str, ...], quantity: str, name: str) -> Formula:
    """``SCORE.quantity``."""
    system = forward(score, present, lse=quantity == "lse")
    found = family(score)
    title = {
        "scores": f"scores of every key against every query, the {found.title}",
        "weights": f"attention weights with the {found.title}",
        "context": f"context of attention with the {found.title}",
        "lse": f"log-sum-exp of the logits with the {found.title}",
    }.get(quantity, f"{quantity.replace('_', ' ')} inside attention with the {found.title}")
    part = system_of(system, quantity, name)
    proof = Proof(DEFINED.why, _SCORE_CLAIMS.get(score, ()))
    return Formula(name, title, part, quantity, _assumptions(score, present, part), proof, found.source)


@lru_cache(maxsize=256)
def _adjoint(score: str, present: tuple[str, ...], of: str) -> tuple[System, System]:
    before = _leading_to(score, present, of)
    return before, adjoint(before, (of,))


def _leading_to(score: str, present: tuple[str, ...], of: str) -> System:
    """What leads to one quantity. A log-sum-exp's derivative is the softmax, written as such where it has a name."""
    needed = ("weights", of) if of == "lse" else (of,)
    return part_of(forward(score, present, lse=of == "lse"), *needed)


def part_of(system: System, *outputs: str) -> System:
    """Only what these outputs need, inputs too."""
    equations = leading_to(system, outputs)
    used = {tensor.name for equation in equations for tensor in tensors_in(equation.rhs, system)}
    return System(system.name, tuple(t for t in system.inputs if t.name in used), equations, outputs)


def system_of(system: System, quantity: str, name: str) -> System:
    """``part_of`` under the formula's name, the quantity's own equations last."""
    part = part_of(system, quantity)
    others = [e for e in part.equations if e.target.name != quantity]
    own = [e for e in part.equations if e.target.name == quantity]
    return System(name, part.inputs, (*others, *own), (quantity,))


def gradient(score: str, present: tuple[str, ...], of: str, what: str, name: str) -> Formula:
    """``SCORE.adjoint.what``, or ``SCORE.OUTPUT.adjoint.what``: the gradient of ``Σ grad_of · of``."""
    before, after = _adjoint(score, present, of)
    quantity = next(e.target.name for e in after.equations if short(e.target.name) == what)
    part = system_of(before.then(after), quantity, name)
    is_gradient = quantity != what
    loss = f"Σ grad_{of}·{of}"
    about = (
        f"gradient of {loss} with respect to {what}"
        if is_gradient
        else f"{what}, on the way to the gradients of {loss}"
    )
    title = f"{about}, {family(score).title}"
    rotation = "; that of the rotation at small sizes only, by the other roads" if "rotary" in present else ""
    proof = Proof(
        f"Derived by reverse mode; each equation's contribution is decided at every size by the canonical "
        f"form{rotation}.",
        ("S6", *(("T1",) if of != "scores" else ())),
        gradient_checks(before, after, of),
    )
    return Formula(
        name, title, part, quantity, _assumptions(score, present, before), proof, family(score).source, before, of
    )


def gradient_checks(before: System, after: System, of: str) -> dict[str, Check]:
    """Chain rule at every size, and three second roads at given sizes."""
    rotated = any(_is_rotation(equation) for equation in before.equations)
    return {
        f"chain rule, every equation{' but the rotation' * rotated}, at every size": partial(_dual, before, after),
        "dual numbers at random rational points": partial(_rechecked, before, after, of, exact=True),
        "scalar expansion with SymPy's diff": partial(_rechecked, before, after, of, exact=False),
        IN_RING: partial(_in_ring, before, after, of),
    }


def _dual(before: System, after: System) -> bool:
    before, after = _without_abbreviation(before, after)
    return all(duality(before, after, equation) for equation in before.equations if not _is_rotation(equation))


def _without_abbreviation(before: System, after: System) -> tuple[System, System]:
    """A log-sum-exp and its derivative, in which the softmax only abbreviates; other systems as they are."""
    if before.outputs != ("weights", "lse"):
        return before, after
    name = "shares" if "shares" in before.tensors else "weights"
    return part_of(before, "lse"), _written_out(after, before, name)


def _is_rotation(equation: Equation) -> bool:
    """Sums over half an axis: the canonical form does not join two of them, so only the second roads see these."""
    return equation.target in (ROTATED_QUERY, ROTATED_KEY)


def _written_out(system: System, source: System, name: str) -> System:
    """``system`` with every element of a tensor replaced by what the source's equation says it is."""
    (known,) = (equation for equation in source.equations if equation.target.name == name)
    equations = tuple(Equation(e.target, e.indices, written_out(e.rhs, known)) for e in system.equations)
    inputs = dict.fromkeys(tensor for tensor in system.inputs if tensor.name != name)
    inputs |= dict.fromkeys(tensors_in(known.rhs, source))
    return System(system.name, tuple(inputs), equations, system.outputs)


def _rechecked(before: System, after: System, of: str, *, exact: bool) -> bool:
    chosen = [_halved(before, sizes) for sizes in (EXACT if exact else SCALAR)]
    rows = recheck(before, after, (of,), exact_sizes=chosen if exact else (), scalar_sizes=() if exact else chosen)
    return bool(rows) and all(row.holds for row in rows)


def _halved(system: System, sizes: Sizes) -> Sizes:
    """The sizes; 4 for one of which half is taken."""
    even = {s for t in system.tensors.values() for n in t.shape if not n.is_integer for s in map(str, n.free_symbols)}
    return {k: 4 if k in even else n for k, n in sizes.items()}


def _in_ring(before: System, after: System, of: str) -> bool | None:
    # It takes NumPy, and printing a formula does not.
    from attnproof.derivations.recheck.in_ring import RING_SIZES, gradients_in_ring, verdict

    wrt = tuple(tensor.name for tensor in before.inputs if f"grad_{tensor.name}" in after.outputs)
    sizes, rooted = _halved(before, RING_SIZES[0]), takes_roots(before)
    return verdict(partial(gradients_in_ring, before, after, (of,), wrt, sizes, rooted=rooted))


def _rate_in_ring(before: System, after: System, quantity: str) -> bool | None:
    from attnproof.derivations.recheck.in_ring import RING_SIZES, rates_in_ring, verdict

    sizes, rooted = _halved(before, RING_SIZES[0]), takes_roots(before)
    return verdict(partial(rates_in_ring, before, after, (quantity,), sizes, rooted=rooted))


def rate(score: str, present: tuple[str, ...], quantity: str, name: str) -> Formula:
    """``SCORE.tangent.quantity``: its derivative when every input moves."""
    before = _leading_to(score, present, quantity)
    return rate_of(
        before, quantity, name, family(score).title, family(score).source, _assumptions(score, present, before)
    )


def rate_of(before: System, quantity: str, name: str, of: str, source: str, assumptions: tuple[str, ...]) -> Formula:
    """The tangent of one output of a system as a formula."""
    after = tangent(before, (quantity,))
    proof = Proof(
        "Derived by forward mode; each equation's rate is decided at every size by the canonical form.",
        ("S6",),
        {
            "linearisation, every equation, at every size": partial(_linear, before, after),
            IN_RING: partial(_rate_in_ring, before, after, quantity),
        },
    )
    part = system_of(before.then(after), f"tangent_{quantity}", name)
    title = f"directional derivative of {quantity} when every input moves, for the {of}"
    return Formula(name, title, part, f"tangent_{quantity}", assumptions, proof, source)


def _linear(before: System, after: System) -> bool:
    before, after = _without_abbreviation(before, after)
    return all(linearisation(before, after, equation) for equation in before.equations)


def _assumptions(score: str, present: Sequence[str], system: System) -> tuple[str, ...]:
    """The domain; finite logits where there is a softmax; a positive soft-cap."""
    found = family(score).domain
    softmax = any(name in system.tensors for name in ("weights", "shares", "lse"))
    capped = "softcap" in present and "softcap" in system.tensors
    domain = f"{found[0].upper()}{found[1:]}."
    return (domain, *((FINITE,) if softmax else ()), *((POSITIVE,) if capped else ()))
