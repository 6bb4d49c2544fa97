"""A canonical form of index expressions, which decides whether two of them are equal.

An expression becomes a sum of terms ``coefficient · Σ_(dummies) Π base^exponent``:

* products and positive integer powers of sums are multiplied out (``(Σ_j a_j)² = Σ_j Σ_l a_j a_l``);
* a dummy that no factor contains gives its size; the others stand in one ``Sum``, named by
  ``attnproof.derivations.calculus.dummies``;
* ``exp`` of a sum is a product of powers, ``sech²`` is ``1 − tanh²``;
* in other powers the base is canonical itself, with its number and common factors in front;
* ``Σ_j b_j / Σ_l b_l = 1``: a sum that is its own denominator cancels.

``equal`` also brings terms to a common denominator where the denominators do not depend on a dummy. Equal forms mean
equal expressions at every size. Unequal forms prove nothing where a relation is not in this list: sums split into
blocks, denominators that depend on a dummy, relations between functions of different arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, permutations

from sympy import Add, Derivative, Expr, Indexed, Integer, Mul, Number, Pow, Sum, Symbol, exp, sech, tanh

from attnproof.derivations.calculus.dummies import Term, named
from attnproof.derivations.calculus.effort import remembered, spend
from attnproof.derivations.language.indexing import Bounds, bounds, substitute, symbols_of
from attnproof.derivations.language.notation import element, index

_SERIAL = count()  # temporary names; they never reach a result


def canonical(expr: Expr) -> Expr:
    """The canonical form. Raises ValueError for a sum that does not run over 0 .. size − 1."""
    return _canonical(expr, 0)


def equal(left: Expr, right: Expr) -> bool:
    """Whether ``left`` and ``right`` are equal for all values of tensors, indices and sizes, as far as is decided here.

    True is a proof (as functions: where a denominator vanishes neither side is defined); False means that the forms
    differ.
    """
    return _decided_zero(left - right)


@remembered(16384)
def _decided_zero(difference: Expr) -> bool:
    terms = _collected(_expand(difference, 0), 0)
    while terms:
        divisors = _divisors(terms)
        if not divisors:
            return False
        terms = _collected(_times_divisors(terms, divisors), 0)
    return True


@remembered(16384)
def _canonical(expr: Expr, depth: int) -> Expr:
    forms = _forms(_expand(expr, depth), depth)
    return Add(*(term.coefficient * form for form, term in forms.items()))


def _named(term: Term, depth: int) -> Expr:
    return named(term, depth, lambda base: _settled(base, depth))


def _settled(base: Expr, depth: int) -> Expr:
    """A base whose indices were renamed, canonical again: the names inside it may now be ordered differently."""
    if not base.has(Sum):
        return base
    if isinstance(base, Add | Sum):
        return _canonical(base, depth + 1)
    return base.func(*(_canonical(argument, depth + 1) for argument in base.args))


def _collected(terms: Sequence[Term], depth: int) -> list[Term]:
    """Like terms added, zeros left out."""
    if len(terms) < 2:  # nothing to compare with, so that no names are needed
        return [term for term in terms if term.coefficient != 0]
    return list(_forms(terms, depth).values())


def _forms(terms: Sequence[Term], depth: int) -> dict[Expr, Term]:
    """The same by their names, without their coefficients."""
    found: dict[Expr, Term] = {}
    for term in terms:
        form = _named(term, depth)
        kept = found.get(form)
        coefficient = term.coefficient + (kept.coefficient if kept else 0)
        found[form] = Term(coefficient, term.powers, term.over)
    return {form: term for form, term in found.items() if term.coefficient != 0}


def _expand(expr: Expr, depth: int) -> list[Term]:
    """``expr`` as terms; like terms are not added yet."""
    spend()
    if isinstance(expr, Number):
        return [Term(expr, {}, ())] if expr != 0 else []
    if isinstance(expr, Indexed):
        where = tuple(index_.expand() for index_ in expr.indices)
        return [Term(Integer(1), {element(expr.base, where): Integer(1)}, ())]
    if isinstance(expr, Add):
        return [term for argument in expr.args for term in _expand(argument, depth)]
    if isinstance(expr, Mul):
        found = [Term(Integer(1), {}, ())]
        for argument in expr.args:
            found = _product(found, _expand(argument, depth), depth)
        return found
    if isinstance(expr, Sum):
        letters = {symbol: index(f"_d{next(_SERIAL)}") for symbol, _ in bounds(expr)}
        over = tuple((letters[symbol], size) for symbol, size in bounds(expr))
        body = _expand(substitute(expr.function, letters), depth)
        return [t for term in body for t in _tidied(term.coefficient, term.powers, term.over + over, depth)]
    if isinstance(expr, Pow) and expr.exp.is_Rational:
        return _power(expr.base, expr.exp, depth)
    if isinstance(expr, exp):
        return _exponential(expr, depth)
    if expr.args and not isinstance(expr, Derivative):  # one is an atom, of a function that nothing is known of
        again = expr.func(*(_canonical(argument, depth + 1) for argument in expr.args))
        if again.func == expr.func:
            return _tidied(Integer(1), {again: Integer(1)}, (), depth)
        return _expand(again, depth)  # such as tanh(−x), which SymPy writes as −tanh(x)
    return [Term(Integer(1), {expr: Integer(1)}, ())]


def _exponential(expr: Expr, depth: int) -> list[Term]:
    powers: dict[Expr, Expr] = {}
    for term in Add.make_args(_canonical(expr.args[0], depth + 1)):
        coefficient, rest = term.as_coeff_Mul(rational=True)
        powers[exp(rest)] = powers.get(exp(rest), Integer(0)) + coefficient
    return [Term(Integer(1), powers, ())]


def _power(base: Expr, exponent: Expr, depth: int) -> list[Term]:
    if exponent.is_Integer and exponent > 0:
        found = [Term(Integer(1), {}, ())]
        for _ in range(int(exponent)):  # expanded anew each time, so that every copy has dummies of its own
            found = _product(found, _expand(base, depth), depth)
        return found
    terms = _collected(_expand(base, depth), depth)
    if not terms:
        return [Term(Integer(0) ** exponent, {}, ())]
    if len(terms) == 1 and not terms[0].over and (exponent.is_Integer or _is_positive(terms[0])):
        (term,) = terms
        powers = {b: e * exponent for b, e in term.powers.items()}
        return _tidied(term.coefficient**exponent, powers, (), depth)
    scale, outside, inside = _primitive(terms, depth) if exponent.is_Integer else (Integer(1), {}, terms)
    body = Add(*(t.coefficient * _named(t, depth + 1) for t in inside))
    powers = {b: e * exponent for b, e in outside.items()}
    powers[body] = powers.get(body, Integer(0)) + exponent
    return _tidied(scale**exponent, powers, (), depth)


def _is_positive(term: Term) -> bool:
    """Whether a root may be taken factor by factor: √(x²) is not x for a real x."""
    return bool(term.coefficient > 0) and all(base.is_positive for base in term.powers)


def _primitive(terms: Sequence[Term], depth: int) -> tuple[Expr, Mapping[Expr, Expr], list[Term]]:
    """A sum as number · common powers · the sum that is left, whose first term has the coefficient 1."""
    ordered = sorted(terms, key=lambda term: str(_named(term, depth)))
    own = {symbol for term in terms for symbol, _ in term.over}
    shared = {b: e for b, e in ordered[0].powers.items() if not symbols_of(b) & own}
    for term in ordered[1:]:
        shared = {b: min(e, term.powers[b]) for b, e in shared.items() if b in term.powers}
    scale = ordered[0].coefficient
    rest = []
    for term in ordered:
        powers = {b: e - shared.get(b, Integer(0)) for b, e in term.powers.items()}
        rest.append(Term(term.coefficient / scale, {b: e for b, e in powers.items() if e != 0}, term.over))
    return scale, shared, rest


def _divisors(terms: Sequence[Term]) -> dict[Expr, Expr]:
    """The sums that stand in a denominator and do not depend on a dummy, with the power that clears them."""
    found: dict[Expr, Expr] = {}
    for term in terms:
        own = {symbol for symbol, _ in term.over}
        for base, exponent in term.powers.items():
            if isinstance(base, Add | Sum) and exponent < 0 and not symbols_of(base) & own:
                found[base] = max(found.get(base, Integer(0)), -exponent)
    return found


def _times_divisors(terms: Sequence[Term], divisors: Mapping[Expr, Expr]) -> list[Term]:
    found: list[Term] = []
    for term in terms:
        powers = dict(term.powers)
        for base, exponent in divisors.items():
            powers[base] = powers.get(base, Integer(0)) + exponent
        found.extend(_tidied(term.coefficient, powers, term.over, 0))
    return found


def _product(left: Sequence[Term], right: Sequence[Term], depth: int) -> list[Term]:
    found = []
    spend(len(left) * len(right))
    for a in left:
        for b in right:
            powers = dict(a.powers)
            for base, exponent in b.powers.items():
                powers[base] = powers.get(base, Integer(0)) + exponent
            found.extend(_tidied(a.coefficient * b.coefficient, powers, a.over + b.over, depth))
    return found


def _tidied(coefficient: Expr, powers: Mapping[Expr, Expr], over: Bounds, depth: int) -> list[Term]:
    """One product as terms: compound bases multiplied out, normalising sums cancelled, unused dummies counted."""
    powers = {base: exponent for base, exponent in powers.items() if exponent != 0}
    for base, exponent in powers.items():
        rest = {b: e for b, e in powers.items() if b != base}
        if isinstance(base, sech) and exponent.is_Integer and exponent >= 2:
            rest[base] = exponent - 2
            square = _expand(1 - tanh(base.args[0]) ** 2, depth)
            return _product(_tidied(coefficient, rest, over, depth), square, depth)
        if isinstance(base, Add | Sum) and exponent.is_Integer and exponent > 0:
            return _product(_tidied(coefficient, rest, over, depth), _power(base, exponent, depth), depth)
        if isinstance(base, Sum) and exponent < 0:
            gone = _normalising(base, powers, over, depth)
            if gone is not None:
                dummies, factors = gone
                for factor, e in factors.items():
                    rest[factor] = rest[factor] - e
                left = tuple(pair for pair in over if pair[0] not in dummies)
                return _tidied(coefficient, {**rest, base: exponent + 1}, left, depth)
    used = {symbol for base in powers for symbol in symbols_of(base)}
    found = [Term(coefficient, powers, tuple(pair for pair in over if pair[0] in used))]
    for symbol, size in over:
        if symbol not in used:
            found = _product(found, _expand(size, depth), depth)
    return found


def _normalising(
    base: Sum, powers: Mapping[Expr, Expr], over: Bounds, depth: int
) -> tuple[set[Symbol], dict[Expr, Expr]] | None:
    """Dummies and factors of a term that make up exactly the sum ``base``, which stands in its denominator."""
    inside = bounds(base)
    body = _expand(base.function, depth)
    if len(body) != 1 or body[0].over or body[0].coefficient != 1:
        return None
    for choice in permutations(over, len(inside)):
        if any(mine[1] != other[1] for mine, other in zip(choice, inside, strict=True)):
            continue
        names = {other[0]: mine[0] for mine, other in zip(choice, inside, strict=True)}
        wanted = {substitute(b, names): e for b, e in body[0].powers.items()}
        if any(powers.get(b) != e for b, e in wanted.items()):
            continue
        chosen = set(names.values())
        if all(not symbols_of(b) & chosen for b in powers if b not in wanted):
            return chosen, wanted
    return None
