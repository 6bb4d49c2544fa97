"""How what a program computes differs from a derivation, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sympy import Add, Expr, Function, Indexed, IndexedBase, Integer, Symbol, exp, tanh

from attnproof.derivations.calculus.canonical import canonical
from attnproof.derivations.language.indexing import Bounds, substitute, summed
from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.typesetting.latex import expr_text
from attnproof.verify.reading.lifting.normal import same
from attnproof.verify.reading.lifting.numeric import Numbers, close, proportional
from attnproof.verify.reading.lifting.roles import Roles, products
from attnproof.verify.reading.lifting.shorthand import displayed, short, text

NO_SOFTMAX: Final = "which is no softmax"  # the end of what is said of weights of another form


@dataclass(frozen=True)
class Speech:
    """What is needed to write formulas of one reading: its tensors, and the letters of the batch and of the rest."""

    tensors: Mapping[str, Tensor]
    lead: tuple[Symbol, ...]
    first: tuple[Symbol, ...]

    @property
    def free(self) -> frozenset[Symbol]:
        """The letters that are no summation indices."""
        return frozenset((*self.first, *self.lead))

    def long(self, expr: Expr) -> str:
        """With indices."""
        return text(expr, self.tensors, self.free, self.lead, self.first)

    def short(self, expr: Expr) -> str:
        """Without indices."""
        return short(displayed(expr, self.tensors, self.free, self.lead))

    def both(self, one: Expr, other: Expr) -> tuple[str, str]:
        """Two formulas, in short where that tells them apart."""
        first, second = self.short(one), self.short(other)
        return (first, second) if first != second else (self.long(one), self.long(other))


@dataclass(frozen=True)
class Beside:
    """Compares expressions at the recording's numbers first, and by algebra only where these agree.

    axes  the letters of both sides with their sizes
    """

    numbers: Numbers
    axes: Bounds
    masks: tuple[IndexedBase, ...] = ()

    def same(self, left: Expr, right: Expr) -> bool:
        """Whether they are equal at every size."""
        values = (self.numbers.of(each, self.axes) for each in (left, right))
        return close(*values) and same(left, right, self.masks)

    def ratio(self, left: Expr, right: Expr) -> Expr | None:
        """The factor without tensors by which ``left`` is ``right``; None where it is not a multiple of it."""
        values = (self.numbers.of(each, self.axes) for each in (left, right))
        return ratio(left, right) if proportional(*values) else None


def ratio(left: Expr, right: Expr) -> Expr | None:
    """The factor without tensors by which ``left`` is ``right``, by algebra; None where there is none."""
    mine, other = ({term.bare: term.coefficient for term in products(canonical(side))} for side in (left, right))
    if mine.keys() != other.keys() or not mine:
        return None
    factors = {(coefficient / other[rest]).simplify() for rest, coefficient in mine.items()}
    return factors.pop() if len(factors) == 1 else None


def of_scores(found: Expr, wanted: Expr, score: str, speech: Speech, beside: Beside) -> list[str]:
    """How scores differ."""
    if beside.same(found, wanted):
        return []
    one, other = speech.both(found, wanted)
    return [f"scores: {one}; {score}: {other}{_hint(found, wanted, beside) or ''}"]


def _hint(found: Expr, wanted: Expr, beside: Beside) -> str | None:
    factor = beside.ratio(found, wanted)
    if factor is not None:
        scales = {term.coefficient for term in products(canonical(wanted))}
        own = scales.pop() if len(scales) == 1 else None
        if own is not None and own != 1:
            if factor == own:
                return " (the scale is applied twice)"
            if (factor * own).simplify() == 1:
                return " (no scale)"
        return f" ({_times(factor)})"
    if wanted.has(tanh):
        linear = wanted.replace(tanh, lambda x: x)
        if beside.same(found, linear):
            return " (no tanh)"
        if (factor := beside.ratio(found, linear)) is not None:
            return f" (no tanh, {_times(factor)})"
    extra, missing = _functions(found) - _functions(wanted), _functions(wanted) - _functions(found)
    if missing or extra:
        return f" ({', '.join([*(f'no {n}' for n in sorted(missing)), *(f'{n} added' for n in sorted(extra))])})"
    gone = _letters(wanted) - _letters(found)
    return f" ({', '.join(sorted(gone))} not used)" if gone else None


def _times(factor: Expr) -> str:
    return f"{expr_text(factor)} times it"


def _functions(expr: Expr) -> set[str]:
    return {each.func.__name__ for each in expr.atoms(Function)}


def _letters(expr: Expr) -> set[str]:
    return {str(each.base.label) for each in expr.atoms(Indexed)}


def of_additions(found: Roles, wanted: Mapping[str, Expr], speech: Speech) -> tuple[list[str], Expr]:
    """How a bias and masks enter differently, and the capped scores without them.

    wanted  what is to be added: words for it -> its element
    """
    said: list[str] = []
    capped = found.capped
    for name, element in wanted.items():
        terms = [term for term in found.added if term.has(element.base)]
        others = {e for e in capped.atoms(Indexed) if e.base == element.base}
        if others:
            there = capped.xreplace({exp(element): Integer(1)})
            elsewhere = capped.xreplace({exp(element): Integer(0)})  # where a mask is −∞
            capped = capped.xreplace({e: Add() for e in others})
            if name.startswith("mask") and not elsewhere.has(element.base):
                one, other = (f"{float(e):.6g}" if e.is_number else speech.short(e) for e in (there, elsewhere))
                said.append(f"scores are {one} where {name}, and {other} elsewhere: not −∞")
                capped = min((e for e in (there, elsewhere) if e.has(Indexed)), key=lambda e: e.count_ops())
            else:
                said.append(f"the {name} is added {_inside(found, element)}")
        elif not terms:
            said.append(f"the {name} is not used")
        else:
            place = {e for term in terms for e in term.atoms(Indexed)}
            factor = Add(*terms) / element
            if place != {element}:
                said.append(f"the {name} is read as {speech.long(Add(*terms))}")
            elif factor != 1:
                said.append(f"the {name} is multiplied by {expr_text(factor)}")
    return said, capped


def _inside(found: Roles, element: Expr) -> str:
    if any(each.has(element.base) for each in found.capped.atoms(tanh)):
        return "before the soft-cap" if found.cap is not None else "inside tanh"
    return "inside the scores"


def of_weights(found: Roles, shown: Expr, speech: Speech, maxima: Collection[IndexedBase] = ()) -> list[str]:
    """How the normalisation differs from a softmax over the keys.

    shown   the weights in terms of the logits
    maxima  what is the largest of a row
    """
    if found.normaliser == "none":
        return [f"no softmax: values are weighted by {speech.short(found.weights)}"]
    if found.normaliser == "other":
        extra = more_below(found)
        if extra is not None and not extra.has(Indexed):
            relative = " that are relative to the maximum" if any(found.logits.has(each) for each in maxima) else ""
            return [f"{expr_text(extra)} is added to the sum of the exponentials{relative}, {NO_SOFTMAX}"]
        return [f"weights: {expr_text(shown)}, {NO_SOFTMAX}"]
    said = []
    if found.normaliser == "softmax over the queries":
        said.append("softmax over the wrong axis (queries)")
    if found.factor != 1:
        said.append(f"weights are multiplied by {expr_text(found.factor)}")
    return said


def more_below(found: Roles) -> Expr | None:
    """What is divided by beside the sum of the exponentials; None where that is none of the weights' form."""
    terms = products(canonical(found.weights))
    if len(terms) != 1:
        return None
    own = summed(substitute(exp(found.logits), {J: L}), ((L, N_K),))
    return canonical(found.below / terms[0].coefficient - own)


def of_gradient(name: str, found: Expr, wanted: Expr, speech: Speech, beside: Beside) -> str:
    """How a gradient differs."""
    factor = beside.ratio(found, wanted)
    if factor is not None:
        return f"gradient of {name}: {_times(factor)}" if factor != 1 else f"gradient of {name}: another form"
    one, other = speech.both(found, wanted)
    return f"gradient of {name}: {one}; derived: {other}"
