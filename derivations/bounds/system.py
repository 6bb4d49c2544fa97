"""From a system of equations to the system of its error bounds, at symbolic sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import count as numbers

from sympy import Expr, Indexed, Integer, Max, Pow, Symbol, sech, tanh

from attnproof.derivations.attention.rotary import TABLES
from attnproof.derivations.bounds.elementary import Elementary, elementary
from attnproof.derivations.bounds.elementwise import TanhDerivative, reciprocal_error, sech2_error, tanh_error
from attnproof.derivations.bounds.growth import RECIPROCAL_ROUNDINGS, SCALED_BEFORE, Reductions
from attnproof.derivations.bounds.order import UNKNOWN, Order
from attnproof.derivations.bounds.parameters import PARAMETERS
from attnproof.derivations.bounds.products import Term, sum_of_products
from attnproof.derivations.bounds.softmax import log_sum_exp_error, lost, moved, rounding, shift, softmax_error
from attnproof.derivations.bounds.terms import flatten, logsumexp_argument, softmax_argument
from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.typesetting.latex import equation_latex, equation_text

_ROTATED = frozenset({"query", "key", *(table.name for table in TABLES)})


@dataclass(frozen=True)
class ErrorBounds:
    """Bounds of the rounding errors of a system, as equations.

    system     the values, in elementary steps (``attnproof.derivations.bounds.elementary``)
    equations  for every tensor x that is computed an equation for Δx, ``|x̂ − x| ≤ Δx`` (tensor ``error_NAME``), over
               the exact values, the errors of what x is made of, and the parameters; with helpers of the softmax
               (``largest_NAME``, ``shift_NAME``, ``move_NAME``, ``growth_NAME``, ``lost``). In order of evaluation.
               Inputs are exact: they have none
    how        the order of summation and whether reductions accumulate in a wider format
    rules      name of a computed tensor -> name of the rule (``attnproof.derivations.bounds.rules``)
    terms      left-hand side of an equation that is a sum of products -> its terms
    derivative the formula for sech²
    """

    system: System
    equations: tuple[Equation, ...]
    how: Reductions
    rules: Mapping[str, str]
    terms: Mapping[Expr, tuple[Term, ...]]
    derivative: TanhDerivative

    def equation(self, name: str) -> Equation:
        """The (first) equation for the error of the tensor ``name``. Raises KeyError with the known names."""
        for equation in self.equations:
            if equation.target.name == f"error_{name}":
                return equation
        raise KeyError(f"no bound for {name!r}; known: {', '.join(self.rules)}")

    @cached_property
    def whole(self) -> System:
        """Values and errors as one system."""
        return System(
            f"{self.system.name}.errors",
            self.system.inputs,
            self.system.equations + self.equations,
            self.system.outputs,
        )

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that occur (``attnproof.derivations.bounds.parameters.PARAMETERS``)."""
        found = {symbol.name for equation in self.equations for symbol in equation.rhs.free_symbols}
        return tuple(name for name in PARAMETERS if name in found)

    def latex(self, name: str) -> str:
        """The equation for the error of ``name`` in LaTeX."""
        return equation_latex(self.equation(name))

    def text(self, name: str) -> str:
        """The same in plain text."""
        return equation_text(self.equation(name))


def error_bounds(
    system: System, *, order: Order = UNKNOWN, wide: bool = False, tanh_derivative: TanhDerivative = "sech2"
) -> ErrorBounds:
    """An equation for the error of every tensor that ``system`` computes, at symbolic sizes.

    system           every option decided; values and gradients in one: ``derivation.forward.then(derivation.adjoint)``
    order            of summation, of every reduction (default: unknown, whatever it is)
    wide             reductions accumulate in a wider format, of unit roundoff w, and are rounded once
    tanh_derivative  ``sech2`` or ``one_minus_tanh2``: the formula that the gradients use

    The bounds hold for every evaluation with correctly rounded operations and gradual underflow, with any bracketing of
    products and sums (where an order is declared: within it), the scale before or after them, backward by formulas or
    by autograd; for finite inputs that are exact in the format, no masked key, no overflow, ``n λ ≤ 1/2`` in the
    softmax (its module has λ). Not covered: kernels that flush subnormals or merge tiles, and sums over batch
    dimensions, which may be written as an index of the system.

    Raises ValueError for an open option, and, naming the equation, for an expression that no rule covers.
    """
    return _error_bounds(system, Reductions(order, wide), tanh_derivative)


