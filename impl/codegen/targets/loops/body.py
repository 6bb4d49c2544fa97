"""Statements for one element: scalar expressions, a loop for every sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Add, Expr, Function, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol, fraction, sech

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import split
from attnproof.impl.codegen.targets.loops.step import Local, Step, letters
from attnproof.impl.codegen.text.emit import INDENT, WIDTH
from attnproof.impl.codegen.text.printer import ATOM, PRODUCT, SIGN, SUM, length, scalar

HALF = Rational(1, 2)


@dataclass(frozen=True)
class Language:
    """How a target writes the operations of one element.

    functions  elementwise function -> text with ``{0}``, ``{1}`` for the arguments
    element    the element of a tensor at positions that are texts; the indices among them
    number     an exact number, made of integers and sizes, in the precision of the computation
    zero       a sum's first value
    least      a maximum's first value, −∞
    larger     the larger one of ``{0}`` and ``{1}``
    loads      whether an element that is read gets a name of its own, ``query_i_r``
    """

    functions: Mapping[str, str]
    element: Callable[[Tensor, Sequence[str], frozenset[Symbol]], str]
    number: Callable[[Expr], str]
    zero: str
    least: str
    larger: str
    loads: bool = False


@dataclass
class Body:
    """Lines that compute the right-hand side of ``step`` at one element, and the text of its value.

    tensors  by letter
    names    names that are taken
    depth    how far the lines are indented
    """

    language: Language
    step: Step
    tensors: Mapping[Expr, Tensor]
    names: set[str]
    depth: int
    lines: list[str] = field(default_factory=list)
    scopes: list[dict[Expr, str]] = field(default_factory=lambda: [{}])
    indices: dict[Symbol, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for letter in self.step.free:
            self.indices[letter] = self.new(letter.name)

    def value(self) -> str:
        """The value, after ``lines``."""
        if self.step.over is None:
            return self.text(self.step.rhs)
        letter, size = self.step.over
        found = self.new("largest")
        self._line(f"{found} = {self.language.least}")
        with_letter = self._enter(letter, size)
        value = self.text(self.step.rhs)
        self._line(f"{found} = {self.language.larger.format(found, value)}")
        self._leave(letter, with_letter)
        return found

    def new(self, name: str) -> str:
        """A name that nothing else has."""
        found = next(one for one in (name, *(f"{name}_{n}" for n in range(2, 999))) if one not in self.names)
        self.names.add(found)
        return found

    def text(self, expr: Expr, within: int = SUM) -> str:
        """``expr`` as an expression, in parentheses if it binds weaker than ``within``."""
        body, strength = self._print(expr)
        return f"({body})" if strength < within else body

    def position(self, where: Expr) -> str:
        """``i``, or ``d_q + f``."""
        offset, letter = split(where)
        return self.indices[letter] if offset == Integer(0) else f"{length(offset)} + {self.indices[letter]}"

    def _print(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Indexed):
            return self._element(expr, self.tensors[expr.base], expr.indices), ATOM
        if isinstance(expr, Symbol) and expr in self.tensors:
            return self._element(expr, self.tensors[expr], ()), ATOM
        if self._is_number(expr):
            return self.language.number(expr), (SIGN if expr.could_extract_minus_sign() else ATOM)
        if isinstance(expr, Local):
            return self._named(expr, expr.args[0].name, expr.args[1]), ATOM
        if isinstance(expr, Sum):
            return self._sum(expr), ATOM
        if isinstance(expr, Add):
            return self._add(expr), SUM
        if isinstance(expr, Mul):
            return self._product(expr)
        if isinstance(expr, Pow):
            return self._power(expr)
        if isinstance(expr, Function):
            return self._call(type(expr).__name__.lower(), *expr.args), ATOM
        raise ValueError(f"{type(expr).__name__} is not part of the notation: {expr}")

    def _is_number(self, expr: Expr) -> bool:
        """Made of exact numbers and sizes alone."""
        return not expr.has(Indexed, Sum, Local) and not any(s in self.tensors for s in expr.free_symbols)

    def _call(self, name: str, *args: Expr) -> str:
        if name not in self.language.functions:
            raise ValueError(f"function {name!r} is not in the target's table: {', '.join(self.language.functions)}")
        return self.language.functions[name].format(*(self.text(one) for one in args))

    def _element(self, expr: Expr, tensor: Tensor, where: Sequence[Expr]) -> str:
        if self.language.loads and (known := self._known(expr)):
            return known
        places = [self.position(one) for one in where]
        text = self.language.element(tensor, places, letters(expr))
        if not self.language.loads:
            return text
        own = [self.indices[split(one)[1]] for one in where]
        return self._noted(expr, "_".join([tensor.name, *own]) if own else f"the_{tensor.name}", text)

    def _named(self, expr: Expr, name: str, value: Expr) -> str:
        """A scalar under a name of its own, computed once in these loops."""
        return self._known(expr) or self._noted(expr, name, self.text(value))

    def _known(self, expr: Expr) -> str | None:
        return next((scope[expr] for scope in self.scopes if expr in scope), None)

    def _noted(self, expr: Expr, name: str, text: str) -> str:
        found = self.new(name)
        self._line(f"{found} = {text}")
        self.scopes[-1][expr] = found
        return found

    def _sum(self, expr: Sum) -> str:
        over = bounds(expr)[::-1]  # the last one is the outermost
        found = self.new(f"sum_{over[-1][0]}")
        self._line(f"{found} = {self.language.zero}")
        before = [(letter, self._enter(letter, size)) for letter, size in over]
        value = self.text(expr.function)
        self._line(f"{found} += {value}")
        for letter, index in reversed(before):
            self._leave(letter, index)
        return found

    def _enter(self, letter: Symbol, size: Expr) -> str | None:
        before = self.indices.get(letter)
        index = self.new(letter.name)
        self._line(f"for {index} in range({length(size)}):")
        self.indices[letter] = index
        self.scopes.append({})
        self.depth += 1
        return before

    def _leave(self, letter: Symbol, before: str | None) -> None:
        self.depth -= 1
        self.scopes.pop()
        own = self.indices.pop(letter)
        if before is None:
            self.names.discard(own)  # the next loop may have this letter again
        else:
            self.indices[letter] = before

    def _add(self, expr: Add) -> str:
        terms = sorted(expr.args, key=lambda term: bool(term.could_extract_minus_sign()))
        shown = ""
        for term in terms:
            negative = bool(term.could_extract_minus_sign())
            body = self.text(-term if negative else term, PRODUCT)
            shown += (" - " if negative else " + ") + body if shown else ("-" if negative else "") + body
        return shown

    def _product(self, expr: Mul) -> tuple[str, int]:
        """``coefficient · Π above / Π below``: the products first, then the division, the sign last."""
        if expr.could_extract_minus_sign():
            return f"-{self.text(-expr, SIGN)}", SIGN
        above: list[Expr] = []
        below: list[Expr] = []
        coefficient = Integer(1)
        for factor in sorted(expr.args, key=_place):
            if self._is_number(factor):
                coefficient *= factor
            elif isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
                below.append(Pow(factor.base, -factor.exp))
            else:
                above.append(factor)
        upper, lower = fraction(coefficient)
        above = [*([upper] if upper != 1 or not above else []), *above]
        below = [*([lower] if lower != 1 else []), *below]
        shown = " * ".join(self.text(factor, SIGN) for factor in above)
        if below:
            shown += f" / {self._below(below)}"
        return shown, PRODUCT

    def _below(self, factors: Sequence[Expr]) -> str:
        shown = " * ".join(self.text(factor, SIGN if len(factors) > 1 else ATOM) for factor in factors)
        return f"({shown})" if len(factors) > 1 else shown

    def _power(self, expr: Pow) -> tuple[str, int]:
        base, exponent = expr.args
        if exponent.could_extract_minus_sign():
            return f"{self.language.number(Integer(1))} / {self.text(Pow(base, -exponent), ATOM)}", PRODUCT
        if isinstance(base, sech) and exponent == 2:
            return self._call("sech2", base.args[0]), ATOM
        if exponent == HALF:
            return self._call("sqrt", base), ATOM
        if exponent.is_Integer:  # products, which are rounded correctly, unlike powers
            factor = self.text(base, ATOM)
            if not factor.isidentifier():
                factor = self._named(base, "factor", base)
            return " * ".join([factor] * int(exponent)), PRODUCT
        if exponent.is_Rational and exponent.q == 2:
            return f"{self.text(Pow(base, exponent - HALF), SIGN)} * {self._call('sqrt', base)}", PRODUCT
        return self._call("pow", base, exponent), ATOM

    def assigned(self, target: str, value: str) -> list[str]:
        """``target = value`` at this depth."""
        return broken(f"{target} = {value}", self.depth)

    def _line(self, text: str) -> None:
        self.lines += broken(text, self.depth)


def _place(factor: Expr) -> tuple[int, str]:
    """Where a factor stands in a product: numbers, letters, elements in the order of their indices, functions, sums."""
    if isinstance(factor, Indexed):
        return 2, "".join(map(str, factor.indices))
    if isinstance(factor, Symbol):
        return 1, factor.name
    return (5 if isinstance(factor, Sum) else 4 if isinstance(factor, Add) else 3 if factor.has(Indexed) else 0), ""


def broken(text: str, depth: int) -> list[str]:
    """One statement; on several lines, in parentheses, where it does not fit on one."""
    pad = INDENT * depth
    if len(pad + text) <= WIDTH or text.endswith(":"):
        return [pad + text]
    name, operator, value = _parts(text)
    lines, current = [f"{pad}{name} {operator} ("], ""
    terms = _terms(value, "+-")
    if max(map(len, terms)) > WIDTH - len(pad + INDENT):
        terms = _terms(value, "+-*/")
    for term in terms:
        if current and len(f"{pad}{INDENT}{current}{term}") > WIDTH:
            lines.append(f"{pad}{INDENT}{current}".rstrip())
            current = ""
        current += term
    return [*lines, f"{pad}{INDENT}{current}", f"{pad})"]


def _parts(text: str) -> tuple[str, str, str]:
    """Target, ``=`` or ``+=``, value; the target may have spaces, ``x[i, j]``."""
    at = text.index("= ")
    start = at - 1 if text[at - 1] in "+-" else at
    return text[:start].rstrip(), text[start : at + 1], text[at + 2 :]


def _terms(value: str, operators: str) -> list[str]:
    """Pieces of an expression, each beginning with an operator outside of parentheses."""
    pieces, start, level = [], 0, 0
    for n, sign in enumerate(value):
        level += (sign in "([") - (sign in ")]")
        if level == 0 and n and sign in operators and value[n - 1 : n + 2] == f" {sign} ":
            pieces.append(value[start:n])
            start = n
    return [*pieces, value[start:]]


def exact(value: Expr) -> str:
    """A number as Python text: a quotient of integers that doubles hold, else the nearest double; roots of sizes."""
    if isinstance(value, Rational) and max(abs(value.p), value.q) > 2**53:
        return repr(int(value.p) / int(value.q))
    return scalar(value)[0]


def definition(name: str, parameters: Sequence[str], returns: str = "") -> list[str]:
    """The ``def`` line; one parameter a line where it does not fit."""
    arrow = f" -> {returns}" if returns else ""
    line = f"def {name}({', '.join(parameters)}){arrow}:"
    if len(line) <= WIDTH:
        return [line]
    return [f"def {name}(", *(f"{INDENT}{one}," for one in parameters), f"){arrow}:"]
