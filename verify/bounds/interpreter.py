"""The third interpreter of systems: values with bounds of their rounding errors, equation by equation.

Every equation's left-hand side counts as something that an implementation may compute and round; its right-hand side is
flattened (``attnproof.verify.bounds.plan``), so nothing depends on how the products and sums are associated. What is
known of a tensor (``Operand``) carries its axes in the order of its shape, behind one axis for all batch dimensions if
it has any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from attnproof.derivations.attention.rotary import TABLES
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import System
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.bounds.contraction import Known, Term, contraction, known
from attnproof.verify.bounds.elementwise import FUNCTION_BOUNDS, in_range
from attnproof.verify.bounds.logsumexp import logsumexp_rule
from attnproof.verify.bounds.operand import BATCH, Operand
from attnproof.verify.bounds.plan import Element, Operation, Product, Step, Total, steps
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
        for step in steps(system, tuple(self.sizes.items())):
            try:
                block = self._evaluated(step)
            except ValueError as error:
                raise ValueError(f"{system.name}: equation for {step.target.name!r}: {error}") from error
            self._store(step, block)

    def _evaluated(self, step: Step) -> Operand:
        if isinstance(step.rule, Total):
            return self._sum(step.rule, step.target)
        operand = self._element(step.rule.logits)
        rule = logsumexp_rule if step.rule.logsumexp else softmax_rule
        return rule(_ordered(operand, BATCH * (BATCH in operand.labels) + step.rule.labels), self.arithmetic)

    def _sum(self, plan: Total, target: Tensor | None) -> Operand:
        """The sum of the terms, an operand with the axes of the plan."""
        operands = [tuple([self._factor(factor) for factor in term.factors]) for term in plan.terms]
        with_batch = [any(BATCH in operand.labels for operand in each) for each in operands]
        batched = target.batched if target is not None else any(with_batch)
        terms = []
        for term, each, has_batch in zip(plan.terms, operands, with_batch, strict=True):
            reduced = BATCH * (has_batch and not batched)
            terms.append(Term(term.coefficient, each, term.over + reduced, *self._extras(term)))
        lengths = {**dict(plan.lengths), BATCH: self.batch}
        name = target.name if target is not None else "the argument of a function"
        repeats = self.repeats.get(name, 1)
        out = BATCH * batched + plan.out
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

    def _factor(self, factor: Operation) -> Operand:
        if factor.kind == "element":
            return self._argument(factor)
        rule = FUNCTION_BOUNDS[factor.kind]
        if self.arithmetic.separated is not None and factor.element is not None:
            rule = SEPARATED.get(factor.kind, rule)  # of a pre-activation, no score over a soft-cap
        return rule(self._argument(factor), self.arithmetic)

    def _argument(self, factor: Operation) -> Operand:
        """What is known of a function's argument."""
        if factor.argument is not None:
            return self._sum(factor.argument, None)
        if factor.element is None:
            raise ValueError(f"a factor of the kind {factor.kind!r} without an argument")
        return self._element(factor.element)

    def _extras(self, term: Product) -> tuple[int, float]:
        """Roundings and rescalings that a derivative by a scalar such as the soft-cap may bring, however it is written.

        Other quotients need none: a reciprocal and a product are two roundings, and both are counted. A rescaling is
        infinite where a product of denominators may leave the normal range of the format.
        In a rotation also the rounding of a scale that is applied to the features before they are rotated: it is no
        common factor of the rounded sum any more.
        """
        rescaling = 1.0
        for scalar in term.scalars:
            operand = self.known[scalar]
            with np.errstate(all="ignore"):
                rescaling *= float(np.max(np.maximum(np.maximum(operand.size, 1.0 / operand.size), 1.0)))
        if term.quotient:
            fmt = self.arithmetic.format
            if not in_range([self._argument(factor) for factor in term.quotient], fmt):
                self._because(f"a product of denominators may leave the normal range of {fmt.name}")
                rescaling = np.inf
        return RECIPROCAL_ROUNDINGS * len(term.scalars) + SCALED_BEFORE * self._rotates(term), rescaling

    def _rotates(self, term: Product) -> bool:
        """Whether the term is one of a rotation or of its derivatives: a feature or its gradient by a table or its
        gradient.
        """
        if TABLES[0].name not in self.known:
            return False
        return any(
            f.kind == "element" and f.element is not None and f.element.name in IN_ROTATION for f in term.factors
        )

    def _element(self, element: Element) -> Operand:
        """An element of a tensor, as an operand whose labels are those of its indices."""
        operand = self.known[element.name]
        batched = BATCH in operand.labels
        labels = BATCH * batched + element.labels
        if element.whole:
            return operand.renamed(labels)
        return _sliced(operand, labels, (slice(None),) * batched + element.where)

    def _store(self, step: Step, block: Operand) -> None:
        """Put an equation's result where it belongs: the whole tensor, or a block of it."""
        name, shape, offsets = step.target.name, step.shape, step.offsets
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

    def _because(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)


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
