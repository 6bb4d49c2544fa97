"""The variance of any score that is multilinear in independent symmetric entries, at symbolic sizes.

All entries of query, key and the parameters that are no scalars are independent, symmetric about 0, of variance 1, and
within one tensor of one law; scalars are given. Then terms of a score are uncorrelated unless they are made of the same
elements, and

    Var Σ_over c ∏ x       =  c² ∏ sizes of over       each x of another tensor, every summed index in one of them
    x[.., r] / |x|         counts 1/d: the squares of d exchangeable numbers over their sum have mean 1/d, products 0
    Var Σ_a v[a] (α z[a] + β relu(z[a]))  =  d_a (α² + αβ + β²/2) E z²       z symmetric, without v

The last line: ``E relu(z)² = E z relu(z) = E z² / 2`` for a symmetric z. Anything else is ``Undefined``, with the
reason. ``enumerated`` is the second road: the mean over every choice of entries from a symmetric law of variance 1,
exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from flint import ctx, fmpq
from sympy import Expr, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol

from attnproof.derivations.bounds.terms import Factor, FlatTerm, flatten
from attnproof.derivations.language.indexing import bounds, substitute
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.moments.calculus import Undefined, Value
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.dual import value_of
from attnproof.derivations.recheck.exact import Array, evaluate, positions
from attnproof.derivations.recheck.real import PRECISION, Reals, agree
from attnproof.derivations.recheck.recheck import rooted_sizes, takes_roots
from attnproof.derivations.recheck.row import Sizes

ASSUMPTIONS = (
    "entries independent and symmetric about 0, of variance 1 and of one law within a tensor; scalar parameters given"
)
LAWS: Sequence[tuple[fmpq, ...]] = (  # symmetric, of variance 1
    (fmpq(1, 5), fmpq(-1, 5), fmpq(7, 5), fmpq(-7, 5)),
    (fmpq(1), fmpq(-1)),
)
MOST_CHOICES = 256


class _NotReachedError(ValueError):
    """The calculus has no rule for this; the message says why."""


@dataclass(frozen=True)
class _Product:
    """``scale · Σ_over ∏ elements [· relu(inner) or inner]``; ``scale`` holds numbers, sizes and given scalars.

    elements  one of each tensor: (element, whether it is divided by the length of its row)
    inner     an element of an intermediate tensor, None: there is none; ``kinked``: it stands in relu
    """

    scale: Expr
    elements: frozenset[tuple[Expr, bool]]
    over: frozenset[tuple[Symbol, Expr]]
    inner: Expr | None = None
    kinked: bool = False


def variance(system: System) -> Value:
    """Var e[i,j] of a score's system, options decided, or why it is not reached."""
    try:
        return _second_moment(system, _equation(system, SCORES.base)).factor()
    except _NotReachedError as error:
        return Undefined(str(error))


def _equation(system: System, base: Expr) -> Equation:
    found = [equation for equation in system.equations if equation.target.base == base]
    if len(found) != 1:
        raise _NotReachedError(f"{base} is made of blocks")
    return found[0]


def _second_moment(system: System, equation: Equation) -> Expr:
    """E y² of the left-hand side, which has mean 0."""
    products = [_product(system, term) for term in flatten(equation.rhs)]
    if not products:
        return Integer(0)
    total: Expr = Integer(0)
    for group in _groups(products):
        sizes = Mul(*(size for _, size in group[0].over))
        alpha = sum((one.scale for one in group if not one.kinked), Integer(0))
        beta = sum((one.scale for one in group if one.kinked), Integer(0))
        moment: Expr = alpha**2
        if group[0].inner is not None:
            inside = _equation(system, group[0].inner.base)
            _check_apart(system, group[0], inside)
            moment = (alpha**2 + alpha * beta + beta**2 / 2) * _second_moment(system, inside)
        normalised = (element.base.shape[-1] for element, divided in group[0].elements if divided)
        total += moment * sizes * Mul(*(1 / width for width in normalised))
    return total


def _groups(products: Sequence[_Product]) -> Iterator[list[_Product]]:
    """Terms of the same elements together; terms of other tensors are uncorrelated."""
    found: list[list[_Product]] = []
    for one in products:
        for group in found:
            same = group[0].elements == one.elements and group[0].over == one.over and group[0].inner == one.inner
            if same:
                group.append(one)
                break
            mine, other = ({e.base for e, _ in p.elements} for p in (one, group[0]))
            if mine == other:
                raise _NotReachedError("two terms are made of the same tensors at different indices")
            if one.inner is not None or group[0].inner is not None:
                raise _NotReachedError("terms with and without an intermediate tensor")
        else:
            found.append([one])
    yield from found


