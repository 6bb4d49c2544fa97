"""Proofs that an altered formula is the same one: both are lowered to index notation and compared in canonical form.

An einsum is read off its subscripts. A softmax is executed, its own code, on a symbol ``t[i,j]`` with functions that
build expressions; because equal formulas may overflow differently (``exp(x − m)`` and ``exp(x + m)``), both must also
return the same numbers bit for bit on ordinary, large, shifted and masked rows.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
from sympy import Expr, Indexed, IndexedBase, Mul, Symbol, exp

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, I, J, L, index
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import LOGITS
from attnproof.verify.faults.mutants import equivalent_torch
from attnproof.verify.faults.mutants.operators import Altered
from attnproof.verify.faults.mutants.sources import HELPERS, Program, functions

ROWS: Final = 16  # random rows for each scale
SCALES: Final = (1.0, 64.0, 1e4)  # of logits: ordinary, and such that exponentials without the row's maximum overflow
SHIFTS: Final = (0.0, -1e3, 1e3)


def proof(altered: Altered, score: str, program: Program = "numpy") -> str | None:
    """How it is known that nothing changes; None: it is not known."""
    if _is_einsum(altered.before) and _is_einsum(altered.after):
        if equal(_einsum(altered.before), _einsum(altered.after)):
            return "both einsums are one sum of products in index notation (canonical form), in any order of factors"
        return None
    if altered.function == "softmax":
        original = ast.unparse(functions(score, program)["softmax"])
        if program == "torch":
            proved = equivalent_torch.same(original, altered.source, _compiled)
            return (
                "executed on a row with a finite logit and on one of −∞, both give the same expression"
                if proved
                else None
            )
        try:
            same = equal(_softmax(original), _softmax(altered.source))
        except (TypeError, ValueError, AttributeError):
            return None  # not expressible in index notation
        if same and _bit_for_bit(original, altered.source):
            return (
                "executed on symbols, both give exp(t[i,j]) / Σ_l exp(t[i,l]) (canonical form); and the same bits "
                "on random rows"
            )
    return None


def _is_einsum(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.einsum", "torch.einsum")


def _einsum(node: ast.expr) -> Expr:
    """The sum that the subscripts say, at symbolic sizes: one size for each letter."""
    if not isinstance(node, ast.Call):
        raise TypeError(f"expected a call of einsum, got {ast.unparse(node)}")
    written, result = str(ast.literal_eval(node.args[0])).split("->")
    factors: list[Indexed] = []
    letters: dict[str, Symbol] = {}
    for operand, argument in zip(written.split(","), node.args[1:], strict=True):
        names = operand.removeprefix("...")
        letters |= {name: index(name) for name in names}
        # Every array is square in name: sizes do not enter into which elements are multiplied.
        factors.append(IndexedBase(ast.unparse(argument))[tuple(letters[name] for name in names)])
    kept = result.removeprefix("...")
    summed = [(symbol, N_K) for name, symbol in sorted(letters.items()) if name not in kept]
    product = Mul(*factors)
    free = Mul(*(IndexedBase("out")[letters[name]] for name in kept))  # which element of the result it is
    return free * (total(product, *summed) if summed else product)


def _compiled(source: str, space: dict[str, Any]) -> Callable[..., Any]:
    exec(compile("from __future__ import annotations\n" + source, "<softmax>", "exec"), space)  # noqa: S102 - this project's own source
    found: Callable[..., Any] = space["softmax"]
    return found


def _softmax(function: str) -> Expr:
    """What the function makes of ``t[i,j]`` in a row with a finite entry; its maximum is a number ``m`` of the row."""
    result = _compiled(function, {"np": _SYMBOLIC, **HELPERS["numpy"]})(LOGITS[I, J], axis=-1)
    if not isinstance(result, Expr):
        raise TypeError(f"softmax gave {result!r}")
    return result


def _row_sum(value: Expr, axis: int, keepdims: bool) -> Expr:
    if axis != -1 or not keepdims:
        raise ValueError("not a sum over the keys")
    return total(value.xreplace({LOGITS[I, J]: LOGITS[I, L]}), (L, N_K))


def _row_maximum(value: Expr, axis: int, keepdims: bool) -> Expr:
    if axis != -1 or not keepdims or value != LOGITS[I, J]:
        raise ValueError("not the maximum of a row")
    return IndexedBase("m")[I]


_SYMBOLIC: Final = SimpleNamespace(
    max=_row_maximum,
    sum=_row_sum,
    exp=exp,
    isneginf=lambda _: False,
    where=lambda condition, yes, no: yes if condition else no,
    zeros_like=lambda value: 0 * value,
    ones_like=lambda value: value**0,
    asarray=lambda value: value,
)


def _bit_for_bit(one: str, other: str) -> bool:
    """The same numbers on random rows of three scales and three shifts, some keys and one row masked, in both
    formats.
    """
    first, second = (_compiled(function, {"np": np, **HELPERS["numpy"]}) for function in (one, other))
    rng = np.random.default_rng(0)
    for scale in SCALES:
        for shift in SHIFTS:
            rows = scale * rng.standard_normal((ROWS, 7)) + shift
            rows[rng.random(rows.shape) < 0.2] = -np.inf
            rows[0] = -np.inf
            for dtype in (np.float64, np.float32):
                given = rows.astype(dtype)
                with np.errstate(all="ignore"):
                    if not np.array_equal(first(given, axis=-1), second(given, axis=-1), equal_nan=True):
                        return False
    return True
