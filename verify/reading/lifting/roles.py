"""What parts of a formula are: weights are what values are multiplied by, logits what the weights are exponentials of.

Found in the canonical form, so that it does not matter in which order or style a program computes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from sympy import Add, Expr, Indexed, IndexedBase, Integer, Mul, Pow, Sum, Symbol, exp, tanh

from attnproof.derivations.calculus.canonical import canonical
from attnproof.derivations.language.indexing import Bounds, bounds, substitute, summed
from attnproof.derivations.language.notation import N_K, N_Q, I, J, index
from attnproof.verify.reading.lifting.normal import same, settled

Normaliser = Literal["softmax over the keys", "softmax over the queries", "other", "none"]
_TRIED: Final = index("_x")


@dataclass(frozen=True)
class Product:
    """``coefficient · Σ_over Π factors``."""

    coefficient: Expr
    factors: tuple[Expr, ...]
    over: Bounds

    def expression(self) -> Expr:
        """As one expression."""
        return self.coefficient * self.bare

    @property
    def bare(self) -> Expr:
        """Without the coefficient."""
        return summed(Mul(*self.factors), self.over)

    def without(self, factor: Expr) -> Product:
        """The same without one factor."""
        rest = list(self.factors)
        rest.remove(factor)
        return replace(self, factors=tuple(rest))


def products(expr: Expr) -> list[Product]:
    """A canonical expression as products."""
    found = []
    for term in Add.make_args(expr):
        coefficient: list[Expr] = []
        factors: list[Expr] = []
        over: Bounds = ()
        for factor in Mul.make_args(term):
            if isinstance(factor, Sum) and not over:
                over = bounds(factor)
                inner = Mul.make_args(factor.function)
                coefficient += [each for each in inner if not each.has(Indexed)]
                factors += [each for each in inner if each.has(Indexed)]
            elif not factor.has(Indexed):
                coefficient.append(factor)
            else:
                factors.append(factor)
        found.append(Product(Mul(*coefficient), tuple(factors), over))
    return found


@dataclass(frozen=True)
class Roles:
    """The parts of an attention, each in the letters i, j (and the batch's), written out.

    weights     what V[j, p] is multiplied by
    normaliser  what divides them
    factor      what a softmax is multiplied by
    below       the denominator
    logits      what the weights are exponentials of; the weights themselves where there is no exponential
    added       terms of the logits that are a bias or a mask, by themselves or times a number
    capped      the logits without those
    cap         κ where ``capped`` is κ tanh(… / κ)
    scores      what is capped; ``capped`` where nothing is
    """

    weights: Expr
    normaliser: Normaliser
    factor: Expr
    below: Expr
    logits: Expr
    added: tuple[Expr, ...] = ()
    capped: Expr = field(default=Integer(0))
    cap: Expr | None = None
    scores: Expr = field(default=Integer(0))


def linear_in(expr: Expr, value: IndexedBase, p: Symbol, masks: Collection[IndexedBase]) -> Expr | None:
    """The weights where ``expr`` is ``Σ_j weights[j] V[…, j, p]``, in the letter j; None where it is not."""
    found: list[Expr] = []
    for product in products(canonical(settled(expr, masks))):
        elements = [f for f in product.factors if isinstance(f, Indexed) and f.base == value]
        if len(elements) != 1 or any(f.has(value) for f in product.factors if f not in elements):
            return None
        *_, at, column = elements[0].indices
        if column != p or at not in dict(product.over):
            return None
        rest = product.without(elements[0])
        over = tuple(pair for pair in rest.over if pair[0] != at)
        found.append(substitute(replace(rest, over=over).expression(), {at: J}))
    return Add(*found) if found else None


def roles(
    weights: Expr,
    additions: Collection[IndexedBase],
    scalars: Collection[Symbol],
    logits: Expr | None = None,
) -> Roles:
    """The parts of the weights.

    additions  tensors that are added to scores: the bias, masks
    scalars    symbols that may be a soft-cap
    logits     what the weights are known to be the softmax over the keys of
    """
    if logits is None:
        normaliser, factor, below, found = normalised(canonical(weights))
    else:
        normaliser, factor, below, found = "softmax over the keys", Integer(1), Integer(1), logits
    added, capped = _peeled(found, additions)
    cap, scores = uncapped(capped, scalars)
    return Roles(weights, normaliser, factor, below, found, added, capped, cap, scores)


def _peeled(logits: Expr, additions: Collection[IndexedBase]) -> tuple[tuple[Expr, ...], Expr]:
    """The terms that are a bias or a mask, and the rest; multiplied out where they stand deeper."""
    added, rest = _parted(logits, additions)
    return (added, rest) if not any(rest.has(base) for base in additions) else _parted(canonical(logits), additions)


def _parted(logits: Expr, additions: Collection[IndexedBase]) -> tuple[tuple[Expr, ...], Expr]:
    terms = Add.make_args(logits)
    added = tuple(term for term in terms if _is_addition(term, additions))
    return added, Add(*(term for term in terms if term not in added))


def normalised(weights: Expr) -> tuple[Normaliser, Expr, Expr, Expr]:
    """The normaliser, the factor before it, the denominator and the logits, of canonical weights."""
    found = products(weights)
    if len(found) != 1:
        return "none", Integer(1), Integer(1), weights
    exponents: list[Expr] = []
    below: list[Expr] = []
    rest: list[Expr] = []
    for factor in found[0].factors:
        if isinstance(factor, exp):
            exponents.append(factor.args[0])
        elif isinstance(factor, Pow) and factor.exp == -1 and factor.has(exp):
            below.append(factor.base)
        else:
            rest.append(factor)
    if not exponents or found[0].over:
        return "none", Integer(1), Integer(1), weights
    logits = canonical(Add(*exponents))
    if rest or len(below) != 1:
        return "other", Integer(1), Mul(*below), logits
    if same_sum(below[0], logits, J, N_K):
        return "softmax over the keys", found[0].coefficient, below[0], logits
    if same_sum(below[0], logits, I, N_Q):
        return "softmax over the queries", found[0].coefficient, below[0], logits
    return "other", found[0].coefficient, below[0], logits


def same_sum(below: Expr, logits: Expr, letter: Symbol, size: Expr) -> bool:
    """Whether an expression is the sum of the exponentials of the logits over one of their letters."""
    return same(below, summed(substitute(exp(logits), {letter: _TRIED}), ((_TRIED, size),)))


def _is_addition(term: Expr, additions: Collection[IndexedBase]) -> bool:
    elements = [leaf for leaf in term.atoms(Indexed) if leaf.base in additions]
    return len(elements) == 1 and not (term / elements[0]).has(Indexed)


def uncapped(capped: Expr, scalars: Collection[Symbol]) -> tuple[Expr | None, Expr]:
    """κ and what is capped of ``κ tanh(x / κ)``."""
    factor, rest = capped.as_independent(tanh)
    number = factor.is_number or factor.free_symbols & set(scalars)
    if isinstance(rest, tanh) and not factor.has(Indexed) and number and factor != 1:
        return factor, canonical(factor * rest.args[0])
    return None, capped
