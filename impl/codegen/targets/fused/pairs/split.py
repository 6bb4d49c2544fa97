"""A score cut into what belongs to a query, what belongs to a key, and the map of a pair.

The equations of ``e[i,j]`` and of their adjoint fall into three parts:

before  what depends on the query or on the key alone: lengths, ``Σ_r W_s[a,r] q[i,r]``. Where such a sum stands inside
        a pair's equation it gets a name of its own (``loops.hoist``). Whole arrays; NumPy.
pairs   what depends on both, ``z[i,j,a] = x[i,a] + y[j,a]``, and its sums over hidden units or features. A pair at a
        time, in registers: a kernel. Backward the adjoint's equations of such tensors likewise, ``z̄[i,j,a]``.
after   the adjoint's other equations. Their sums over pairs, ``Σ_j z̄[i,j,a]``, are what the kernel adds up (``Total``);
        what stands around those reads them as arrays; NumPy.

The adjoint is that of the score with the hoisted sums named, so that no derivative is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sympy import Expr, Indexed, Sum, Symbol

from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.indexing import alpha, bounds, substitute, summed
from attnproof.derivations.language.notation import N_K, N_Q, I, J, Tensor, index
from attnproof.derivations.language.ranges import free_ranges, leading_to, tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.impl.codegen.targets.loops.hoist import hoisted
from attnproof.impl.codegen.targets.loops.step import letters

UNIT: Final = index("u")  # what a sum inside a pair runs over: a hidden unit, or a feature
SIDES: Final[Mapping[Expr, Symbol]] = {N_Q: I, N_K: J}
SEED: Final = "grad_scores"


@dataclass(frozen=True)
class Total:
    """``tensor[axes] = Σ body`` over those of i and j that are not among ``axes``: what the backward kernel adds up.

    body    in the letters i, j and UNIT
    unit    the size that UNIT runs over; None: the body has none
    """

    tensor: Tensor
    axes: tuple[Symbol, ...]
    body: Expr
    unit: Expr | None


@dataclass(frozen=True)
class Split:
    """The parts of a score.

    system  the score with the hoisted sums named
    before  its equations without a pair of axes
    pairs   equations of pairs by SymPy base, forward and adjoint: the right-hand side in i, j and UNIT
    sums    the forward sums over units inside pairs, as ``alpha`` writes them
    totals  what the backward kernel adds up
    after   the adjoint's other equations, a system that reads the totals
    tensors every tensor by SymPy base
    """

    system: System
    before: tuple[Equation, ...]
    pairs: Mapping[Expr, Expr]
    sums: tuple[Expr, ...]
    totals: tuple[Total, ...]
    after: System
    tensors: Mapping[Expr, Tensor]

    @property
    def features(self) -> tuple[Tensor, ...]:
        """What the kernel reads beside pairs, made by ``before`` or given."""
        known = self.system.by_base
        found = {}
        for expr in (*self.pairs.values(), *(total.body for total in self.totals)):
            for leaf in sorted(expr.atoms(Indexed, Symbol), key=str):
                base = leaf.base if isinstance(leaf, Indexed) else leaf
                if base in known and base not in self.pairs:
                    found[base] = known[base]
        return tuple(found.values())


def split(system: System) -> Split:
    """The parts of a score's system. Raises ValueError for what a kernel of pairs does not have."""
    if system.options:
        raise ValueError(f"the score has options of its own: {', '.join(system.options)}")
    named = _named(system)
    backward = adjoint(named, ("scores",))
    tensors = {tensor.base: tensor for one in (named, backward) for tensor in one.tensors.values()}
    return _Cutter(named, backward, tensors).cut()


def _named(system: System) -> System:
    """The same score; what depends on one side alone in a sum of a pair's equation has an equation of its own."""
    found: list[Equation] = []
    for equation in leading_to(system, ("scores",)):
        rhs = equation.rhs
        if _is_pair(equation.target):
            rhs = hoisted(rhs, dict(free_ranges(system, equation)), partial(_placed, found, equation.target))
        found.append(Equation(equation.target, equation.indices, rhs))
    return System(system.name, system.inputs, tuple(found), ("scores",))


def _placed(found: list[Equation], of: Tensor, terms: Expr, free: Mapping[Symbol, Expr]) -> Expr:
    number = sum(one.target.name.startswith(f"{of.name}_part_") for one in found) + 1
    shape = tuple(free.values())
    batched = bool({N_Q, N_K} & set(shape))
    part = Tensor(f"{of.name}_part_{number}", f"{of.symbol}_{number}", shape, "intermediate", batched=batched)
    found.append(Equation(part, tuple(free), terms))
    return part[tuple(free)]


