"""A proof, at every size, that an adjoint is right.

Let every tensor t move by ``ṫ``. For one equation ``y = rhs`` and any cotangent ``ȳ``, its part of the adjoint is right
when

    Σ ȳ · d/dε rhs(t + ε ṫ)  =  Σ_t Σ (what ȳ alone contributes to t̄) · ṫ         for all ȳ and all ṫ.

The left side is SymPy's derivative in the scalar ε; nothing of ``attnproof.derivations.calculus.partials`` takes part.
The right side is read off the adjoint's equations, with every other cotangent set to zero. Both are linear in ȳ and ṫ,
and the canonical form decides whether they are equal with sizes as symbols. If it holds for every equation, adding them
up leaves ``Σ seed · ċ = Σ_inputs x̄ · ẋ``, which is what a gradient is. ``linearisation`` checks a tangent in the same
way.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Add, Expr, Integer

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.calculus.writing import accented
from attnproof.derivations.language.indexing import Bounds, substitute, summed, symbols_of
from attnproof.derivations.language.notation import Tensor, index
from attnproof.derivations.language.ranges import free_ranges, tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.proof.identities import put, variation, written_out


def duality(forward: System, adjoint: System, equation: Equation) -> bool:
    """Whether the part of ``adjoint`` that comes from ``equation`` of ``forward`` is right, at every size.

    ``adjoint`` is one of ``attnproof.derivations.calculus.adjoint`` with the usual names, of a loss that depends on
    ``equation.target``.
    """
    return _decided(_Sides(forward, adjoint, equation))


def pairings(forward: System, adjoint: System, equation: Equation) -> tuple[Expr, Expr]:
    """The two sides: ``Σ ȳ ẏ`` with ``ẏ`` by variation, and ``Σ_t t̄ ṫ`` with the adjoint's contributions of ``ȳ``."""
    return _paired(_Sides(forward, adjoint, equation))


class _Sides:
    """A question of duality, equal to another where all that takes part is: scores and options share equations."""

    def __init__(self, forward: System, adjoint: System, equation: Equation) -> None:
        self.asked = forward, adjoint, equation
        names = {f"grad_{tensor.name}" for tensor in tensors_in(equation.rhs, forward)}
        taken = tuple(e for e in adjoint.equations if e.target.name in names or _named(e))
        self.key = (
            equation,
            len(_defining(forward, equation.target)),
            tensors_in(equation.rhs, forward),
            _cotangent(forward, adjoint, equation.target.name),
            tuple((e, tensors_in(e.rhs, adjoint)) for e in taken),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sides) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=1024)
def _decided(sides: _Sides) -> bool:
    return equal(*_paired(sides))


@lru_cache(maxsize=1024)
def _paired(sides: _Sides) -> tuple[Expr, Expr]:
    forward, adjoint, equation = sides.asked
    source = _cotangent(forward, adjoint, equation.target.name)
    moving = tuple((t, accented(t, "tangent", "dot", "tangent")) for t in tensors_in(equation.rhs, forward))
    rate = variation(equation.rhs, moving)
    left = summed(source[equation.indices] * rate, tuple(free_ranges(forward, equation).items()))
    terms: list[Expr] = []
    for tensor, direction in moving:
        for gradient in adjoint.equations:
            if gradient.target.name == f"grad_{tensor.name}":
                rhs = _contribution(adjoint, gradient.rhs, source)
                over = tuple(free_ranges(adjoint, gradient).items())
                terms.append(_apart(rhs * direction[gradient.indices], over))
    # the adjoint writes y where the derivative contains y's right-hand side
    known = (equation,) if len(_defining(forward, equation.target)) == 1 else ()
    return left, written_out(Add(*terms), *known)


def linearisation(system: System, tangent: System, equation: Equation) -> bool:
    """Whether ``tangent`` (of ``attnproof.derivations.calculus.tangent``, usual names) moves ``equation.target``
    rightly, at every size.
    """
    sides = rates(system, tangent, equation)
    return equal(*sides)


def rates(system: System, tangent: System, equation: Equation) -> tuple[Expr, Expr]:
    """How ``equation.target`` moves: by variation, and as ``tangent`` says; 0 where it says nothing.

    A tensor that has no tangent there is held fixed.
    """
    known = {t.name: t for t in (*tangent.inputs, *tangent.tensors.values())}
    moving = []
    for tensor in tensors_in(equation.rhs, system):
        direction = known.get(accented(tensor, "tangent", "dot", "tangent").name)
        if direction is not None:
            moving.append((tensor, direction))
    found = [e for e in tangent.equations if e.target.name == f"tangent_{equation.target.name}"]
    found = [e for e in found if e.indices == equation.indices]
    named = {e.target.name: e for e in tangent.equations if not e.target.name.startswith("tangent_") or _is_sum(e)}
    rhs = found[0].rhs if found else Integer(0)
    for name in reversed(named):
        rhs = written_out(rhs, named[name])
    own = (equation,) if len(_defining(system, equation.target)) == 1 else ()
    return variation(equation.rhs, tuple(moving)), written_out(rhs, *own)


def _named(equation: Equation) -> bool:
    """Whether an equation of an adjoint names an intermediate: it is no gradient of a tensor."""
    return not equation.target.name.startswith("grad_") or _is_sum(equation)


def _is_sum(equation: Equation) -> bool:
    return "_sum" in equation.target.name


def _cotangent(forward: System, adjoint: System, name: str) -> Tensor:
    gradient = accented(forward.tensors[name], "grad", "bar", "cotangent")
    return adjoint.tensors.get(gradient.name, gradient)


def _contribution(adjoint: System, rhs: Expr, source: Tensor) -> Expr:
    """``rhs`` with named sums written out, and every cotangent but ``source`` zero."""
    named = [e for e in adjoint.equations if _named(e)]
    result = rhs
    for equation in reversed(named):
        if equation.target in tensors_in(result, adjoint):
            result = written_out(result, equation)
    for tensor in tensors_in(result, adjoint):
        if tensor.role == "cotangent" and tensor != source:
            result = put(result, tensor, lambda *_: Integer(0))
    return result


def _defining(system: System, tensor: Tensor) -> list[Equation]:
    return [equation for equation in system.equations if equation.target == tensor]


def _apart(expr: Expr, over: Bounds) -> Expr:
    """``Σ expr`` with the summation letters renamed, so that they are told from those of other sums."""
    letters = {symbol: index(f"m_{place}") for place, (symbol, _) in enumerate(over)}
    assert symbols_of(expr).isdisjoint(letters.values())
    return summed(substitute(expr, letters), tuple((letters[symbol], size) for symbol, size in over))
