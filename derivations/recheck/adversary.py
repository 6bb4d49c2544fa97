"""Evaluation of a system as the standard model of rounding lets it happen, with an adversary who chooses every rounding
error.

The unit roundoff is large (1/64, say), so that terms of second and higher order count; the numbers are balls of 128
bits, so that nothing else does. Sums run from left to right, the order with the longest path, or over a balanced tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

from flint import arb
from sympy import Expr, Pow, Symbol, sech, tanh

from attnproof.derivations.bounds.system import ErrorBounds
from attnproof.derivations.bounds.terms import logsumexp_argument, softmax_argument
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import Equation
from attnproof.derivations.recheck.dual import value_of
from attnproof.derivations.recheck.exact import Array, Compiler, Environment, whole
from attnproof.derivations.recheck.real import Reals

Balls = dict[tuple[int, ...], arb]


@dataclass
class Adversary:
    """Who chooses the rounding errors.

    parameters  of the arithmetic, by name (``attnproof.derivations.bounds.parameters``)
    sign        of the next error, each time it is called: +1, −1 or 0
    """

    parameters: Mapping[str, arb]
    sign: Callable[[], int]

    def rounded(self, value: arb, times: int = 1) -> arb:
        """The value after so many roundings."""
        for _ in range(times):
            value = value * (1 + self.sign() * self.parameters["u"])
        return value

    def times(self, left: arb, right: arb) -> arb:
        """A product: rounded, or underflowing where the absolute error is larger; exact where it is 0."""
        exact, half = left * right, self.parameters["eta"] / 2
        if exact == 0:
            return exact
        if abs(exact) * self.parameters["u"] < half:
            return exact + self.sign() * min(abs(exact), half)
        return self.rounded(exact)

    def function(self, name: str, value: arb) -> arb:
        """What a function returns for its exact value: tanh, log, exp (in the softmax), and exp in sech²."""
        epsilon, omega = self.parameters[f"epsilon_{name}"], self.parameters[f"omega_{name}"]
        return value * (1 + self.sign() * epsilon) + self.sign() * omega

    def add(self, values: Sequence[arb], *, tree: bool) -> arb:
        """The sum of the values: rounded after each addition."""
        parts = list(values)
        while len(parts) > 1:
            if not tree:
                parts = [self.rounded(parts[0] + parts[1]), *parts[2:]]
                continue
            pairs = [self.rounded(a + b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
            parts = pairs + parts[2 * len(pairs) :]
        return parts[0]


def signs(strategy: str) -> Callable[[], int]:
    """``up``, ``down``, or the seed of random signs."""
    if strategy in ("up", "down"):
        return lambda: 1 if strategy == "up" else -1
    random = Random(strategy)
    return lambda: random.choice((-1, 1))


def run(
    bounds: ErrorBounds,
    sizes: Mapping[str, int],
    inputs: Mapping[str, Balls],
    adversary: Adversary,
    *,
    tree: bool = False,
) -> dict[str, Balls]:
    """Every tensor as an adversary lets it be computed, by name.

    sizes, inputs  as for ``attnproof.derivations.recheck.bounds.evaluate``
    tree           sums of products over a balanced tree, each sum on its own; else from left to right, all terms in one
    """
    known = {name: dict(array) for name, array in inputs.items()}
    compiler = Compiler(bounds.system, sizes, cast("dict[str, Array]", known), Reals(""))
    run_ = _Run(bounds, compiler, known, adversary, tree)
    for equation in bounds.system.equations:
        run_.equation(equation)
    return known


@dataclass
class _Run:
    bounds: ErrorBounds
    compiler: Compiler
    known: dict[str, Balls]
    adversary: Adversary
    tree: bool

    def equation(self, equation: Equation) -> None:
        where = [self.compiler.position(index) for index in equation.indices]
        target = self.known.setdefault(equation.target.name, {})
        for env in self.compiler.environments(free_ranges(self.bounds.system, equation)):
            target[tuple(position(env) for position in where)] = self.value(equation, env)

    def value(self, equation: Equation, env: Environment) -> arb:
        rhs, adversary = equation.rhs, self.adversary
        rows, summands = softmax_argument(rhs), logsumexp_argument(rhs)
        if rows is not None:
            logit, own = rows
            (_, _, last) = next(iter(rhs.atoms(Pow))).base.limits[0]
            powers, _ = self.powers(logit, own, self.integer(last + 1), env)
            # a reciprocal and a product, and one rounding before: three
            return adversary.rounded(powers[env[own]] / adversary.add(powers, tree=self.tree), 3)
        if summands is not None:
            logit, over, count = summands
            powers, top = self.powers(logit, over, self.integer(count), env)
            return adversary.rounded(top + adversary.function("log", adversary.add(powers, tree=self.tree).log()))
        if isinstance(rhs, tanh):
            return adversary.function("tanh", self.element(rhs.args[0], env).tanh())
        if isinstance(rhs, Pow) and isinstance(rhs.base, sech):
            w = adversary.function("sech", (-2 * abs(self.element(rhs.base.args[0], env))).exp())
            below = adversary.rounded(1 + w)
            return adversary.rounded(4 * w / adversary.rounded(below * below, 2))
        if isinstance(rhs, Pow) and equation.lhs not in self.bounds.terms:
            return adversary.rounded(1 / self.element(rhs.base, env))
        return self.sum(equation, env)

    def powers(self, logit: Expr, over: Symbol, count: int, env: Environment) -> tuple[list[arb], arb]:
        """For each logit exp of its distance from the largest, which is exact; and the largest."""
        logits = [self.element(logit, {**env, over: k}) for k in range(count)]
        top = max(logits, key=float)
        return [self.adversary.function("exp", self.adversary.rounded(t - top, 3).exp()) for t in logits], top

    def sum(self, equation: Equation, env: Environment) -> arb:
        adversary, found = self.adversary, []
        terms = [term for term in self.bounds.terms[equation.lhs] if term.coefficient != 0]
        for term in terms:
            summands = []
            for inside in self.compiler.environments(dict(term.over), env):
                value, *others = (self.element(factor, inside) for factor in term.factors)
                for other in others:
                    value = adversary.times(value, other)
                if term.constant:  # its value has five roundings, the product with it is the sixth
                    constant = self.constant(term.coefficient)
                    value = adversary.times(adversary.rounded(constant, 5), value)
                elif term.coefficient == -1:
                    value = -value
                summands.append(adversary.rounded(value, term.extra_roundings))
            if self.tree:
                summands = [adversary.add(summands, tree=True)]
            found += summands
        return adversary.add(found, tree=False) if found else arb(0)

    def element(self, element: Expr, env: Environment) -> arb:
        return arb(value_of(self.compiler.expression(element)(env)))

    def integer(self, expr: Expr) -> int:
        return whole(expr, self.compiler.sizes)

    def constant(self, expr: Expr) -> arb:
        """A number such as d^(−1/2) at these sizes."""
        return self.element(expr, {})
