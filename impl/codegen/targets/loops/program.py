"""From a formula's equations to steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Sum, Symbol

from attnproof.derivations.language.indexing import alpha
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, leading_to
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.typesetting.latex import equation_text, expr_text
from attnproof.impl.codegen.targets.loops.hoist import hoisted
from attnproof.impl.codegen.targets.loops.inline import inlined
from attnproof.impl.codegen.targets.loops.shift import shifted
from attnproof.impl.codegen.targets.loops.step import Kind, Step, letters


def steps(system: System, quantity: str) -> tuple[Step, ...]:
    """What to compute, in order; the last step (the last ones, where it is made of blocks) computes ``quantity``.

    Raises ValueError for what has no stable form.
    """
    builder = _Builder(system)
    for equation in leading_to(system, (quantity,)):
        builder.add(equation)
    return inlined(builder.steps, quantity)


@dataclass
class _Builder:
    system: System
    steps: list[Step] = field(default_factory=list)
    known: dict[tuple[Kind, Expr, tuple[Symbol, ...]], Expr] = field(default_factory=dict)

    def add(self, equation: Equation) -> None:
        """The steps of one equation."""
        helpers = _Helpers(self, equation, dict(free_ranges(self.system, equation)))
        rhs = shifted(equation.rhs, helpers)
        rhs = hoisted(rhs, helpers.around, helpers.part)
        self.steps.append(
            Step("value", equation.target, equation.indices, rhs, helpers.around, (equation_text(equation),))
        )


@dataclass
class _Helpers:
    """Steps before that of one equation: parts of its right-hand side."""

    builder: _Builder
    equation: Equation
    around: Mapping[Symbol, Expr]

    def largest(self, x: Expr, over: tuple[Symbol, Expr]) -> Expr:
        free = {one: size for one, size in self.around.items() if one in letters(x) - {over[0]}}
        return self._step("largest", Sum(x, (over[0], 0, over[1] - 1)), free, "largest", over)

    def total(self, terms: Sum) -> Expr:
        free = {one: size for one, size in self.around.items() if one in letters(terms)}
        return self._step("total", terms, free, "total")

    def part(self, terms: Sum, free: Mapping[Symbol, Expr]) -> Expr:
        """A sum that does not depend on all the indices around it."""
        return self._step("value", terms, free, "part")

    def _step(
        self, kind: Kind, terms: Sum, free: Mapping[Symbol, Expr], what: str, over: tuple[Symbol, Expr] | None = None
    ) -> Expr:
        key = (kind, alpha(terms), tuple(free))
        if key not in self.builder.known:
            name = self._name(what)
            target = Tensor(name, name, tuple(free.values()), "intermediate")
            element = target[tuple(free)]
            shown = f"max_{over[0]} {expr_text(terms.function)}" if over else expr_text(terms)
            rhs = terms.function if over else terms
            self.builder.known[key] = element
            self.builder.steps.append(
                Step(kind, target, tuple(free), rhs, dict(free), (f"{expr_text(element)} = {shown}",), over)
            )
        return self.builder.known[key]

    def _name(self, what: str) -> str:
        taken = {*self.builder.system.tensors, *(step.target.name for step in self.builder.steps)}
        stem = f"{self.equation.target.name}_{what}"
        return next(name for name in (stem, *(f"{stem}_{n}" for n in range(2, 99))) if name not in taken)
