"""A-priori bounds in closed form: what the errors are at most when all that is known of the inputs is how large they
are.

    |q| ≤ Q, |k| ≤ K      →   Δe ≤ ((1 − u)^−(d+6) − 1) √d Q K + 4 (1 − u)^−(d+6) η d (1 + Q + K)   (scaled dot)

Every equation of the derived bounds with a magnitude in place of each element: sums of products by the same rule;
``|tanh| ≤ 1`` and ``sech² ≤ 1``; the exponents of a softmax shift by at most ``θ = Δt + 6u(T + Δt) − ln(1 − ε)`` for
``|t| ≤ T``, so that by the lemma ``softmax_condition`` a weight moves by at most ``tanh(θ/2)`` and, relative to itself,
by ``e^{2θ} − 1``; that the weights of a row sum to 1 makes the context's bound one of ``max|V|`` and not of n_k times
that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Symbol, exp, log, sech, tanh

from attnproof.derivations.bounds.elementwise import STEEPEST_SECH2, reciprocal_error, sech2_own
from attnproof.derivations.bounds.growth import grown_sum
from attnproof.derivations.bounds.parameters import EPS_TANH, ETA, OMEGA_TANH
from attnproof.derivations.bounds.products import Term, is_copy, sum_of_products, underflow
from attnproof.derivations.bounds.softmax import log_sum_exp_error, lost, rounding, shift, softmax_error
from attnproof.derivations.bounds.system import ErrorBounds, error_of
from attnproof.derivations.bounds.terms import logsumexp_argument, softmax_argument
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation
from attnproof.derivations.typesetting.latex import expr_latex, letter_latex


@dataclass(frozen=True)
class UniformBounds:
    """Bounds for inputs of which only the largest magnitudes are known.

    magnitudes  name of a tensor -> an upper bound of its elements' size; of an input a symbol, of the rest an
                expression in these
    errors      name of a computed tensor, or of a helper, -> what its error is at most, over sizes, parameters,
                magnitudes and the symbols in ``symbols``
    symbols     the same names -> the symbol that stands for the error in later ones (Δe, θ)
    """

    magnitudes: Mapping[str, Expr]
    errors: Mapping[str, Expr]
    symbols: Mapping[str, Symbol]

    def closed(self, name: str) -> Expr:
        """The error of ``name`` in sizes, parameters and magnitudes of inputs. Raises KeyError with the known names."""
        found = self._error(name)
        for other in reversed(tuple(self.errors)):
            found = found.xreplace({self.symbols[other]: self.errors[other]})
        return found

    def latex(self, name: str) -> str:
        r"""``\Delta e \le …`` in LaTeX, over the errors that it follows from."""
        return rf"{letter_latex(self.symbols[self._known(name)].name)} \le {expr_latex(self._error(name))}"

    def _error(self, name: str) -> Expr:
        return self.errors[self._known(name)]

    def _known(self, name: str) -> str:
        if name not in self.errors:
            raise KeyError(f"no bound for {name!r}; known: {', '.join(self.errors)}")
        return name


def uniform_bounds(bounds: ErrorBounds) -> UniformBounds:
    """Closed forms for inputs with ``|x| ≤ X``: X is the symbol ``x_max`` for a tensor with the letter x.

    A scalar input (soft-cap) stays itself. The bound of a tensor holds for all of its elements.
    """
    return _Uniform(bounds).run()


@dataclass
class _Uniform:
    bounds: ErrorBounds
    magnitudes: dict[str, Expr] = field(default_factory=dict)
    errors: dict[str, Expr] = field(default_factory=dict)
    symbols: dict[str, Symbol] = field(default_factory=dict)
    rows: dict[str, Symbol] = field(default_factory=dict)  # of a softmax: the symbol for Σ_j Δα_ij

    def run(self) -> UniformBounds:
        for tensor in self.bounds.system.inputs:
            self.magnitudes[tensor.name] = (
                Symbol(f"{tensor.symbol}_max", positive=True) if tensor.shape else abs(tensor.base)
            )
        for equation in self.bounds.system.equations:
            magnitude, error = self._found(equation)
            self._set(equation.target, magnitude, error)
        return UniformBounds(self.magnitudes, self.errors, self.symbols)

    def _set(self, tensor: Tensor, magnitude: Expr, error: Expr) -> None:
        """Of a tensor in blocks the sum covers each of them."""
        name = tensor.name
        if name in self.errors and self.errors[name] != error:
            magnitude, error = self.magnitudes[name] + magnitude, self.errors[name] + error
        self.magnitudes[name], self.errors[name] = magnitude, error
        self.symbols[name] = Symbol(error_of(tensor).symbol, positive=True)

    def _helper(self, name: str, letter: str, value: Expr) -> Symbol:
        self.errors[name] = value
        self.symbols[name] = Symbol(letter, positive=True)
        return self.symbols[name]

    def _found(self, equation: Equation) -> tuple[Expr, Expr]:
        rhs = equation.rhs
        rows = softmax_argument(rhs)
        if rows is not None:
            (_, _, last) = next(iter(rhs.atoms(Pow))).base.limits[0]
            return Integer(1), self._softmax(equation.target, rows[0], last + 1)
        summands = logsumexp_argument(rhs)
        if summands is not None:
            theta, count = self._shift(summands[0]), summands[2]
            size, error = self._size(summands[0]), self._error(summands[0])
            return size + log(count), log_sum_exp_error(size, error, theta, count, self.bounds.how, self._lost())
        if isinstance(rhs, tanh):
            moved = self._error(rhs.args[0])
            return Integer(1), moved + EPS_TANH * (1 + moved) + OMEGA_TANH
        if isinstance(rhs, Pow) and isinstance(rhs.base, sech):
            own = sech2_own(Integer(1), Integer(1), self.bounds.derivative)
            return Integer(1), STEEPEST_SECH2 * self._error(rhs.base.args[0]) + own
        if isinstance(rhs, Pow) and equation.lhs not in self.bounds.terms:
            return 1 / abs(rhs.base), reciprocal_error(rhs.base, Integer(0))
        return self._sum(equation)

    def _sum(self, equation: Equation) -> tuple[Expr, Expr]:
        terms = self.bounds.terms[equation.lhs]
        kept = [term for term in terms if term.coefficient != 0]
        if is_copy(kept):
            of = self._tensor(kept[0].factors[0]).name
            if of in self.rows:
                self.rows[equation.target.name] = self.rows[of]
            return self._size(kept[0].factors[0]), self._error(kept[0].factors[0])
        magnitude = Add(*(abs(t.coefficient) * self._product(t, computed=False) for t in kept))
        if not any(self._row(term) for term in kept):
            return magnitude, sum_of_products(kept, self._size, self._error, self.bounds.how)
        every = [[count for _, count in term.over] for term in kept]
        found = []
        for term, sizes in zip(kept, every, strict=True):
            growth = grown_sum(term.multiplications, sizes, every, self.bounds.how)
            found.append(growth * abs(term.coefficient) * self._product(term, computed=True))
            found.append(-abs(term.coefficient) * self._product(term, computed=False))
            found.append(growth * underflow(term, [self._size(f) + self._error(f) for f in term.factors]))
        return magnitude, Add(*found)

    def _product(self, term: Term, *, computed: bool) -> Expr:
        """``Σ ∏`` of magnitudes, with errors where ``computed``; a row of weights sums to 1, or to 1 and its errors."""
        row = self._row(term)
        parts: list[Expr] = [count for symbol, count in term.over if row is None or symbol != row[1]]
        for factor in term.factors:
            if row is not None and factor == row[0]:
                parts.append(1 + self.rows[self._tensor(factor).name] if computed else Integer(1))
            else:
                parts.append(self._size(factor) + self._error(factor) if computed else self._size(factor))
        return Mul(*parts)

    def _row(self, term: Term) -> tuple[Expr, Symbol] | None:
        """A factor that is a softmax weight, summed over its keys; and the index of these."""
        for factor in term.factors:
            if self._tensor(factor).name in self.rows:
                for symbol, _ in term.over:
                    if symbol == factor.indices[-1]:
                        return factor, symbol
        return None

    def _softmax(self, target: Tensor, logit: Expr, count: Expr) -> Expr:
        theta = self._shift(logit)
        lam = self._lost()
        factor = self._helper(f"growth_{target.name}", "H", rounding(count, self.bounds.how, lam))
        rows = factor * exp(2 * theta) - 1 + count * (factor * lam + ETA)
        self.rows[target.name] = self._helper(f"rows_{target.name}", "sigma", rows)
        return softmax_error(Integer(1), tanh(theta / 2), factor, lam)

    def _lost(self) -> Symbol:
        return self._helper("lost", "lambda", lost())

    def _shift(self, logit: Expr) -> Symbol:
        size, error = self._size(logit), self._error(logit)
        tensor = self._tensor(logit)
        return self._helper(f"shift_{tensor.name}", "theta", shift(-size, error, size + error))

    def _tensor(self, element: Expr) -> Tensor:
        return self.bounds.system.by_base[element.base if isinstance(element, Indexed) else element]

    def _size(self, element: Expr) -> Expr:
        return self.magnitudes[self._tensor(element).name]

    def _error(self, element: Expr) -> Expr:
        return self.symbols.get(self._tensor(element).name, Integer(0))
