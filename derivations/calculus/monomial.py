"""Products as a coefficient and powers of bases, and the search for one product inside another.

``exp(x + y)`` counts as the product ``exp(x) exp(y)`` and ``exp(2 x)`` as the power ``exp(x)²``, so that a quotient
such as a softmax is found again after SymPy has merged its exponentials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sympy import Add, Expr, Integer, Mul, Pow, Sum, Symbol, exp

from attnproof.derivations.language.indexing import Bounds, alpha, substitute, summed, symbols_of


@dataclass(frozen=True)
class Monomial:
    """``coefficient · Π base^exponent``; ``coefficient`` is a number, ``powers`` keeps the order of appearance."""

    coefficient: Expr
    powers: Mapping[Expr, Expr]

    def expression(self) -> Expr:
        """The product as a SymPy expression."""
        return Mul(self.coefficient, *(base**exponent for base, exponent in self.powers.items()))


def monomial(expr: Expr) -> Monomial:
    """``expr`` as one product; a sum is a single base."""
    coefficient: Expr = Integer(1)
    powers: dict[Expr, Expr] = {}

    def multiply(base: Expr, exponent: Expr) -> None:
        base = alpha(base)  # so that the same sum with another summation letter is the same base
        powers[base] = powers.get(base, Integer(0)) + exponent
        if powers[base] == 0:
            del powers[base]

    for factor in Mul.make_args(expr):
        if not symbols_of(factor) and factor.is_number:  # where there is a sum SymPy takes long to say that it is none
            coefficient *= factor
        elif isinstance(factor, exp):
            for term in Add.make_args(factor.args[0]):
                number, rest = term.as_coeff_Mul()
                if number.is_Integer:
                    multiply(exp(rest), number)
                else:
                    multiply(exp(term), Integer(1))
        elif isinstance(factor, Pow) and factor.exp.is_number:
            if isinstance(factor.base, Mul):
                inner = monomial(factor.base)
                if factor.exp.is_Integer:
                    coefficient *= inner.coefficient**factor.exp
                    for base, exponent in inner.powers.items():
                        multiply(base, exponent * factor.exp)
                    continue
            multiply(factor.base, factor.exp)
        else:
            multiply(factor, Integer(1))
    return Monomial(coefficient, powers)


def inverse(term: Monomial) -> Monomial:
    """``1/term``."""
    return Monomial(1 / term.coefficient, {base: -exponent for base, exponent in term.powers.items()})


def recognise(term: Monomial, pattern: Monomial, name: Expr, free: Bounds, scope: Mapping[Symbol, Expr]) -> Monomial:
    """Write ``name`` wherever ``pattern`` divides ``term``, for every renaming of the indices ``free`` within
    ``scope``.

    pattern  the right-hand side of an equation with left-hand side ``name`` and free indices ``free``
    scope    the indices that stand in ``term``, with their sizes; only indices of the same size are matched
    """
    choices = [[symbol, *(s for s, size in scope.items() if size == count and s != symbol)] for symbol, count in free]
    if not pattern.powers:  # such as Σ_i x_i / Σ_j x_j, which is 1
        return term
    for choice in product(*choices):
        if len(set(choice)) < len(choice):  # one index in two places would be another pattern
            continue
        renaming = {symbol: new for (symbol, _), new in zip(free, choice, strict=True)}
        wanted = {alpha(substitute(base, renaming)): e for base, e in pattern.powers.items()}
        while all(_divides(exponent, term.powers.get(base)) for base, exponent in wanted.items()):
            powers = dict(term.powers)
            for base, exponent in wanted.items():
                powers[base] -= exponent
                if powers[base] == 0:
                    del powers[base]
            renamed = substitute(name, renaming)
            powers[renamed] = powers.get(renamed, Integer(0)) + 1
            term = Monomial(term.coefficient / pattern.coefficient, powers)
    return term


def _divides(exponent: Expr, available: Expr | None) -> bool:
    """Whether ``base^exponent`` divides ``base^available`` and leaves a power nearer to zero."""
    if available is None:
        return False
    return bool(available >= exponent > 0) or bool(available <= exponent < 0)


def common(terms: Sequence[Monomial]) -> Mapping[Expr, Expr]:
    """The powers that every one of ``terms`` contains (with a sign: the exponent nearer to zero)."""
    shared = dict(terms[0].powers)
    for term in terms[1:]:
        for base, exponent in list(shared.items()):
            other = term.powers.get(base, Integer(0))
            if bool(exponent > 0) and bool(other > 0):
                shared[base] = min(exponent, other)
            elif bool(exponent < 0) and bool(other < 0):
                shared[base] = max(exponent, other)
            else:
                del shared[base]
    return shared


def factored(terms: Sequence[Monomial]) -> Monomial:
    """The sum of ``terms`` as one product: common powers times what is left, ``α(ᾱ − ρ)`` from ``αᾱ − αρ``."""
    if len(terms) == 1:
        return terms[0]
    shared = common(terms)
    rests = []
    for term in terms:
        rest = {base: e - shared.get(base, Integer(0)) for base, e in term.powers.items()}
        rests.append(Monomial(term.coefficient, {base: e for base, e in rest.items() if e != 0}).expression())
    left = Add(*rests)
    if left == 0:
        return Monomial(Integer(0), {})
    inner = monomial(left)
    powers = dict(shared)
    for base, exponent in inner.powers.items():
        powers[base] = powers.get(base, Integer(0)) + exponent
    return Monomial(inner.coefficient, {base: e for base, e in powers.items() if e != 0})


def sum_over(term: Monomial, over: Bounds) -> Expr:
    """``Σ term`` with what does not depend on a summation index in front, and independent sums as separate factors.

    An index that no factor contains gives its size.
    """
    groups: list[tuple[set[Symbol], list[Expr]]] = []
    front: list[Expr] = [term.coefficient]
    own = {symbol for symbol, _ in over}
    for base, exponent in term.powers.items():
        factor = base**exponent
        needs = set(symbols_of(factor) & own)
        if not needs:
            front.append(factor)
            continue
        joined = [group for group in groups if group[0] & needs]
        groups = [group for group in groups if not group[0] & needs]
        members = [member for group in joined for member in group[1]]
        groups.append((needs.union(*(group[0] for group in joined)), [*members, factor]))
    unused = own - set().union(*(group[0] for group in groups)) if groups else own
    front.extend(size for symbol, size in over if symbol in unused)
    for needs, members in groups:
        front.append(summed(Mul(*members), tuple(pair for pair in over if pair[0] in needs)))
    return Mul(*front)


def is_nontrivial(expr: Expr) -> bool:
    """Whether naming ``expr`` saves work: it contains a sum or a function."""
    return bool(expr.has(Sum)) or any(node.is_Function for node in expr.atoms(exp))
