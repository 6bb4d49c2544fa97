"""A systematic set of altered propositions: each number, exponent, sign, relation, quantifier and hypothesis in turn.

A statement whose verdict outlives such a change was not what was proved. Some alterations are still true, weaker or
the same in other words; the verdict is lost all the same, because it is one on the statement as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from sympy import (
    Add,
    Derivative,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Number,
    Pow,
    Rational,
    Subs,
    Sum,
    nan,
    oo,
)

from attnproof.derivations.language.results import Operation, added, divided, exponential, subtracted
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import (
    Binder,
    Both,
    Compare,
    Either,
    Every,
    HasMean,
    If,
    Iff,
    Limit,
    Not,
    Proposition,
    Relation,
    Size,
    Slope,
    Some,
    Where,
)

Altered = tuple[str, Proposition]
_RELATIONS: Final[dict[Relation, tuple[Relation, ...]]] = {
    "=": ("≠", "<"),
    "≠": ("=",),
    "≤": ("<", "="),
    "<": ("≤", "="),
}
_INSTEAD: Final[dict[type[Expr], tuple[type[Expr], ...]]] = {
    added: (subtracted,),
    subtracted: (added,),
    divided: (subtracted,),
    exponential: (),
}


def altered(says: Proposition) -> Iterator[Altered]:
    """Each alteration with what it changes, in words; none is the proposition itself."""
    seen = {says}
    for what, changed in _altered(says):
        if changed not in seen:
            seen.add(changed)
            yield what, changed


def _altered(says: Proposition) -> Iterator[Altered]:
    match says:
        case Compare(left, relation, right):
            for other in _RELATIONS[relation]:
                yield f"{other} in place of {relation}", replace(says, relation=other)
            if relation in {"≤", "<"}:
                yield "the sides exchanged", replace(says, left=right, right=left)
            yield from _inside(left, lambda new: replace(says, left=new))
            yield from _inside(right, lambda new: replace(says, right=new))
        case Both(parts) | Either(parts):
            joined = Either if isinstance(says, Both) else Both
            yield f"{joined.__name__.lower()} in place of {type(says).__name__.lower()}", joined(parts)
            for number, part in enumerate(parts):
                if rest := parts[:number] + parts[number + 1 :]:
                    yield f"part {number + 1} left out", type(says)(rest) if len(rest) > 1 else rest[0]
                for what, new in _altered(part):
                    yield what, type(says)((*parts[:number], new, *parts[number + 1 :]))
        case Not(of):
            yield "without its not", of
            yield from ((what, Not(new)) for what, new in _altered(of))
        case If(hypothesis, conclusion):
            yield "a hypothesis left out", conclusion
            yield "a hypothesis denied", If(Not(hypothesis), conclusion)
            yield from ((f"{what}, in a hypothesis", If(new, conclusion)) for what, new in _altered(hypothesis))
            yield from ((what, If(hypothesis, new)) for what, new in _altered(conclusion))
        case Iff(left, right):
            yield "one side denied", Iff(Not(left), right)
            yield from ((what, Iff(new, right)) for what, new in _altered(left))
            yield from ((what, Iff(left, new)) for what, new in _altered(right))
        case Every(bound, body) | Some(bound, body):
            other_kind = Some if isinstance(says, Every) else Every
            yield f"{other_kind.__name__.lower()} in place of {type(says).__name__.lower()}", other_kind(bound, body)
            for number, binder in enumerate(bound):
                for what, new_binder in _binders(binder):
                    yield what, type(says)((*bound[:number], new_binder, *bound[number + 1 :]), body)
            yield from ((what, type(says)(bound, new)) for what, new in _altered(body))
        case Where(definitions, body):
            yield from ((what, Where(new, body)) for what, new in _definitions(definitions))
            yield from ((what, Where(definitions, new)) for what, new in _altered(body))
        case Limit(of, _, at, value):
            yield from ((f"{what}, in the limit", replace(says, value=new)) for what, new in _ends(value))
            yield from ((f"{what}, where it is taken", replace(says, at=new)) for what, new in _ends(at))
            yield from _inside(of, lambda new: replace(says, of=new))
            yield from ((what, replace(says, given=new)) for what, new in _definitions(says.given))
        case HasMean(of):
            yield from _inside(of, HasMean)
        case Slope(of, _, _, value):
            yield from ((what, replace(says, given=new)) for what, new in _definitions(says.given))
            yield "the derivative's sign", replace(says, value=-value)
            yield from _inside(of, lambda new: replace(says, of=new))
            yield from _inside(value, lambda new: replace(says, value=new))


def _definitions(definitions: tuple[Equation, ...]) -> Iterator[tuple[str, tuple[Equation, ...]]]:
    for number, equation in enumerate(definitions):
        for what, rhs in changed_numbers(equation.rhs):
            found = (*definitions[:number], replace(equation, rhs=rhs), *definitions[number + 1 :])
            yield f"{what}, in the definition of {equation.target.symbol}", found


def _inside(expr: Expr, put: Callable[[Expr], Proposition]) -> Iterator[Altered]:
    yield from ((what, put(new)) for what, new in changed_numbers(expr))


def _ends(value: Expr) -> Iterator[tuple[str, Expr]]:
    if value in {oo, -oo}:
        yield "the other end", -value
    else:
        yield "1 more", value + 1
        yield "1 less", value - 1


def _binders(binder: Binder) -> Iterator[tuple[str, Binder]]:
    """A size that may be smaller, or must be larger."""
    if isinstance(binder, Size):
        if binder.least > (1 if binder.symbol.is_positive else 0):
            yield f"{binder.symbol} from {binder.least - 1} on", replace(binder, least=binder.least - 1)
        yield f"{binder.symbol} from {binder.least + 1} on", replace(binder, least=binder.least + 1)


def changed_equalities(says: Proposition) -> Iterator[Altered]:
    """``says`` with one number on the right of one of its equalities changed, those of hypotheses aside."""
    match says:
        case Compare(_, "=", right):
            yield from ((what, replace(says, right=new)) for what, new in changed_numbers(right) if new != right)
        case Both(parts):
            for number, part in enumerate(parts):
                for what, new in changed_equalities(part):
                    yield what, Both((*parts[:number], new, *parts[number + 1 :]))
        case If(hypothesis, conclusion):
            yield from ((what, If(hypothesis, new)) for what, new in changed_equalities(conclusion))
        case _:
            return


def changed_numbers(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """``expr`` with one number, exponent or sign of a term changed; positions and ranges of sums stay."""
    if expr in {oo, -oo}:
        yield "the other infinity", -expr
    elif expr is nan:
        yield "an infinity in place of NaN", oo
    elif isinstance(expr, Number):
        if isinstance(expr, Rational) and expr.is_finite:
            yield f"{expr + 1} in place of {expr}", expr + 1
            if expr != 0:
                yield f"{-expr} in place of {expr}", -expr
    elif isinstance(expr, Sum):
        yield from ((what, Sum(new, *expr.limits)) for what, new in changed_numbers(expr.function))
    elif isinstance(expr, Indexed | IndexedBase | KroneckerDelta | Derivative | Subs):
        return
    elif isinstance(expr, Pow):
        if isinstance(expr.exp, Rational):
            yield f"exponent {expr.exp + 1} in place of {expr.exp}", expr.base ** (expr.exp + 1)
        else:
            yield from ((what, expr.base**new) for what, new in changed_numbers(expr.exp))
        yield from ((what, new**expr.exp) for what, new in changed_numbers(expr.base))
    elif isinstance(expr, rounded):
        body, bits, largest = expr.args
        yield "nothing rounded", body
        yield f"{bits + 1} bits in place of {bits}", rounded(body, bits + 1, largest)
        yield f"exponents up to {largest + 1} in place of {largest}", rounded(body, bits, largest + 1)
        yield from ((what, rounded(new, bits, largest)) for what, new in changed_numbers(body))
    elif isinstance(expr, Operation):
        yield from _operations(expr)
    else:
        for number, argument in enumerate(expr.args):
            rest = (expr.args[:number], expr.args[number + 1 :])
            if isinstance(expr, Add):
                yield "the sign of a term", expr.func(*rest[0], -argument, *rest[1])
            for what, new in changed_numbers(argument):
                yield what, expr.func(*rest[0], new, *rest[1])


def _operations(expr: Operation) -> Iterator[tuple[str, Expr]]:
    """Another operation, the operands exchanged, another format, and what is changed in the operands."""
    *operands, bits, largest = expr.args
    for other in _INSTEAD[expr.func]:
        yield f"{other.__name__} in place of {expr.func.__name__}", other(*operands, bits, largest)
    if len(set(operands)) > 1:
        yield "the operands exchanged", expr.func(*reversed(operands), bits, largest)
    yield f"{bits + 1} bits in place of {bits}", expr.func(*operands, bits + 1, largest)
    yield f"exponents up to {largest + 1} in place of {largest}", expr.func(*operands, bits, largest + 1)
    for number, operand in enumerate(operands):
        for what, new in changed_numbers(operand):
            yield what, expr.func(*operands[:number], new, *operands[number + 1 :], bits, largest)
