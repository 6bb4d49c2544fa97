"""Expressions as Coq terms: real numbers of the standard library, arrays as functions of natural numbers.

Results of floating-point operations, infinities and NaN among them, are of the prelude's type ``result``.

What the text uses beside the standard library (``sum``, ``delta``, ``sech`` ...) is defined in the kernel's
``prelude.v``. A size in a real place is ``INR n``. Natural numbers have no honest difference (``1 - 2`` is 0 there), so
a size or an index that has one is refused: name the smaller size and add.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Final

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    cos,
    cosh,
    exp,
    factorial,
    log,
    nan,
    oo,
    sech,
    sin,
    sinh,
    tanh,
)
from sympy.core.function import AppliedUndef

from attnproof.derivations.language.indexing import bounds
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.mean import Mean
from attnproof.derivations.language.piecewise import relu, step
from attnproof.derivations.language.results import Highest, Operation, value
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.sigmoid import sigmoid

FUNCTIONS: Final[Mapping[type[Expr], str]] = MappingProxyType(
    {
        exp: "exp", tanh: "tanh", log: "ln", sin: "sin", cos: "cos", sinh: "sinh", cosh: "cosh", Abs: "Rabs",
        sech: "sech", sigmoid: "sigmoid", relu: "relu", step: "step",
    }
)  # fmt: skip
_NO_NUMBERS: Final[Mapping[Expr, str]] = MappingProxyType({oo: "PlusInfinity", -oo: "MinusInfinity", nan: "NaN"})
_FOLDED: Final[Mapping[type[Expr], str]] = MappingProxyType({Max: "Rmax", Min: "Rmin"})
# Words of the language, and names that the text itself may use.
TAKEN: Final = frozenset({
    "as", "at", "cofix", "else", "end", "exists", "fix", "for", "forall", "fun", "if", "in", "let", "match", "mod",
    "return", "then", "using", "where", "with", "Prop", "Set", "Type", "SProp", "R", "nat", "S", "O", "PI", "INR",
    "sum", "delta", "largest", "rounded", "mean_of", "has_mean", "outcomes", "sqrt", "Rpower", "fact", "is_lim",
    "is_derive", "result", "Value", "opposite", "infinite", "result_of", "added", "subtracted", "divided",
    "exponential", "higher", "highest", *FUNCTIONS.values(), *_FOLDED.values(), *_NO_NUMBERS.values(),
})  # fmt: skip

ADD, MUL, NEGATED, POWER, CALL, ATOM = range(6)  # how tightly a text holds together


def name(letter: str) -> str:
    """The identifier for a letter of the notation."""
    return f"{letter}_" if letter in TAKEN else letter.replace("+", "plus")


def real(expr: Expr) -> str:
    """A real number. Raises ValueError for what has no such text."""
    return _real(expr)[0]


def argument(expr: Expr) -> str:
    """A real number as the argument of a function."""
    return _within(_real(expr), ATOM)


def whole(expr: Expr) -> str:
    """A natural number, in parentheses with its scope where it is more than a name or a number."""
    if isinstance(expr, Symbol):
        return name(expr.name)
    if isinstance(expr, Integer) and expr >= 0:
        return str(expr)
    return f"({_whole(expr)})%nat"


def _whole(expr: Expr) -> str:
    if isinstance(expr, Symbol | Integer) and not (isinstance(expr, Integer) and expr < 0):
        return whole(expr)
    if isinstance(expr, Add):
        return " + ".join(_whole(term) for term in expr.as_ordered_terms())
    if isinstance(expr, Mul):
        return " * ".join(f"({_whole(f)})" if isinstance(f, Add) else _whole(f) for f in expr.as_ordered_factors())
    if isinstance(expr, Pow) and isinstance(expr.exp, Integer) and expr.exp > 0:
        base = _whole(expr.base)
        return f"{base if expr.base.is_Symbol else f'({base})'} ^ {expr.exp}"
    raise ValueError(f"{expr} is no sum or product of sizes, indices and numbers: natural numbers have no difference")


def abstraction(letter: str, kind: str, body: str) -> str:
    """``(fun x : R => body)``."""
    return f"(fun {name(letter)} : {kind} => {body})"


def _within(text: tuple[str, int], strength: int) -> str:
    return text[0] if text[1] >= strength else f"({text[0]})"


def _call(function: str, *arguments: str) -> tuple[str, int]:
    return " ".join((function, *arguments)), CALL if arguments else ATOM


def _real(expr: Expr) -> tuple[str, int]:
    if expr in _NO_NUMBERS:
        return _NO_NUMBERS[expr], ATOM
    for kinds, printed in _PRINTERS:
        if isinstance(expr, kinds):
            return printed(expr)
    if expr.func in FUNCTIONS:
        return _call(FUNCTIONS[expr.func], argument(expr.args[0]))
    if expr.func in _FOLDED:
        parts = [argument(part) for part in sorted(expr.args, key=str)]
        return reduce(lambda left, right: f"({_FOLDED[expr.func]} {left} {right})", parts)[1:-1], CALL
    raise ValueError(f"{expr} is a {type(expr).__name__}, which has no Coq text")


def _symbol(expr: Symbol) -> tuple[str, int]:
    return _call("INR", name(expr.name)) if expr.is_integer else (name(expr.name), ATOM)


def _element(expr: Indexed) -> tuple[str, int]:
    return _call(name(expr.base.label.name), *(_place(where) for where in expr.indices))


def _place(where: Expr) -> str:
    """An index: the scope of a number has to be said, since the array may be a variable."""
    return f"{whole(where)}%nat" if isinstance(where, Integer) else whole(where)


def _number(expr: Rational) -> tuple[str, int]:
    if expr < 0:
        return f"- {_within(_number(-expr), NEGATED)}", NEGATED
    return (str(expr.p), ATOM) if expr.q == 1 else (f"{expr.p} / {expr.q}", MUL)


def _terms(expr: Add) -> tuple[str, int]:
    if not expr.has(Indexed, AppliedUndef) and expr.is_integer:  # in this order: SymPy takes long to say so of a sum
        return _call("INR", whole(expr)) if all(t.is_nonnegative for t in expr.args) else _signed(expr)
    return _signed(expr)


def _signed(expr: Add) -> tuple[str, int]:
    found = ""
    for term in expr.as_ordered_terms():
        if term.could_extract_minus_sign():
            part = _within(_real(-term), MUL)
            found = f"{found} - {part}" if found else f"- {_within(_real(-term), NEGATED)}"
        else:
            part = _within(_real(term), MUL)
            found = f"{found} + {part}" if found else part
    return found, ADD


def _product(expr: Mul) -> tuple[str, int]:
    if expr.could_extract_minus_sign():
        return f"- {_within(_real(-expr), NEGATED)}", NEGATED
    above, below = [], []
    for factor in expr.as_ordered_factors():
        if isinstance(factor, Rational):
            above += [Integer(factor.p)] if factor.p != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
            below.append(1 / factor)
        else:
            above.append(factor)
    text = " * ".join(_within(_real(factor), NEGATED) for factor in above) or "1"
    if not below:
        return text, MUL
    under = [_within(_real(factor), NEGATED) for factor in below]
    return f"{text} / {under[0] if len(under) == 1 else '(' + ' * '.join(under) + ')'}", MUL


def _power(expr: Pow) -> tuple[str, int]:
    base, exponent = expr.args
    if exponent.could_extract_minus_sign():
        return f"/ {_within(_real(Pow(base, -exponent)), NEGATED)}", NEGATED
    if exponent == S.Half:
        return _call("sqrt", argument(base))
    if exponent.is_integer:
        return f"{_within(_real(base), CALL)} ^ {whole(exponent)}", POWER
    return _call("Rpower", argument(base), argument(exponent))


def _total(expr: Expr) -> tuple[str, int]:
    word = "sum" if isinstance(expr, Sum) else "highest" if isinstance(expr, Highest) else "largest"
    text = real(expr.function)
    for symbol, size in bounds(expr):
        text = f"{word} {whole(size)} {abstraction(symbol.name, 'nat', text)}"
    return text, CALL


def _rounded(expr: Expr) -> tuple[str, int]:
    body, bits, largest = expr.args
    return _call("rounded", whole(bits), whole(largest), argument(body))


def _operation(expr: Operation) -> tuple[str, int]:
    *operands, bits, largest = expr.args
    return _call(expr.func.__name__, whole(bits), whole(largest), *(argument(each) for each in operands))


def average(expr: Mean, word: str = "mean_of") -> str:
    """``mean_of``, or another ``word``, of a function of the outcome."""
    return f"{word} {name(expr.space.name)} {abstraction(expr.outcome.name, name(expr.space.name), real(expr.body))}"


def _applied(expr: AppliedUndef) -> tuple[str, int]:
    return _call(name(str(expr.func)), *(argument(each) for each in expr.args))


_PRINTERS: Final[tuple[tuple[type | tuple[type, ...], Callable[..., tuple[str, int]]], ...]] = (
    (Indexed, _element),
    (IndexedBase, lambda expr: (name(expr.label.name), ATOM)),
    (Symbol, _symbol),
    (Rational, _number),
    (Add, _terms),
    (Mul, _product),
    (Pow, _power),
    ((Sum, Largest), _total),
    (factorial, lambda expr: _call("INR", f"(fact {whole(expr.args[0])})")),
    (Mean, lambda expr: (average(expr), CALL)),
    (KroneckerDelta, lambda expr: _call("delta", *(whole(each) for each in expr.args))),
    (rounded, _rounded),
    (value, lambda expr: _call("Value", argument(expr.args[0]))),
    (Operation, _operation),
    (AppliedUndef, _applied),
    (type(S.Pi), lambda _: ("PI", ATOM)),
    (type(S.Exp1), lambda _: _call("exp", "1")),
)
