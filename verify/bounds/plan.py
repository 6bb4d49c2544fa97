"""What evaluating bounds needs to know of a system at given sizes: its equations as labels, slices and numbers.

Made once for a system and sizes, of which a run has many cases: SymPy's expressions are read here, and nowhere after.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sympy import Dummy, Expr, Indexed, Integer, Symbol

from attnproof.derivations.bounds.terms import Factor, FlatTerm, flatten, logsumexp_argument, softmax_argument
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.system import Equation, System
from attnproof.verify.bounds.axes import Axes

Sizes = tuple[tuple[str, int], ...]  # size symbol's name and number


@dataclass(frozen=True)
class Element:
    """An element of a tensor: its name, the labels of its indices, where they run; ``whole``: over all of it."""

    name: str
    labels: str
    where: tuple[slice, ...]
    whole: bool


@dataclass(frozen=True)
class Operation:
    """A factor of a term, by its kind (``attnproof.derivations.bounds.terms.Factor``).

    element   the element that it is, or that it is a function of
    argument  what it is a function of; None of an element, and of a reciprocal's
    """

    kind: str
    element: Element | None
    argument: Total | None


@dataclass(frozen=True)
class Product:
    """``coefficient · Σ_over ∏ factors``.

    scalars   tensors without axes of which a reciprocal is taken, here or in the argument of a sech²
    quotient  its denominators, where their product may leave the range of a format by itself
    """

    coefficient: float
    factors: tuple[Operation, ...]
    over: str
    scalars: tuple[str, ...]
    quotient: tuple[Operation, ...]


@dataclass(frozen=True)
class Total:
    """A sum of terms with axes ``out``, and the length of every label."""

    terms: tuple[Product, ...]
    out: str
    lengths: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Row:
    """A softmax over the last axis of an element, or a log-sum-exp; ``labels`` are in the order of the rule."""

    logits: Element
    labels: str
    logsumexp: bool


@dataclass(frozen=True)
class Step:
    """An equation: what is evaluated, and the block of the target that it gives."""

    target: Tensor
    rule: Total | Row
    shape: tuple[int, ...]
    offsets: tuple[int, ...]


@lru_cache(maxsize=1 << 12)
def steps(system: System, sizes: Sizes) -> tuple[Step, ...]:
    """The system's equations in order. Raises ValueError, naming it, for one that no rule covers."""
    found = []
    for equation in system.equations:
        try:
            found.append(_Planner(system, sizes).step(equation))
        except ValueError as error:
            raise ValueError(f"{system.name}: equation for {equation.target.name!r}: {error}") from error
    return tuple(found)


@dataclass(frozen=True)
class _Planner:
    system: System
    sizes: Sizes

    def step(self, equation: Equation) -> Step:
        """One equation."""
        shape = tuple(self._integer(size) for size in equation.target.shape)
        offsets = tuple(self._integer(_split(where)[0]) for where in equation.indices)
        return Step(equation.target, self._rule(equation), shape, offsets)

    def _rule(self, equation: Equation) -> Total | Row:
        ranges = {symbol: self._integer(size) for symbol, size in free_ranges(self.system, equation).items()}
        axes = Axes(dict.fromkeys(ranges), ranges)
        softmax = softmax_argument(equation.rhs)
        if softmax is not None:
            logits, symbol = softmax
            if symbol != list(ranges)[-1]:
                raise ValueError("the softmax has to run over the last axis")
            return Row(self._element(logits, axes), axes.out(batched=False), False)
        rows = logsumexp_argument(equation.rhs)
        if rows is not None:
            logits, symbol, count = rows
            inner = axes.extended({symbol: self._integer(count)})
            return Row(self._element(logits, inner), axes.out(batched=False) + inner.letter(symbol), True)
        return self._total(equation.rhs, axes)

    def _total(self, expr: Expr, axes: Axes) -> Total:
        terms, inner = [], axes
        for term in told_apart(flatten(expr)):
            # Every term extends the same axes: a letter that stood for two sizes would count one of them twice.
            inner = inner.extended({symbol: self._integer(size) for symbol, size in term.over})
            terms.append(self._product(term, inner))
        return Total(tuple(terms), axes.out(batched=False), tuple(inner.lengths.items()))

    def _product(self, term: FlatTerm, axes: Axes) -> Product:
        operations = [self._operation(factor, axes) for factor in term.factors]
        direct = [k for k, factor in enumerate(term.factors) if factor.kind == "reciprocal"]
        several = len(direct) > 1 or not all(_is_element(term.factors[k].argument) for k in direct)
        return Product(
            float(_at(term.coefficient, self.sizes)),  # SymPy rounds d^(−1/2) correctly, one of its roundings
            tuple(operations),
            "".join(axes.letter(symbol) for symbol, _ in term.over),
            tuple(self.system.by_base[scalar].name for scalar in _divided_by(term)),
            tuple(operations[k] for k in direct) if several else (),
        )

    def _operation(self, factor: Factor, axes: Axes) -> Operation:
        element = self._element(factor.argument, axes) if _is_element(factor.argument) else None
        if factor.kind == "element" or (factor.kind == "reciprocal" and element is not None):
            return Operation(factor.kind, element, None)
        own = axes.restricted(factor.argument.free_symbols)
        return Operation(factor.kind, element, self._total(factor.argument, own))

    def _element(self, element: Expr, axes: Axes) -> Element:
        tensor = self.system.by_base[element.base if isinstance(element, Indexed) else element]
        labels, where = "", []
        for place in element.indices if isinstance(element, Indexed) else ():
            offset, symbol = _split(place)
            labels += axes.letter(symbol)
            start = self._integer(offset)
            where.append(slice(start, start + axes.lengths[labels[-1]]))
        shape = [self._integer(size) for size in tensor.shape]
        whole = all(part == slice(0, size) for part, size in zip(where, shape, strict=True))
        return Element(tensor.name, labels, tuple(where), whole)

    def _integer(self, expr: Expr) -> int:
        return int(_at(expr, self.sizes))


@lru_cache(maxsize=1 << 14)
def _at(expr: Expr, sizes: Sizes) -> Expr:
    """An expression in size symbols at numbers."""
    if expr.is_Integer:
        return expr
    numbers = dict(sizes)
    return expr.subs({symbol: Integer(numbers[symbol.name]) for symbol in expr.free_symbols})


_split = lru_cache(maxsize=1 << 12)(split)


def told_apart(flat: tuple[FlatTerm, ...]) -> tuple[FlatTerm, ...]:
    """The same terms, with a summation index renamed where an earlier term has it with another size."""
    sizes: dict[Symbol, Expr] = {}
    found = []
    for term in flat:
        renaming = {
            symbol: Dummy(symbol.name, **symbol.assumptions0) for symbol, n in term.over if sizes.get(symbol, n) != n
        }
        over = tuple((renaming.get(symbol, symbol), n) for symbol, n in term.over)
        sizes.update(over)
        factors = tuple(Factor(f.kind, f.argument.xreplace(renaming)) for f in term.factors)
        found.append(FlatTerm(term.coefficient, factors, over))
    return tuple(found)


def _divided_by(term: FlatTerm) -> tuple[Symbol, ...]:
    found: dict[Symbol, None] = {}
    for factor in term.factors:
        inside = [factor] if factor.kind != "sech2" else [f for t in flatten(factor.argument) for f in t.factors]
        found |= {f.argument: None for f in inside if f.kind == "reciprocal" and isinstance(f.argument, Symbol)}
    return tuple(found)


def _is_element(expr: Expr) -> bool:
    return isinstance(expr, (Indexed, Symbol))
