"""A system in elementary steps: every function of something gets an equation of its own, so that each equation has one
rule.

    e[i,j] = Σ_a v[a] tanh(z[i,j,a])      →   T[i,j,a] = tanh(z[i,j,a]),   e[i,j] = Σ_a v[a] T[i,j,a]
    u[i,j] = κ tanh(e[i,j]/κ)             →   R = 1/κ,   X[i,j] = e[i,j] R,   T[i,j] = tanh(X[i,j]),   u[i,j] = κ T[i,j]

What is named is named once, so that the gradients use the functions that the forward equations have named. Softmax and
log-sum-exp are one step each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sympy import Expr, Indexed, Pow, Sum, Symbol, sech, tanh

from attnproof.derivations.bounds.terms import logsumexp_argument, softmax_argument
from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, tensors_in
from attnproof.derivations.language.system import Equation, System


@dataclass(frozen=True)
class Elementary:
    """A system in elementary steps.

    system       the same inputs and outputs; further equations for the functions
    reciprocals  for each named function, reciprocal or argument: the tensors whose reciprocals it is made of
    """

    system: System
    reciprocals: Mapping[str, frozenset[str]]


def elementary(system: System) -> Elementary:
    """``system`` with every tanh, sech², reciprocal, and argument of them that is no element, named.

    Raises ValueError for an option that is still open.
    """
    if system.options:
        raise ValueError(f"{system.name}: decide the options {', '.join(system.options)} first, with .resolve(...)")
    return _Steps(system).run()


@dataclass
class _Steps:
    source: System
    equations: list[Equation] = field(default_factory=list)
    named: dict[Expr, Expr] = field(default_factory=dict)  # an expression -> the element that names it
    reciprocals: dict[str, frozenset[str]] = field(default_factory=dict)
    bases: dict[Expr, Tensor] = field(default_factory=dict)

    def run(self) -> Elementary:
        self.bases.update(self.source.by_base)
        for equation in self.source.equations:
            rhs = equation.rhs
            if softmax_argument(rhs) is None and logsumexp_argument(rhs) is None:
                ranges = {**free_ranges(self.source, equation), **dict(_summed(rhs))}
                rhs = self._plain(rhs, ranges, equation.target)
            self.equations.append(Equation(equation.target, equation.indices, rhs))
        system = System(self.source.name, self.source.inputs, tuple(self.equations), self.source.outputs)
        return Elementary(system, self.reciprocals)

    def _plain(self, expr: Expr, ranges: Mapping[Symbol, Expr], target: Tensor) -> Expr:
        """``expr`` without functions: sums and products of elements."""
        if isinstance(expr, Sum):
            return Sum(self._plain(expr.function, ranges, target), *expr.limits)
        if isinstance(expr, Indexed | Symbol) or not expr.args:
            return expr
        if isinstance(expr, tanh):
            return self._function("T", "tanh", tanh, expr.args[0], ranges, target)
        if isinstance(expr, Pow) and isinstance(expr.base, sech) and expr.exp == 2:
            return self._function("S", "sech2", lambda x: sech(x) ** 2, expr.base.args[0], ranges, target)
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp < 0 and expr.base in self.bases:
            return self._reciprocal(expr.base) ** -expr.exp
        if isinstance(expr, Pow):
            return expr  # of sizes; anything else is refused by ``flatten``
        return expr.func(*(self._plain(argument, ranges, target) for argument in expr.args))

    def _function(
        self,
        letter: str,
        stem: str,
        function: Callable[[Expr], Expr],
        of: Expr,
        ranges: Mapping[Symbol, Expr],
        target: Tensor,
    ) -> Expr:
        argument = self._argument(of, ranges, target)
        form = function(argument)
        if form not in self.named:
            base = self._base(argument)
            made_of = self.reciprocals.get(base.name, frozenset())
            self._name(f"{stem}_{base.name}", letter, form, form, ranges, made_of)
        return self.named[form]

    def _argument(self, of: Expr, ranges: Mapping[Symbol, Expr], target: Tensor) -> Expr:
        """An argument as an element; what is more gets a name."""
        if isinstance(of, Indexed) or of in self.bases:
            return of
        if of not in self.named:
            rhs = self._plain(of, ranges, target)
            found = (self.reciprocals.get(tensor.name, frozenset()) for tensor in self._tensors(rhs))
            self._name(f"argument_{target.name}", "X", of, rhs, ranges, frozenset().union(*found))
        return self.named[of]

    def _reciprocal(self, of: Expr) -> Expr:
        form = of**-1
        if form not in self.named:
            tensor = self._base(of)
            self._name(f"reciprocal_{tensor.name}", "R", form, form, {}, frozenset({tensor.name}))
        return self.named[form]

    def _name(
        self, name: str, symbol: str, form: Expr, rhs: Expr, ranges: Mapping[Symbol, Expr], made_of: frozenset[str]
    ) -> None:
        """``NAME = rhs`` with the indices that occur in it; a number makes name and letter new."""
        known = {tensor.name: tensor for tensor in self.bases.values()}
        symbols = {tensor.symbol for tensor in known.values()}
        number = 1
        while name + f"_{number}" * (number > 1) in known or symbol + f"_{number}" * (number > 1) in symbols:
            number += 1
        suffix = f"_{number}" * (number > 1)
        indices = tuple(letter for letter in ranges if letter in rhs.free_symbols)
        batched = any(tensor.batched for tensor in self._tensors(rhs))
        shape = tuple(ranges[letter] for letter in indices)
        tensor = Tensor(name + suffix, symbol + suffix, shape, "intermediate", batched)
        self.bases[tensor.base] = tensor
        self.reciprocals[tensor.name] = made_of
        self.equations.append(Equation(tensor, indices, rhs))
        self.named[form] = tensor[indices]

    def _tensors(self, expr: Expr) -> tuple[Tensor, ...]:
        return tensors_in(expr, self.source, self.bases.values())

    def _base(self, element: Expr) -> Tensor:
        return self.bases[element.base if isinstance(element, Indexed) else element]


def _summed(expr: Expr) -> Iterator[tuple[Symbol, Expr]]:
    if isinstance(expr, Sum):
        yield from bounds(expr)
        yield from _summed(expr.function)
    elif not isinstance(expr, Indexed):
        for argument in expr.args:
            yield from _summed(argument)