def _is_pair(tensor: Tensor) -> bool:
    return {N_Q, N_K} <= set(tensor.shape)


@dataclass
class _Cutter:
    named: System
    backward: System
    tensors: Mapping[Expr, Tensor]
    pairs: dict[Expr, Expr] = field(default_factory=dict)
    totals: dict[tuple[Expr, tuple[Symbol, ...]], Total] = field(default_factory=dict)

    def cut(self) -> Split:
        before, rest = [], []
        for equation in self.named.equations:
            if _is_pair(equation.target):
                self._pair(self.named, equation)
            else:
                before.append(equation)
        sums = tuple(dict.fromkeys(one for rhs in self.pairs.values() for one in inner_sums(rhs)))
        for equation in self.backward.equations:
            if _is_pair(equation.target):
                self._pair(self.backward, equation)
            else:
                rest.append(Equation(equation.target, equation.indices, self._after(equation.rhs)))
        totals = tuple(self.totals.values())
        read = [
            t
            for one in rest
            for t in tensors_in(one.rhs, self.named, (*self.tensors.values(), *(t.tensor for t in totals)))
        ]
        made = {one.target.name for one in rest}
        inputs = {t.name: t for t in (*self.named.inputs, *read) if t.name not in made}
        after = System(f"{self.named.name}.after", tuple(inputs.values()), tuple(rest), self.backward.outputs)
        return Split(self.named, tuple(before), self.pairs, sums, totals, after, self.tensors)

    def _pair(self, system: System, equation: Equation) -> None:
        name, sizes = equation.target.name, free_ranges(system, equation)
        if equation.target.base in self.pairs or not all(isinstance(one, Symbol) for one in equation.indices):
            raise ValueError(f"{name} is made of blocks")
        if len(sizes) > 3:
            raise ValueError(f"{name} has several axes beside the pair's")
        change = {letter: SIDES.get(size, UNIT) for letter, size in sizes.items()}
        self.pairs[equation.target.base] = substitute(equation.rhs, change)

    def _after(self, expr: Expr) -> Expr:
        """The expression with its sums over pairs replaced by totals."""
        if not expr.args or isinstance(expr, Indexed):
            return expr
        if isinstance(expr, Sum) and self._of_pairs(expr):
            return self._total(expr)
        return expr.func(*(self._after(argument) for argument in expr.args))

    def _of_pairs(self, terms: Expr) -> bool:
        """Does it read a tensor of pairs, or one of each side?"""
        axes = {size for x in terms.atoms(Indexed) for size in self.tensors[x.base].shape}
        return {N_Q, N_K} <= axes and any(size in SIDES for _, size in bounds(terms))

    def _total(self, terms: Expr) -> Expr:
        sides = {letter: SIDES[size] for letter, size in bounds(terms) if size in SIDES}
        inside = tuple((letter, size) for letter, size in bounds(terms) if size not in SIDES)
        sizes = {**self._sizes(terms), **dict(inside)}
        free = sorted(sizes, key=lambda one: (one not in {I, J}, one.name))
        units = [one for one in free if one not in {I, J}]
        if len(units) > 1 or {I, J} & set(free) & set(sides.values()):
            raise ValueError(f"a sum over pairs with several axes beside the pair's: {terms}")
        body = substitute(terms.function, {**sides, **dict.fromkeys(units, UNIT)})
        axes = tuple(UNIT if one in units else one for one in free)
        if (body, axes) not in self.totals:
            number = len(self.totals) + 1
            tensor = Tensor(f"total_{number}", f"T_{number}", tuple(sizes[one] for one in free), "cotangent")
            self.totals[body, axes] = Total(tensor, axes, body, sizes[units[0]] if units else None)
        return summed(self.totals[body, axes].tensor[tuple(free)], inside)

    def _sizes(self, terms: Expr) -> dict[Symbol, Expr]:
        """The size of every letter that is free in a sum."""
        found = {}
        for letter in letters(terms):
            places = ((x, x.indices.index(letter)) for x in terms.atoms(Indexed) if letter in x.indices)
            found[letter] = next(self.tensors[x.base].shape[axis] for x, axis in places)
        return found


def inner_sums(expr: Expr) -> tuple[Expr, ...]:
    """The sums over units inside an expression of a pair, as ``alpha`` writes them.

    Raises ValueError for one over several indices, or with another one inside.
    """
    found = []
    for terms in sorted(expr.atoms(Sum), key=str):
        if len(bounds(terms)) != 1 or terms.function.has(Sum):
            raise ValueError(f"a pair's sum over several indices: {terms}")
        if UNIT in letters(terms):
            raise ValueError(f"a pair's sum inside a map of its units: {terms}")
        found.append(alpha(terms))
    return tuple(found)
