"""The third interpreter of systems: values with bounds of their rounding errors, equation by equation.

Every equation's left-hand side counts as something that an implementation may compute and round; its right-hand side is
flattened (``terms``), so nothing depends on how the products and sums are associated. What is known of a tensor
(``Operand``) carries its axes in the order of its shape, behind one axis for all batch dimensions if it has any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from sympy import Dummy, Expr, Indexed, Integer, Symbol

from attnproof.derivations.attention.rotary import TABLES
from attnproof.derivations.bounds.terms import Factor, FlatTerm, flatten, logsumexp_argument, softmax_argument
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.system import Equation, System
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.bounds.axes import Axes
from attnproof.verify.bounds.contraction import Known, Term, contraction, known
from attnproof.verify.bounds.elementwise import FUNCTION_BOUNDS, in_range
from attnproof.verify.bounds.logsumexp import logsumexp_rule
from attnproof.verify.bounds.operand import BATCH, Operand
from attnproof.verify.bounds.separated import SEPARATED
from attnproof.verify.bounds.softmax import softmax_rule

# κ / κ: where a soft-cap is differentiated step by step, κ is multiplied in, and divided out twice, so two roundings
# more than in the simplified form for each of these, and one for a quotient taken as a reciprocal and a product.
RECIPROCAL_ROUNDINGS = 4

# One more where a scale stands before a rotation: each of the two products is of a rounded feature.
SCALED_BEFORE = 1
IN_ROTATION = frozenset({"query", "key", *(table.name for table in TABLES)})

_PARTS = ("value", "radius", "error", "scale")
_OPTIONAL = ("masked", "summed")


@dataclass
class Interpreter:
    """Evaluates systems; ``known`` grows by every tensor that an equation defines.

    known   tensor name -> what is known of it
    sizes   size symbol's name -> number
    batch   product of the batch dimensions
    repeats tensor name -> how many results of that tensor's equation are summed afterwards (default 1)
    reasons why bounds became infinite, in order of appearance
    shared  what every sum of a case is, by its place in the evaluation: filled by the first arithmetic, read by the
            others; None: of nobody else
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    batch: int
    known: dict[str, Operand]
    repeats: Mapping[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    shared: dict[tuple[object, ...], Known] | None = None
    _place: tuple[str, int] = ("", 0)

    def run(self, system: System, way: str = "") -> None:
        """Evaluate every equation of the system. Raises ValueError, naming it, for one that no rule covers.

        way  tells evaluations of one case apart; those of one name evaluate the same equations of the same numbers
        """
        self._place = (way, 0)
        for equation in system.equations:
            try:
                block = self._equation(system, equation)
            except ValueError as error:
                raise ValueError(f"{system.name}: equation for {equation.target.name!r}: {error}") from error
            self._store(equation, block)

    def _equation(self, system: System, equation: Equation) -> Operand:
        ranges = {symbol: self._integer(size) for symbol, size in free_ranges(system, equation).items()}
        axes = Axes(dict.fromkeys(ranges), ranges)
        softmax = softmax_argument(equation.rhs)
        if softmax is not None:
            logits, symbol = softmax
            if symbol != list(ranges)[-1]:
                raise ValueError("the softmax has to run over the last axis")
            operand = self._element(system, logits, axes)
            return softmax_rule(_ordered(operand, axes.out(batched=BATCH in operand.labels)), self.arithmetic)
        rows = logsumexp_argument(equation.rhs)
        if rows is not None:
            logits, symbol, count = rows
            inner = axes.extended({symbol: self._integer(count)})
            operand = self._element(system, logits, inner)
            labels = axes.out(batched=BATCH in operand.labels) + inner.letter(symbol)
            return logsumexp_rule(_ordered(operand, labels), self.arithmetic)
        return self._sum(system, _terms(equation.rhs), axes, equation.target)

    def _sum(self, system: System, flat: tuple[FlatTerm, ...], axes: Axes, target: Tensor | None) -> Operand:
        """The sum of flattened terms, an operand whose axes are those of ``axes``."""
        terms = []
        lengths: dict[str, int] = {}
        batched = target.batched if target is not None else None
        inner_axes = []
        inner = axes
        for term in flat:
            # Every term extends the same axes: a letter that stood for two sizes would count one of them twice.
            inner = inner.extended({symbol: self._integer(size) for symbol, size in term.over})
            inner_axes.append((inner, [self._factor(system, factor, inner) for factor in term.factors]))
        if batched is None:
            batched = any(BATCH in operand.labels for _, operands in inner_axes for operand in operands)
        for term, (inner, operands) in zip(flat, inner_axes, strict=True):
            lengths |= {**inner.lengths, BATCH: self.batch}
            summed = "".join(inner.letter(symbol) for symbol, _ in term.over)
            reduce_batch = not batched and any(BATCH in operand.labels for operand in operands)
            extra, rescaling = self._extras(system, term, inner)
            terms.append(
                Term(
                    _coefficient(term.coefficient, self._sizes),
                    tuple(operands),
                    summed + BATCH * reduce_batch,
                    extra,
                    rescaling,
                )
            )
        name = target.name if target is not None else "the argument of a function"
        repeats = self.repeats.get(name, 1)
        out = axes.out(batched=batched)
        before = self._before(terms, out, lengths, repeats) if self.shared is not None else None
        result, overflow = contraction(terms, out, lengths, self.arithmetic, repeats, before)
        if overflow:
            self._because(f"{name} may overflow {self.arithmetic.format.name}")
        return result

    def _before(self, terms: Sequence[Term], out: str, lengths: Mapping[str, int], repeats: int) -> Known:
        """What the next sum is, from another arithmetic if one has come here; roundings and rescalings are all that
        those differ in.
        """
        self._place = place = (self._place[0], self._place[1] + 1)
        key = (place, *((term.extra_roundings, term.rescaling) for term in terms))
        shared = self.shared if self.shared is not None else {}
        if key not in shared:
            shared[key] = known(terms, out, lengths, repeats)
        return shared[key]

    def _factor(self, system: System, factor: Factor, axes: Axes) -> Operand:
        if factor.kind == "element":
            return self._element(system, factor.argument, axes)
        rule = FUNCTION_BOUNDS[factor.kind]
        if self.arithmetic.separated is not None and _is_element(
            factor.argument
        ):  # a pre-activation, no score over a soft-cap
            rule = SEPARATED.get(factor.kind, rule)
        return rule(self._argument(system, factor, axes), self.arithmetic)

    def _argument(self, system: System, factor: Factor, axes: Axes) -> Operand:
        """What is known of a function's argument."""
        if factor.kind == "reciprocal" and _is_element(factor.argument):
            return self._element(system, factor.argument, axes)
        own = axes.restricted(factor.argument.free_symbols)
        return self._sum(system, _terms(factor.argument), own, None)

    def _extras(self, system: System, term: FlatTerm, axes: Axes) -> tuple[int, float]:
        """Roundings and rescalings that a derivative by a scalar such as the soft-cap may bring, however it is written.

        Other quotients need none: a reciprocal and a product are two roundings, and both are counted. A rescaling is
        infinite where a product of denominators may leave the normal range of the format.
        In a rotation also the rounding of a scale that is applied to the features before they are rotated: it is no
        common factor of the rounded sum any more.
        """
        found = {
            f.argument
            for factor in term.factors
            for f in ([factor] if factor.kind != "sech2" else [g for t in flatten(factor.argument) for g in t.factors])
            if f.kind == "reciprocal" and isinstance(f.argument, Symbol)
        }
        rescaling = 1.0
        for scalar in found:
            operand = self.known[system.by_base[scalar].name]
            with np.errstate(all="ignore"):
                rescaling *= float(np.max(np.maximum(np.maximum(operand.size, 1.0 / operand.size), 1.0)))
        direct = [factor for factor in term.factors if factor.kind == "reciprocal"]
        if len(direct) > 1 or not all(_is_element(factor.argument) for factor in direct):
            fmt = self.arithmetic.format
            if not in_range([self._argument(system, factor, axes) for factor in direct], fmt):
                self._because(f"a product of denominators may leave the normal range of {fmt.name}")
                rescaling = np.inf
        rotation = self._rotates(system, term)
        return RECIPROCAL_ROUNDINGS * len(found) + SCALED_BEFORE * rotation, rescaling

    def _rotates(self, system: System, term: FlatTerm) -> bool:
        """Whether the term is one of a rotation or of its derivatives: a feature or its gradient by a table or its
        gradient.
        """
        if TABLES[0].name not in self.known:
            return False
        names = {system.by_base[_base(f.argument)].name for f in term.factors if f.kind == "element"}
        return not names.isdisjoint(IN_ROTATION)

    def _element(self, system: System, element: Expr, axes: Axes) -> Operand:
        """An element of a tensor, as an operand whose labels are those of its indices."""
        tensor = system.by_base[_base(element)]
        operand = self.known[tensor.name]
        batched = BATCH in operand.labels
        labels, slices = BATCH * batched, [slice(None)] * batched
        for where in element.indices if isinstance(element, Indexed) else ():
            offset, symbol = _split(where)
            start = self._integer(offset)
            labels += axes.letter(symbol)
            slices.append(slice(start, start + axes.lengths[axes.letter(symbol)]))
        return _sliced(operand, labels, tuple(slices))

    def _store(self, equation: Equation, block: Operand) -> None:
        """Put an equation's result where it belongs: the whole tensor, or a block of it."""
        tensor, name = equation.target, equation.target.name
        shape = tuple(self._integer(size) for size in tensor.shape)
        offsets = [self._integer(_split(where)[0]) for where in equation.indices]
        batched = BATCH in block.labels
        own = block.value.shape[batched:]
        if own == shape:
            self.known[name] = block
            return
        full = (block.value.shape[0],) * batched + shape
        before = self.known.get(name)
        if before is None:
            blank = np.full(full, np.nan)  # every element belongs to a block; NaN would show one that does not
            before = Operand(block.labels, *([blank] * 4))
        region = (slice(None),) * batched + tuple(slice(o, o + n) for o, n in zip(offsets, own, strict=True))
        parts = []
        for part in _PARTS:
            parts.append(getattr(before, part).copy())
            parts[-1][region] = getattr(block, part)
        if block.summed is not None:
            raise ValueError("what stands for it in sums is known for whole tensors only")
        masked = before.masked
        if block.masked is not None:
            masked = np.zeros(full, bool) if masked is None else masked.copy()
            masked[region] = block.masked
        self.known[name] = replace(Operand(before.labels, *parts), masked=masked)

    def _integer(self, expr: Expr) -> int:
        return _number(expr, self._sizes)

    @cached_property
    def _sizes(self) -> tuple[tuple[str, int], ...]:
        return tuple(self.sizes.items())

    def _because(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)


@lru_cache(maxsize=1 << 12)
def _terms(expr: Expr) -> tuple[FlatTerm, ...]:
    """The terms of a sum, told apart: kept by the expression, whose hash SymPy keeps."""
    return _told_apart(flatten(expr))


def _told_apart(flat: tuple[FlatTerm, ...]) -> tuple[FlatTerm, ...]:
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


@lru_cache(maxsize=1 << 14)
def _number(expr: Expr, sizes: tuple[tuple[str, int], ...]) -> int:
    """The value of an expression in size symbols."""
    numbers = dict(sizes)
    return int(expr.subs({symbol: Integer(numbers[symbol.name]) for symbol in expr.free_symbols}))


@lru_cache(maxsize=1 << 12)
def _coefficient(expr: Expr, sizes: tuple[tuple[str, int], ...]) -> float:
    """The same for a constant such as ``d^(−1/2)``; SymPy rounds it correctly, which is one of its roundings."""
    numbers = dict(sizes)
    return float(expr.subs({symbol: Integer(numbers[symbol.name]) for symbol in expr.free_symbols}))


_split = lru_cache(maxsize=1 << 12)(split)


def _is_element(expr: Expr) -> bool:
    return isinstance(expr, (Indexed, Symbol))


def _base(element: Expr) -> Expr:
    return element.base if isinstance(element, Indexed) else element


def _sliced(operand: Operand, labels: str, where: tuple[slice, ...]) -> Operand:
    value, radius, error, scale = (getattr(operand, part)[where] for part in _PARTS)
    rest = (getattr(operand, part) for part in _OPTIONAL)
    return Operand(labels, value, radius, error, scale, *(None if part is None else part[where] for part in rest))


def _ordered(operand: Operand, labels: str) -> Operand:
    axes = [operand.labels.index(letter) for letter in labels]
    value, radius, error, scale = (getattr(operand, part).transpose(axes) for part in _PARTS)
    rest = (getattr(operand, part) for part in _OPTIONAL)
    return Operand(
        labels, value, radius, error, scale, *(None if part is None else part.transpose(axes) for part in rest)
    )
