"""Printing of array nodes as Python expressions; what differs between targets is in the target's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol, fraction

from attnproof.impl.codegen.program.ir import (
    Block,
    Concatenate,
    Diagonal,
    Einsum,
    Expand,
    Load,
    LogSumExp,
    Map,
    MatMul,
    Node,
    Number,
    Permute,
    Reduce,
    Repeat,
    Softmax,
    SumTo,
    Zeros,
)

WIDENING = "@half_in_single"  # of every target's runtime
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SUM, PRODUCT, SIGN, ATOM = 1, 2, 3, 4
OPERATORS = {"add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT)}


@dataclass(frozen=True)
class Syntax:
    """What a target calls things.

    array        the type of an array, in annotations
    functions    elementwise function -> text with ``{0}``, ``{1}`` for the arguments
    reduce       sum of ``{x}`` over ``{axes}``
    einsum       ``{spec}`` and ``{args}``
    concatenate  ``{args}`` along ``{axis}``
    repeat       ``{count}`` copies of ``{x}`` along ``{axis}``
    zeros        zeros like ``{x}``
    identity     the identity matrix of ``{count}`` rows, with dtype and device of ``{like}``
    naive        sums of half precision may stop growing: code computes half precision in single
    """

    array: str
    functions: Mapping[str, str]
    reduce: str
    einsum: str
    concatenate: str
    repeat: str
    zeros: str
    identity: str
    naive: bool = False


@dataclass(frozen=True)
class Printer:
    """Nodes to text. ``shown`` gives the text of a name where it is not the name itself (``gradients["query"]``).

    ``sum_to`` is the runtime's function for the adjoint of broadcasting: ``sum_to_any`` if arrays may lack batch axes.
    """

    syntax: Syntax
    shown: Mapping[str, str]
    sum_to: str = "sum_to"

    def text(self, node: Node, within: int = SUM) -> str:
        """``node`` as an expression, in parentheses if it binds weaker than ``within``."""
        body, strength = self._print(node)
        return f"({body})" if strength < within else body

    def _print(self, node: Node) -> tuple[str, int]:
        match node:
            case Load():
                return self.shown.get(node.name, node.name), ATOM
            case Number():
                return scalar(node.value)
            case Block():
                places = [_slice(node.start, node.stop), *[":"] * (node.rank - node.axis - 1)]
                return f"{self.text(node.x, ATOM)}[..., {', '.join(places)}]", ATOM
            case Expand():
                kept = list(node.kept)
                while kept[0]:
                    del kept[0]
                return f"{self.text(node.x, ATOM)}[..., {', '.join(':' if k else 'None' for k in kept)}]", ATOM
            case Permute():
                if _swaps_last_two(node.order):
                    return f"{self.text(node.x, ATOM)}.mT", ATOM
                out = "".join(LETTERS[n] for n in node.order)
                return self._einsum([LETTERS[: node.rank]], [node.x], out), ATOM
            case Diagonal():
                inside = "".join(LETTERS[n] for n in node.axes)
                return self._einsum([inside], [node.x], LETTERS[: node.rank]), ATOM
            case Map():
                return self._map(node)
            case Reduce():
                axes = str(node.axes[0]) if len(node.axes) == 1 else str(node.axes)
                return self.syntax.reduce.format(x=self.text(node.x), axes=axes), ATOM
            case MatMul():
                return f"{self.text(node.x, SIGN)} @ {self.text(node.y, ATOM)}", PRODUCT
            case Einsum():
                names = _letters(node.letters)
                specs = ["".join(names[n] for n in axes) for axes in node.axes]
                return self._einsum(specs, node.args, "".join(names[n] for n in node.out)), ATOM
            case Softmax():
                return f"softmax({self.text(node.x)}, axis={node.axis})", ATOM
            case LogSumExp():
                return f"log_sum_exp({self.text(node.x)}, axis={node.axis})", ATOM
            case Concatenate():
                args = ", ".join(self.text(part) for part in node.args)
                if any(part.batch != node.batch for part in node.args):
                    return f"side_by_side(({args}), axis={node.axis})", ATOM
                return self.syntax.concatenate.format(args=args, axis=node.axis), ATOM
            case Repeat():
                count = length(node.count)
                return self.syntax.repeat.format(x=self.text(node.x), count=count, axis=node.axis), ATOM
            case Zeros():
                return self.syntax.zeros.format(x=self.text(node.x)), ATOM
            case SumTo():
                return f"{self.sum_to}({self.text(node.x)}, {self.shown.get(node.like, node.like)})", ATOM
            case _:
                raise TypeError(f"no way to print {type(node).__name__}")

    def _einsum(self, specs: Sequence[str], args: Sequence[Node], out: str) -> str:
        spec = ",".join(f"...{one}" for one in specs) + f"->...{out}"
        return self.syntax.einsum.format(spec=spec, args=", ".join(self.text(part) for part in args))

    def _map(self, node: Map) -> tuple[str, int]:
        if node.op == "neg":
            return f"-{self.text(node.args[0], SIGN)}", SIGN
        if node.op in OPERATORS:
            sign, strength = OPERATORS[node.op]
            left, right = node.args
            left_strength = SIGN if isinstance(left, MatMul) and strength == PRODUCT else strength
            right_strength = ATOM if isinstance(right, Map) and right.op == "neg" else strength + 1
            return f"{self.text(left, left_strength)} {sign} {self.text(right, right_strength)}", strength
        if node.op not in self.syntax.functions:
            raise ValueError(f"function {node.op!r} is not in the target's table: {', '.join(self.syntax.functions)}")
        return self.syntax.functions[node.op].format(*(self.text(part) for part in node.args)), ATOM


def _letters(letters: tuple[str, ...]) -> tuple[str, ...]:
    """Single characters for einsum: the formula's own where they are single and distinct."""
    if all(len(letter) == 1 and letter.isalpha() for letter in letters):
        return letters
    return tuple(LETTERS[: len(letters)])


