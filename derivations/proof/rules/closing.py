"""A rule's fact as a closed proposition: every letter bound, what is assumed of it said as a hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Basic, Expr, Indexed, Symbol
from sympy.core.function import AppliedUndef

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.proof.rules.domain import Least, scalars
from attnproof.derivations.proof.rules.rule import RuleError
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Compare,
    Either,
    Every,
    If,
    Iff,
    Index,
    Map,
    Not,
    Number,
    Proposition,
    Size,
    Where,
    expressions,
)


def closed(conclusion: Proposition, given: tuple[Proposition, ...], least: Least = ()) -> tuple[Proposition, ...]:
    """``given`` implies ``conclusion`` for all values of the letters.

    None where the range of an index cannot be told from the arrays, or a whole number may be negative.
    """
    exprs = (*expressions(conclusion), *(expr for each in given for expr in expressions(each)))
    ranges = ranges_of(exprs)
    if ranges is None:
        return ()
    own = {s for expr in expressions(conclusion) for s in expr.free_symbols}
    sizes: list[Binder] = []
    numbers: list[Binder] = []
    plain: dict[Basic, Basic] = {}
    for s in scalars(*exprs):
        if s in ranges and s not in own:
            continue  # of a hypothesis alone: bound there
        if s in ranges:
            numbers.append(Index(s, ranges[s]))
        elif s.is_integer and s.is_nonnegative:
            sizes.append(Size(s, dict(least).get(s, 1 if s.is_positive else 0)))
        elif s.is_integer:
            return ()
        else:
            plain[s] = Symbol(s.name, real=True)
            numbers.append(Number(plain[s]))
    hypotheses: list[Proposition] = []
    for each in given:
        if isinstance(each, Compare) and each.whole:
            continue  # the least value of a size: its binder says it
        within = [s for s in ranges if s not in own and any(s in e.free_symbols for e in expressions(each))]
        hypotheses.append(Every(tuple(Index(s, ranges[s]) for s in within), each) if within else each)
    says = put_in(_if(tuple(hypotheses), conclusion), plain)
    bound = (*sizes, *_arrays(exprs), *_maps(exprs), *numbers)
    return (Every(bound, says) if bound else says,)


def ranges_of(exprs: tuple[Basic, ...]) -> dict[Symbol, Expr] | None:
    """Each free index with the size of an axis on which it stands alone; None where one stands on none."""
    elements = [each for expr in exprs for each in expr.atoms(Indexed)]
    used = {s for each in elements for where in each.indices for s in where.free_symbols}
    found = {s: None for expr in exprs for s in expr.free_symbols if s in used and not s.is_positive}
    for element in elements:
        for where, axis in zip(element.indices, element.base.shape, strict=True):
            if where in found:
                found[where] = axis
    return None if None in found.values() else found


def _if(hypotheses: tuple[Proposition, ...], conclusion: Proposition) -> Proposition:
    if not hypotheses:
        return conclusion
    return If(hypotheses[0] if len(hypotheses) == 1 else Both(hypotheses), conclusion)


def _arrays(exprs: tuple[Basic, ...]) -> list[Binder]:
    bases = {each.base for expr in exprs for each in expr.atoms(Indexed)}
    return [Array(Tensor(str(b.label), str(b.label), tuple(b.shape))) for b in sorted(bases, key=str)]


def _maps(exprs: tuple[Basic, ...]) -> list[Binder]:
    arities = {each.func: len(each.args) for expr in exprs for each in expr.atoms(AppliedUndef)}
    return [Map(function, arities[function]) for function in sorted(arities, key=str)]


def put_in(says: Proposition, new: Mapping[Basic, Basic]) -> Proposition:
    """The proposition, one without quantifiers, with symbols replaced."""
    match says:
        case Compare(left, _, right):
            return replace(says, left=left.xreplace(new), right=right.xreplace(new))
        case Both(parts) | Either(parts):
            return type(says)(tuple(put_in(part, new) for part in parts))
        case Not(of):
            return Not(put_in(of, new))
        case If(left, right) | Iff(left, right):
            return type(says)(put_in(left, new), put_in(right, new))
        case Every(bound, body):
            return Every(bound, put_in(body, new))
        case Where(definitions, body):
            changed = tuple(replace(each, rhs=each.rhs.xreplace(new)) for each in definitions)
            return Where(changed, put_in(body, new))
        case _:
            raise RuleError(f"expected a proposition without quantifiers, got {says}")
