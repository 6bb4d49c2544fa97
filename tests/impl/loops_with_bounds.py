"""A second reading of the notation: element by element, with loops, in 40 digits, carrying a rounding-error bound.

Every number is a value and a bound on how far a program's value may be from it, when the program works with unit
roundoff ``u`` in any order of summation. Rules, with γ_n = n u / (1 − n u) and η half the smallest subnormal:

    sum of n terms      Σ errors + γ_{n−1} Σ (|v| + error); sums do not underflow
    product of n        Π (|v| + error) − Π |v|, plus (γ_n + n η) Π max(1, |v| + error)
    exp(t)              relative: exp(error + 2 T u)(1 + F u) − 1; T bounds |t|, so |t − max| ≤ 2 T (the shift)
    tanh, sech²         error times the largest slope (1 and 0.77), plus F u of the value, plus η
    log(Σ exp)          shifted by the largest t: −log(1 − relative error of the sum), F u of the shifted logarithm, of
                        which |v − max| ≤ |v| + T, and u of the last addition
    F                   8: the libraries' exp and tanh are taken to be good to 4 units in the last place (2 u each)
                        sech² = 4p/(1+p)² with p = exp(−2|x|) makes 2 F + 6 of it

Nothing of the lowering, the printers or the generated code is used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import mpmath
from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol, exp, log, sech, tanh

from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import System

mp = mpmath.mp.clone()
mp.dps = 40
F = 8
T = 8  # the tests' logits stay below


@dataclass(frozen=True)
class Format:
    """Unit roundoff and half the smallest positive number."""

    u: float
    eta: mpmath.mpf


FORMATS = {
    "fp64": Format(2.0**-53, mp.ldexp(1, -1075)),
    "fp32": Format(2.0**-24, mp.ldexp(1, -150)),
    "fp16": Format(2.0**-11, mp.ldexp(1, -25)),
    "bf16": Format(2.0**-8, mp.ldexp(1, -134)),
}


@dataclass(frozen=True)
class Bounded:
    value: mpmath.mpf
    error: mpmath.mpf


Elements = dict[tuple[int, ...], Bounded]


class Loops:
    """Evaluates the equations of a resolved system for given sizes, one element at a time."""

    def __init__(self, system: System, sizes: Mapping[str, int], form: Format) -> None:
        self.system, self.sizes, self.form = system, sizes, form
        self.values: dict[str, Elements] = {}

    def run(self, inputs: Mapping[str, Elements]) -> dict[str, Elements]:
        self.values = dict(inputs)
        for equation in self.system.equations:
            ranges = free_ranges(self.system, equation)
            target = self.values.setdefault(equation.target.name, {})
            for point in product(*(range(self.size(count)) for count in ranges.values())):
                env = dict(zip(ranges, point, strict=True))
                where = tuple(self.integer(index, env) for index in equation.indices)
                target[where] = self.of(equation.rhs, env)
        return self.values

    def size(self, expr: Expr) -> int:
        return self.integer(expr, {})

    def integer(self, expr: Expr, env: Mapping[Symbol, int]) -> int:
        known = {symbol: env.get(symbol, self.sizes.get(symbol.name)) for symbol in expr.free_symbols}
        return int(expr.subs(known))

    def gamma(self, n: int) -> mpmath.mpf:
        return mp.mpf(n) * self.form.u / (1 - n * self.form.u)

    def add(self, terms: list[Bounded]) -> Bounded:
        if any(term.value == -mp.inf for term in terms):
            return Bounded(-mp.inf, mp.mpf(0))
        size = mp.fsum(abs(t.value) + t.error for t in terms)
        error = mp.fsum(t.error for t in terms) + self.gamma(len(terms) - 1) * size
        return Bounded(mp.fsum(t.value for t in terms), error)

    def mul(self, factors: list[Bounded]) -> Bounded:
        value = mp.fprod(f.value for f in factors)
        upper = mp.fprod(abs(f.value) + f.error for f in factors)
        large = mp.fprod(max(mp.mpf(1), abs(f.value) + f.error) for f in factors)
        n = len(factors)
        return Bounded(value, upper - abs(value) + self.gamma(n) * upper + n * self.form.eta * large)

    def inverse(self, x: Bounded) -> Bounded:
        """1/x; the zero total of a fully masked row stands for 1, so that its weights are 0 as declared."""
        if x.value == 0 and x.error == 0:
            return Bounded(mp.mpf(1), mp.mpf(0))
        least = abs(x.value) - x.error
        assert least > 0
        return Bounded(1 / x.value, x.error / (least * abs(x.value)) + self.form.u / least)

    def of(self, expr: Expr, env: Mapping[Symbol, int]) -> Bounded:
        if isinstance(expr, Indexed):
            tensor = self.system.by_base[expr.base]
            return self.values[tensor.name][tuple(self.integer(index, env) for index in expr.indices)]
        if expr in self.system.by_base:
            return self.values[self.system.by_base[expr].name][()]
        if isinstance(expr, Symbol | Integer | Rational):
            value = mp.mpf(self.integer(expr, env)) if isinstance(expr, Symbol) else mp.mpf(expr.p) / expr.q
            return Bounded(value, self.form.u * abs(value))
        if isinstance(expr, Add):
            return self.add([self.of(term, env) for term in expr.args])
        if isinstance(expr, Mul):
            return self.mul([self.of(factor, env) for factor in expr.args])
        if isinstance(expr, Sum):
            spans = [(limit[0], range(self.size(limit[2] + 1))) for limit in expr.limits]
            points = product(*(span for _, span in spans))
            letters = [letter for letter, _ in spans]
            return self.add([self.of(expr.function, {**env, **dict(zip(letters, p, strict=True))}) for p in points])
        return self.function(expr, env)

    def function(self, expr: Expr, env: Mapping[Symbol, int]) -> Bounded:
        u, eta = self.form.u, self.form.eta
        if isinstance(expr, Pow):
            if isinstance(expr.base, sech) and expr.exp == 2:
                x = self.of(expr.base.args[0], env)
                value = mp.sech(x.value) ** 2
                return Bounded(value, mp.mpf("0.77") * x.error + (2 * F + 6) * u * (value + x.error) + 8 * eta)
            if expr.exp == 2:
                return self.mul([self.of(expr.base, env)] * 2)
            if expr.exp == -1:
                return self.inverse(self.of(expr.base, env))
            if expr.exp == -2:
                return self.inverse(self.mul([self.of(expr.base, env)] * 2))
            if abs(expr.exp) == Rational(1, 2):
                root = mp.sqrt(self.of(expr.base, env).value)
                return Bounded(root, u * root) if expr.exp > 0 else self.inverse(Bounded(root, u * root))
        x = self.of(expr.args[0], env)
        if isinstance(expr, exp):
            if x.value == -mp.inf:
                return Bounded(mp.mpf(0), mp.mpf(0))
            assert abs(x.value) + x.error <= T, "the tests' logits are meant to be small"
            value = mp.exp(x.value)
            return Bounded(value, value * (mp.exp(x.error + 2 * T * u) * (1 + F * u) - 1) + eta * mp.exp(T))
        if isinstance(expr, log):
            assert isinstance(expr.args[0], Sum), expr
            assert expr.args[0].function.func == exp, expr
            share = x.error / x.value
            assert share < 1
            value, off = mp.log(x.value), -mp.log1p(-share)
            return Bounded(value, off + F * u * (abs(value) + T + off) * (1 + u) + u * (abs(value) + off))
        assert isinstance(expr, tanh), expr
        value = mp.tanh(x.value)
        return Bounded(value, x.error + F * u * (abs(value) + x.error) + eta)