def _swaps_last_two(order: tuple[int, ...]) -> bool:
    n = len(order)
    return n >= 2 and order == (*range(n - 2), n - 1, n - 2)


def _slice(start: Expr, stop: Expr | None) -> str:
    left = "" if start == Integer(0) else length(start)
    right = "" if stop is None else length(stop)
    simple = left.isidentifier() or left.isdigit() or not left
    if simple and (right.isidentifier() or right.isdigit() or not right):
        return f"{left}:{right}"
    return f"{left} : {right}".strip()


def length(value: Expr) -> str:
    """A number of elements: half an axis is ``d // 2``, which is exact, the axis being even."""
    above, below = fraction(value.together())
    return scalar(value)[0] if below == Integer(1) else f"{_in(above, PRODUCT)} // {_in(below, SIGN)}"


def scalar(value: Expr) -> tuple[str, int]:
    """An exact number made of integers and sizes, as Python text; fractions as quotients: nothing is rounded here."""
    if isinstance(value, Integer):
        return (str(value), ATOM) if value >= 0 else (str(value), SIGN)
    if isinstance(value, Symbol):
        return value.name, ATOM
    if value.could_extract_minus_sign() and not isinstance(value, Add):
        return f"-{_in(-value, SIGN)}", SIGN
    above, below = fraction(value)
    if below != Integer(1):
        return f"{_in(above, PRODUCT)} / {_in(below, SIGN)}", PRODUCT
    if isinstance(value, Pow) and value.exp == Rational(1, 2):
        return f"math.sqrt({scalar(value.base)[0]})", ATOM
    if isinstance(value, Pow):
        return f"math.pow({scalar(value.base)[0]}, {scalar(value.exp)[0]})", ATOM
    if isinstance(value, Mul):
        return " * ".join(_in(factor, SIGN) for factor in value.args), PRODUCT
    if isinstance(value, Add):
        return " + ".join(_in(term, PRODUCT) for term in value.args), SUM
    if isinstance(value, Rational):
        return f"{value.p} / {value.q}", PRODUCT
    if value.is_Function and type(value).__name__ in {"exp", "log", "tanh", "cosh", "sinh", "gamma"}:
        return f"math.{type(value).__name__}({scalar(value.args[0])[0]})", ATOM
    if str(value) in {"pi", "E"}:
        return {"pi": "math.pi", "E": "math.e"}[str(value)], ATOM
    raise ValueError(f"no way to print the number {value}")


def _in(value: Expr, within: int) -> str:
    body, strength = scalar(value)
    return f"({body})" if strength < within else body
