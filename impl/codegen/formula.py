"""Formulas as one line of plain text: ``α[i,j] = exp(t[i,j])/Σ_l exp(t[i,l])``."""

from __future__ import annotations

from sympy import Add, Expr, Function, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol, fraction

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation

GREEK = {
    "alpha": "α",
    "kappa": "κ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "lambda": "λ",
    "beta": "β",
    "gamma": "γ",
    "mu": "μ",
    "delta": "δ",
    "ell": "ℓ",
}
MARKS = {"bar": "\N{COMBINING MACRON}", "dot": "\N{COMBINING DOT ABOVE}"}
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4


def letter(symbol: str) -> str:
    """The letter of a tensor: ``alpha_bar`` is ``ᾱ``, ``W_h_bar`` is ``W̄_h``."""
    stem, *rest = symbol.split("_")
    mark = "".join(MARKS[part] for part in rest if part in MARKS)
    below = [GREEK.get(part, part) for part in rest if part not in MARKS]
    return "_".join([GREEK.get(stem, stem) + mark, *below])


def shape(tensor: Tensor) -> str:
    """``(..., n_q, d)``; the dots stand for batch dimensions."""
    axes = (["..."] if tensor.batched else []) + [str(length) for length in tensor.shape]
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"


def formula(equation: Equation) -> str:
    """The equation as text, with its option: ``u[i,j] = κ tanh(e[i,j]/κ)``."""
    return f"{text(equation.lhs)} = {text(equation.rhs)}"


def text(expr: Expr, within: int = SUM) -> str:
    """An expression of the notation as text."""
    shown, strength = _text(expr)
    return f"({shown})" if strength < within else shown


def _text(expr: Expr) -> tuple[str, int]:
    if isinstance(expr, Indexed):
        return f"{letter(str(expr.base))}[{','.join(_index(where) for where in expr.indices)}]", ATOM
    if isinstance(expr, Symbol):
        return letter(expr.name), ATOM
    if isinstance(expr, Sum):
        signs = " ".join(f"Σ_{limit[0]}" for limit in expr.limits)
        return f"{signs} {text(expr.function, PRODUCT)}", PRODUCT
    if isinstance(expr, Add):
        return _sum(expr), SUM
    if isinstance(expr, Mul):
        return _product(expr)
    if isinstance(expr, Pow):
        return _power(expr)
    if isinstance(expr, Function):
        return f"{type(expr).__name__}({', '.join(text(argument) for argument in expr.args)})", ATOM
    if isinstance(expr, Integer):
        return str(expr), ATOM if expr >= 0 else SUM
    return str(expr), PRODUCT


def _index(where: Expr) -> str:
    """``d_q+f``: the offset first."""
    return "+".join(sorted((str(term) for term in Add.make_args(where)), key=len, reverse=True))


def _sum(expr: Add) -> str:
    terms = sorted(expr.args, key=lambda term: bool(term.could_extract_minus_sign()))
    shown = ""
    for term in terms:
        negative = bool(term.could_extract_minus_sign())
        body = text(-term if negative else term, PRODUCT)
        shown += (" − " if negative else " + ") + body if shown else ("−" if negative else "") + body
    return shown


def _product(expr: Mul) -> tuple[str, int]:
    if expr.could_extract_minus_sign():
        return f"−{text(-expr, PRODUCT)}", SUM
    above, below = fraction(expr)
    if below == 1:
        factors = sorted(Mul.make_args(above), key=_place)
        return " ".join(text(factor, POWER if not isinstance(factor, Sum) else PRODUCT) for factor in factors), PRODUCT
    return f"{text(above, PRODUCT)}/{text(below, PRODUCT if isinstance(below, Sum) else POWER)}", PRODUCT


def _place(factor: Expr) -> tuple[int, str]:
    """Where a factor stands in a product: numbers, letters, elements in the order of their indices, functions, sums."""
    if isinstance(factor, Sum | Add):
        return (5 if isinstance(factor, Sum) else 4), ""
    if isinstance(factor, Indexed):
        return 2, "".join(str(index) for index in factor.indices)
    return (1, factor.name) if isinstance(factor, Symbol) else (3 if factor.has(Indexed) else 0, "")


def _power(expr: Pow) -> tuple[str, int]:
    base, exponent = expr.args
    if exponent == Rational(1, 2):
        return f"√{text(base, ATOM)}", POWER
    if exponent.could_extract_minus_sign():
        return f"1/{text(Pow(base, -exponent), POWER)}", PRODUCT
    if exponent == 2 and isinstance(base, Function):
        return f"{type(base).__name__}²({text(base.args[0])})", ATOM
    marks = {2: "²", 3: "³"}
    shown = marks.get(exponent, f"^{text(exponent, ATOM)}")
    return f"{text(base, ATOM)}{shown}", POWER
