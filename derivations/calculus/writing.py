"""What reverse and forward mode share: the differential of an equation, and equations in textbook form.

* Where a derivative contains the right-hand side of its own equation, the left-hand side is written (softmax: ``α``; a
  length ``n = √(Σ x²)``: ``x/n``); that of a log-sum-exp contains that of the softmax before it.
* A sum inside a product or a function that does not depend on every free index gets a name and its own equation:
  ``row_dot`` (ρ) when it is a sum of products of a tensor with a derivative at the same indices
  (``ρ[i] = Σ_j α[i,j] ᾱ[i,j]``), else ``NAME_sum`` (σ).
* Common factors of several terms stand in front: ``α (ᾱ − ρ)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sympy import Add, Expr, Indexed, IndexedBase, Mul, Rational, Sum, Symbol, exp, log

from attnproof.derivations.calculus.monomial import Monomial, factored, inverse, is_nontrivial, monomial, recognise
from attnproof.derivations.calculus.partials import partials
from attnproof.derivations.language.indexing import Bounds, alpha, relabel, symbols_of
from attnproof.derivations.language.notation import Role, Tensor
from attnproof.derivations.language.ranges import free_ranges, indices_of, tensors_in, usual_letters
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.wellformed import check


@dataclass(frozen=True)
class Block:
    """A part of a tensor: on each axis the offset, the index letter and the size."""

    axes: tuple[tuple[Expr, Symbol, Expr], ...]

    @property
    def indices(self) -> tuple[Expr, ...]:
        """What stands between the brackets: ``offset + letter`` on each axis."""
        return tuple(offset + letter for offset, letter, _ in self.axes)

    @property
    def sizes(self) -> Mapping[Symbol, Expr]:
        """The size of each index letter."""
        return {letter: size for _, letter, size in self.axes}


def accented(of: Tensor, prefix: str, accent: str, role: Role) -> Tensor:
    """The tensor ``PREFIX_name``, letter ``x_ACCENT``, of the shape of ``of``."""
    return Tensor(f"{prefix}_{of.name}", f"{of.symbol}_{accent}", of.shape, role, of.batched)


def check_names(system: System, outputs: tuple[str, ...], wrt: tuple[str, ...]) -> None:
    """Raise ValueError for a mistake in the system, an open option, no output, or a name that it does not know."""
    if system.options:
        raise ValueError(f"{system.name}: decide the options {', '.join(system.options)} first, with .resolve(...)")
    check(system)
    targets = tuple(dict.fromkeys(equation.target.name for equation in system.equations))
    if not outputs:
        raise ValueError(f"{system.name}: no output is given; known outputs: {', '.join(targets)}")
    for kind, names, known in (("output", outputs, targets), ("tensor", wrt, tuple(system.tensors))):
        for name in names:
            if name not in known:
                raise ValueError(f"{system.name}: unknown {kind} {name!r}; known: {', '.join(known)}")


Differential = tuple[Bounds, tuple[tuple[Expr, Monomial, Bounds], ...]]


def differential(system: System, equation: Equation) -> Differential:
    """The free indices of an equation, and ``(leaf, derivative, sum over)`` for every tensor element on its right.

    Raises ValueError, naming the equation, for what is not part of the notation.
    """
    names = (equation, *(_named_before(system, equation) if equation.rhs.has(log) else ()))
    bases = frozenset(system.by_base.keys() & equation.rhs.atoms(IndexedBase, Symbol))
    try:
        ranges = tuple(tuple(free_ranges(system, name).items()) for name in names)
        return ranges[0], _terms(equation.rhs, bases, tuple(zip(names, ranges, strict=True)))
    except ValueError as error:
        raise ValueError(f"{system.name}: equation for {equation.target.name!r}: {error}") from error


@lru_cache(maxsize=4096)  # by what takes part, since scores and options share equations
def _terms(
    rhs: Expr, tensors: frozenset[Expr], names: tuple[tuple[Equation, Bounds], ...]
) -> tuple[tuple[Expr, Monomial, Bounds], ...]:
    """The derivatives of ``rhs``, in names.

    names  its equation and others, with their free indices: their left-hand sides stand for their right-hand sides
    """
    free = names[0][1]
    found = []
    for partial in partials(rhs, tensors.__contains__):
        term = monomial(partial.derivative)
        for name, bounds in names:
            if is_nontrivial(name.rhs):
                pattern = monomial(name.rhs)
                term = recognise(term, pattern, name.lhs, bounds, dict(free + partial.over))
                if _is_root(pattern):
                    term = recognise(term, inverse(pattern), 1 / name.lhs, bounds, dict(free + partial.over))
        found.append((partial.leaf, term, partial.over))
    return tuple(found)


def _is_root(pattern: Monomial) -> bool:
    """Whether it is one root such as ``√(Σ x²)``, whose derivative contains its reciprocal."""
    return len(pattern.powers) == 1 and all(exponent == Rational(1, 2) for exponent in pattern.powers.values())


def _named_before(system: System, equation: Equation) -> tuple[Equation, ...]:
    """The earlier equations with exponentials: the derivative of a log-sum-exp is the softmax, which has a name."""
    return tuple(other for other in system.equations[: system.equations.index(equation)] if other.rhs.has(exp))


class Writer:
    """Collects the equations of a derived system and names the sums that they hoist."""

    def __init__(self, source: System) -> None:
        self.source = source
        self.letters = usual_letters(source)
        self.own: dict[str, Tensor] = {}  # every tensor that the derived system introduces
        self.equations: list[Equation] = []
        self.named: dict[tuple[Expr, Bounds], Expr] = {}  # a hoisted sum -> the element that names it

    def introduce(self, tensor: Tensor) -> None:
        """Take up a new tensor. Raises ValueError when its name or letter exists already."""
        known = (*self.source.tensors.values(), *self.own.values())
        if any(tensor.name == other.name or tensor.symbol == other.symbol for other in known):
            raise ValueError(
                f"{self.source.name}: a tensor called {tensor.name!r} or written {tensor.symbol!r} exists already; "
                "choose another prefix and accent"
            )
        self.own[tensor.name] = tensor

    def write(self, target: Tensor, block: Block, rhs: Expr) -> None:
        """Append ``target[block] = rhs``, after equations for the sums that it hoists."""
        rhs = self._hoisted(target, block.sizes, rhs)
        if isinstance(rhs, Add):
            rhs = factored([monomial(term) for term in rhs.args]).expression()
        self.equations.append(Equation(target, block.indices, relabel(rhs, frozenset(block.sizes), self.letters)))

    def system(self, name: str, seeds: tuple[Tensor, ...], outputs: tuple[str, ...]) -> System:
        """The derived system: its inputs are the tensors of the source that it uses, and ``seeds``."""
        used = {t.name for e in self.equations for t in tensors_in(e.rhs, self.source)}
        inputs = tuple(tensor for key, tensor in self.source.tensors.items() if key in used)
        return System(name, (*inputs, *seeds), tuple(self.equations), outputs)

    def _hoisted(self, target: Tensor, sizes: Mapping[Symbol, Expr], rhs: Expr) -> Expr:
        """Hoist from every term of ``rhs``; a sum that is a term of its own, up to a constant, stays where it is."""
        terms = []
        for term in Add.make_args(rhs):
            constants = [
                factor for factor in Mul.make_args(term) if not tensors_in(factor, self.source, self.own.values())
            ]
            rest = term / Mul(*constants)
            terms.append(term if isinstance(rest, Sum) else self._hoist(target, sizes, term))
        return Add(*terms)

    def _hoist(self, target: Tensor, sizes: Mapping[Symbol, Expr], expr: Expr) -> Expr:
        """Name every outermost sum in ``expr`` that does not depend on all of the free indices."""
        if isinstance(expr, Sum):
            where = tuple((letter, size) for letter, size in sizes.items() if letter in symbols_of(expr))
            return expr if len(where) == len(sizes) else self._name_of(expr, where, target)
        if not expr.args or not expr.has(Sum):
            return expr
        return expr.func(*(self._hoist(target, sizes, argument) for argument in expr.args))

    def _name_of(self, sum_: Sum, where: Bounds, target: Tensor) -> Expr:
        key = (alpha(sum_), where)
        if key not in self.named:
            is_dot = self._is_dot(sum_)
            stem, symbol = ("row_dot", "rho") if is_dot else (f"{target.name}_sum", f"{target.symbol}_sigma")
            known = {**self.source.tensors, **self.own}
            number = 1
            while stem + f"_{number}" * (number > 1) in known:
                number += 1
            suffix = f"_{number}" * (number > 1)
            batched = any(tensor.batched for tensor in tensors_in(sum_, self.source, self.own.values()))
            shape = tuple(size for _, size in where)
            tensor = Tensor(stem + suffix, symbol + suffix, shape, target.role, batched)
            self.introduce(tensor)
            indices = tuple(letter for letter, _ in where)
            self.equations.append(Equation(tensor, indices, relabel(sum_, frozenset(indices), self.letters)))
            self.named[key] = tensor[indices]
        return self.named[key]

    def _is_dot(self, sum_: Sum) -> bool:
        """Whether ``sum_`` is ``Σ x ẏ`` at the same indices, x a tensor of the source and ẏ one introduced here."""
        factors = Mul.make_args(sum_.function)
        if len(factors) != 2 or not all(isinstance(factor, Indexed) for factor in factors):
            return False
        own = {tensor.base for tensor in self.own.values()}
        new = sum(factor.base in own for factor in factors)
        return new == 1 and indices_of(factors[0]) == indices_of(factors[1])