def _product(system: System, term: FlatTerm) -> _Product:
    intermediate = {equation.target.base for equation in system.equations}
    factors = [_written_out(system, factor) for factor in term.factors]
    lengths = Counter(row for row in map(_row_of, factors) if row is not None)
    scale, elements, inner, kinked = term.coefficient, [], None, False
    for factor in factors:
        argument = factor.argument
        if factor.kind == "reciprocal" and _row_of(factor) is not None:
            continue
        if isinstance(argument, Symbol) and factor.kind in ("element", "reciprocal"):
            scale *= argument if factor.kind == "element" else 1 / argument
        elif factor.kind == "element" and argument.base not in intermediate:
            elements.append(argument)
        elif inner is None and isinstance(argument, Indexed) and factor.kind in ("element", "relu"):
            inner, kinked = argument, factor.kind == "relu"
        else:
            raise _NotReachedError(f"no rule for the moments of {factor.kind} of {argument}")
    divided = frozenset((e, (e.base, e.indices[:-1]) in lengths) for e in elements)
    if len({e.base for e in elements}) < len(elements):
        raise _NotReachedError("an element of one tensor is multiplied by another of it, or by itself")
    if sum(lengths.values()) != sum(is_divided for _, is_divided in divided):
        raise _NotReachedError("a length divides what is no element of its row")
    used = {symbol for e in elements for where in e.indices for symbol in where.free_symbols}
    loose = [symbol for symbol, _ in term.over if symbol not in used]
    if loose or not elements:
        raise _NotReachedError("a sum over an index, or a term, without an element of mean 0")
    return _Product(scale, divided, frozenset(term.over), inner, kinked)


def _written_out(system: System, factor: Factor) -> Factor:
    """The reciprocal of a length that has an equation of its own as the reciprocal of its right-hand side."""
    named = factor.argument
    found = [e for e in system.equations if isinstance(named, Indexed) and e.target.base == named.base]
    if factor.kind != "reciprocal" or len(found) != 1:
        return factor
    renaming = dict(zip(found[0].indices, named.indices, strict=True))
    return Factor("reciprocal", substitute(found[0].rhs, renaming))


def _row_of(factor: Factor) -> tuple[Expr, tuple[Expr, ...]] | None:
    """For ``1/√(Σ_r x[.., r]²)``: the tensor and its indices but the last; None for another factor."""
    root = factor.argument
    if factor.kind != "reciprocal" or not isinstance(root, Pow) or root.exp != Rational(1, 2):
        return None
    if not isinstance(root.base, Sum) or len(root.base.limits) != 1 or not isinstance(root.base.function, Pow):
        return None
    ((letter, width),), square = bounds(root.base), root.base.function
    element = square.base
    if square.exp != 2 or not isinstance(element, Indexed) or element.indices[-1] != letter:
        return None
    return (element.base, tuple(element.indices[:-1])) if element.base.shape[-1] == width else None


def _check_apart(system: System, outer: _Product, inside: Equation) -> None:
    """The inner tensor has to be symmetric, and independent of the elements around it."""
    terms = [{e.base for e, _ in _product(system, term).elements} for term in flatten(inside.rhs)]
    everything = sorted(set().union(*terms), key=str)
    if set(everything) & {e.base for e, _ in outer.elements}:
        raise _NotReachedError(f"{inside.target.name} is not independent of what it is multiplied by")
    signs = (set(chosen) for n in range(1, len(everything) + 1) for chosen in combinations(everything, n))
    if not any(all(len(term & chosen) % 2 for term in terms) for chosen in signs):
        raise _NotReachedError(f"{inside.target.name} may not be symmetric about 0")


@dataclass(frozen=True)
class Enumerated:
    """The variance formula against the exact mean of e² over every choice of entries at one set of sizes."""

    sizes: Sizes
    choices: int
    holds: bool


def enumerated(system: System, formula: Expr) -> tuple[Enumerated, ...]:
    """The second road, for each law and sizes that leave at most MOST_CHOICES choices.

    Every size is 1, or one of them 2, or all but the numbers of queries and keys, of which one each is enough.
    """
    found = []
    names = sorted({s.name for tensor in system.inputs for size in tensor.shape for s in size.free_symbols})
    widths = [name for name in names if name not in ("n_q", "n_k")]
    doubled = dict.fromkeys([(), *((name,) for name in widths), tuple(widths)])
    for law, chosen in product(LAWS, doubled):
        sizes = {name: 2 if name in chosen else 1 for name in names}
        places = [(t.name, where) for t in system.inputs if t.shape for where in positions(t, sizes)]
        if len(law) ** len(places) <= MOST_CHOICES:
            found.append(_mean(system, formula, sizes, places, law))
    return tuple(found)


def _mean(
    system: System, formula: Expr, sizes: Sizes, places: Sequence[tuple[str, tuple[int, ...]]], law: Sequence[fmpq]
) -> Enumerated:
    scalars = {t.name: fmpq(3 + 2 * n, 7) for n, t in enumerate(t for t in system.inputs if not t.shape)}
    functions = Reals("") if takes_roots(system) or rooted_sizes(system) else Atoms("")
    total, count = fmpq(0), 0
    with ctx.workprec(PRECISION):
        for values in product(law, repeat=len(places)):
            inputs: dict[str, Array] = {t.name: {} for t in system.inputs}
            inputs |= {name: {(): value} for name, value in scalars.items()}
            for (name, where), value in zip(places, values, strict=True):
                inputs[name][where] = value
            score = value_of(evaluate(system, sizes, inputs, functions)["scores"][0, 0])
            total, count = total + score * score, count + 1
        letters = {
            t.base: Rational(int(scalars[t.name].p), int(scalars[t.name].q)) for t in system.inputs if not t.shape
        }
        expected = formula.subs({**letters, **{s: sizes[s.name] for s in formula.free_symbols if s.name in sizes}})
        return Enumerated(sizes, count, agree(total / count, fmpq(int(expected.p), int(expected.q))))
