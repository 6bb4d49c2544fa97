"""SymPy expressions as operations on packs: a sum with a product in it is one fused multiply-add."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Pow, Symbol, fraction

ONE = "one"


def text(expr: Expr) -> str:
    """``expr`` in the generated module. Raises ValueError for an operation that the packs do not have."""
    if isinstance(expr, Symbol):
        return str(expr.name)
    if expr == 1:
        return ONE
    top, bottom = fraction(expr)
    if bottom != 1:
        return f"{_inside(top)} / {_inside(bottom)}"
    if isinstance(expr, Add) and len(expr.args) == 2:
        least = min(expr.args, key=lambda x: x.as_coeff_Mul()[0])
        if least.as_coeff_Mul()[0] == -1:
            x, y = _two_factors(-least)
            return f"fnma({text(x)}, {text(y)}, {text(expr - least)})"
        product, rest = sorted(expr.args, key=lambda x: (not x.is_Mul, str(x)))
        if isinstance(product, Mul) and len(product.args) == 2:
            x, y = sorted(product.args, key=str)
            return f"fma({text(x)}, {text(y)}, {text(rest)})"
        return f"{text(rest)} + {text(product)}" if rest == 1 else f"{text(product)} + {text(rest)}"
    if isinstance(expr, Mul) and len(expr.args) == 2 and not any(isinstance(x, Pow | Integer) for x in expr.args):
        x, y = sorted(expr.args, key=str)
        return f"{_inside(x)} * {_inside(y)}"
    raise ValueError(f"no operation on packs for {expr}")


def _two_factors(expr: Expr) -> tuple[Expr, Expr]:
    if isinstance(expr, Pow) and expr.exp == 2:
        return expr.base, expr.base
    if isinstance(expr, Mul) and len(expr.args) == 2:
        x, y = sorted(expr.args, key=str)
        return x, y
    raise ValueError(f"no operation on packs for {expr} inside a sum")


def _inside(expr: Expr) -> str:
    return f"({text(expr)})" if isinstance(expr, Add) and not text(expr).startswith("fma") else text(expr)