@lru_cache(maxsize=128)
def _error_bounds(system: System, how: Reductions, derivative: TanhDerivative) -> ErrorBounds:
    return _Deriving(elementary(system), how, derivative).run()


def error_of(tensor: Tensor) -> Tensor:
    """The tensor Δx for a tensor x."""
    return Tensor(f"error_{tensor.name}", f"{tensor.symbol}_err", tensor.shape, "intermediate", tensor.batched)


def _rescaling(scalar: Expr) -> Expr:
    """``max(|κ|, 1/|κ|)``: by how much κ, multiplied in and taken out again, may raise what underflows in between."""
    return Max(abs(scalar), 1 / abs(scalar))


@dataclass
class _Deriving:
    steps: Elementary
    how: Reductions
    derivative: TanhDerivative
    equations: list[Equation] = field(default_factory=list)
    rules: dict[str, str] = field(default_factory=dict)
    terms: dict[Expr, tuple[Term, ...]] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    positive: set[str] = field(default_factory=set)
    helpers: dict[str, Tensor] = field(default_factory=dict)

    def run(self) -> ErrorBounds:
        for equation in self.steps.system.equations:
            try:
                rule, rhs = self._bound(equation)
            except ValueError as error:
                raise ValueError(f"{self.system.name}: equation for {equation.target.name!r}: {error}") from error
            self.equations.append(Equation(error_of(equation.target), equation.indices, rhs))
            self.rules[equation.target.name] = rule
            self.computed.add(equation.target.name)
        return ErrorBounds(self.system, tuple(self.equations), self.how, self.rules, self.terms, self.derivative)

    @property
    def system(self) -> System:
        return self.steps.system

    def _bound(self, equation: Equation) -> tuple[str, Expr]:
        rhs, target = equation.rhs, equation.target
        rows = softmax_argument(rhs)
        if rows is not None:
            return "softmax", self._softmax(equation, *rows)
        summands = logsumexp_argument(rhs)
        if summands is not None:
            return "log_sum_exp", self._log_sum_exp(*summands)
        if isinstance(rhs, tanh):
            return "tanh", tanh_error(rhs.args[0], self._error(rhs.args[0]))
        if isinstance(rhs, Pow) and isinstance(rhs.base, sech):
            self.positive.add(target.name)
            return "sech2", sech2_error(rhs.base.args[0], self._error(rhs.base.args[0]), self.derivative)
        if isinstance(rhs, Pow) and rhs.exp == -1 and rhs.base in self.system.by_base:
            return "reciprocal", reciprocal_error(rhs.base, self._error(rhs.base))
        flat = flatten(rhs)
        for factor in (factor for term in flat for factor in term.factors):
            if factor.kind != "element":
                raise ValueError(f"no rule derives the rounding errors of {factor.kind}({factor.argument})")
        terms = tuple(self._term(t.coefficient, [f.argument for f in t.factors], t.over) for t in flat)
        self.terms[equation.lhs] = terms
        return "sum_of_products", sum_of_products(terms, self._size, self._error, self.how)

    def _term(self, coefficient: Expr, factors: list[Expr], over: tuple[tuple[Symbol, Expr], ...]) -> Term:
        """A flattened term with the roundings and rescalings that a soft-cap's derivative or a rotation may bring."""
        names = [self._tensor(factor).name for factor in factors]
        rescaled: set[str] = set()
        for name in names:
            if name.startswith(("reciprocal_", "sech2_")):
                rescaled |= self.steps.reciprocals.get(name, frozenset())
        factor = Integer(1)
        for name in sorted(rescaled):
            factor *= _rescaling(self.system.tensors[name].base)
        turned = TABLES[0].name in self.system.tensors and not _ROTATED.isdisjoint(names)
        extra = RECIPROCAL_ROUNDINGS * len(rescaled) + SCALED_BEFORE * turned
        return Term(coefficient, tuple(factors), over, extra, factor)

    def _softmax(self, equation: Equation, logit: Expr, own: Symbol) -> Expr:
        target, at = equation.target, equation.indices
        (over, _, last) = next(iter(equation.rhs.atoms(Pow))).base.limits[0]
        count = last + 1
        theta = self._shift(logit, own, over, count)
        weight = target[tuple(over if where == own else where for where in at)]
        self.positive.add(target.name)
        rest = tuple(free_ranges(self.system, equation).values())
        move = self._helper(f"move_{target.name}", "beta", rest, target)
        self.equations.append(Equation(move, at, moved(weight, theta.xreplace({own: over}), over, own, count)))
        lam = self._lost()
        factor = self._scalar(f"growth_{target.name}", "H", rounding(count, self.how, lam))
        return softmax_error(equation.lhs, move[at], factor, lam)

    def _log_sum_exp(self, logit: Expr, over: Symbol, count: Expr) -> Expr:
        theta = self._shift(logit, over, over, count)
        error = self._error(logit)
        worst = largest(error, over, count) if error != 0 else error
        highest = largest(abs(logit), over, count)
        return log_sum_exp_error(highest, worst, largest(theta, over, count), count, self.how, self._lost())

    def _shift(self, logit: Expr, own: Symbol, over: Symbol, count: Expr) -> Expr:
        """θ at the key ``own``; equations for μ and θ come first, unless they have."""
        of = self._tensor(logit)
        outer = tuple(where for where in logit.indices if where != own)
        shape = tuple(size for size, where in zip(of.shape, logit.indices, strict=True) if where != own)
        highest = self._helper(f"largest_{of.name}", "mu", shape, of)
        theta = self._helper(f"shift_{of.name}", "theta", of.shape, of)
        if not any(equation.target == theta for equation in self.equations):
            element = logit.xreplace({own: over})
            top = largest(element + self._error(element), over, count)
            self.equations.append(Equation(highest, outer, top))
            rhs = shift(logit, self._error(logit), highest[outer])
            self.equations.append(Equation(theta, logit.indices, rhs))
        return theta[logit.indices]

    def _lost(self) -> Expr:
        return self._scalar("lost", "lambda", lost())

    def _scalar(self, name: str, letter: str, value: Expr) -> Expr:
        """A named scalar of parameters and sizes."""
        tensor = self._helper(name, letter, (), None)
        if not any(equation.target == tensor for equation in self.equations):
            self.equations.append(Equation(tensor, (), value))
        return tensor[()]

    def _helper(self, name: str, letter: str, shape: tuple[Expr, ...], of: Tensor | None) -> Tensor:
        """The helper of that name; its letter is numbered where another tensor has it."""
        if name not in self.helpers:
            taken = {tensor.symbol for tensor in (*self.system.tensors.values(), *self.helpers.values())}
            number = next(k for k in numbers(1) if letter + f"_{k}" * (k > 1) not in taken)
            symbol = letter + f"_{number}" * (number > 1)
            self.helpers[name] = Tensor(name, symbol, shape, "intermediate", of is None or of.batched)
        return self.helpers[name]

    def _tensor(self, element: Expr) -> Tensor:
        return self.system.by_base[element.base if isinstance(element, Indexed) else element]

    def _size(self, element: Expr) -> Expr:
        return element if self._tensor(element).name in self.positive else abs(element)

    def _error(self, element: Expr) -> Expr:
        tensor = self._tensor(element)
        if tensor.name not in self.computed:
            return Integer(0)
        return error_of(tensor)[element.indices if isinstance(element, Indexed) else ()]
