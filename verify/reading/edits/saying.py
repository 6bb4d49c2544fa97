"""Tensors, axes and constants of the derivation in words."""

from __future__ import annotations

from typing import Final

from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol

from attnproof.derivations.language.system import System

TENSORS: Final = {
    "row_dot": "the row sum of the softmax's derivative",
    "capped": "the capped scores",
    "kept": "the weights after dropout",
    "shares": "the weights with the sink's",
    "places": "the logits with the sink's",
    "preactivation": "what tanh is taken of",
    "softcap": "the soft-cap",
    "bias": "what is added to the scores",
}
PLURAL: Final = ("scores", "weights", "logits", "places", "kept", "shares", "capped")
GRADIENT: Final = "grad_"
AXES: Final = {"i": "queries", "j": "keys", "l": "keys", "m": "keys and the sink", "a": "hidden units", "p": "channels"}


def tensor(name: str) -> str:
    """``the gradient of key``."""
    if name.startswith(GRADIENT):
        return f"the gradient of {tensor(name.removeprefix(GRADIENT)).removeprefix('the ')}"
    return TENSORS.get(name) or f"the {name.replace('_', ' ')}"


def axis(symbol: Expr) -> str:
    """What an index runs over."""
    return AXES.get(str(symbol), "features")


def said(expr: Expr, system: System) -> str:
    """A part of an equation, in short."""
    if isinstance(expr, Indexed):
        return tensor(system.by_base[expr.base].name)
    if isinstance(expr, Symbol) and expr in system.by_base:
        return tensor(system.by_base[expr].name)
    if isinstance(expr, Mul):
        minus, rest = expr.as_coeff_Mul()
        if minus == -1:
            return said(rest, system)
        return " times ".join(said(each, system) for each in expr.args)
    if isinstance(expr, Sum):
        return f"the sum over the {axis(expr.limits[0][0])}"
    if isinstance(expr, Add):
        return f"the sum of {' and '.join(said(each, system) for each in expr.args)}"
    if isinstance(expr, Pow) and not expr.has(Indexed) and not (expr.free_symbols & set(system.by_base)):
        return number(expr)
    if isinstance(expr, Pow):
        inner = said(expr.base, system)
        return f"1/{inner}" if expr.exp == -1 else f"{inner} squared" if expr.exp == 2 else f"a power of {inner}"
    if isinstance(expr, Symbol | Integer):
        return number(expr)
    if expr.args and hasattr(expr.func, "__name__"):
        return f"{expr.func.__name__} of {said(expr.args[0], system)}"
    return str(expr)


def number(expr: Expr) -> str:
    """A size, or a power of it."""
    if isinstance(expr, Pow):
        root = expr.exp.q == 2
        base = f"√{expr.base}" if root else str(expr.base)
        return f"1/{base}" if expr.exp.is_negative else base
    return str(expr)
