"""Every derived formula by name: ``formula("additive.adjoint.query")``.

    SCORE.scores  SCORE.weights  SCORE.context  SCORE.lse   values, and the intermediates before them
                  (``additive.preactivation``)
    SCORE.adjoint.X                                         gradient of Σ grad_context·context with respect to X
    SCORE.scores.adjoint.X  SCORE.lse.adjoint.X             the same of Σ grad_scores·scores, Σ grad_lse·lse
    SCORE.tangent.Y                                         directional derivative of Y when every input moves
    SCORE.mean  SCORE.variance …                            moments for random components or weights
    SCORE.cost.multiply_adds …                              counts at symbolic sizes
    softmax.weights  softmax.jacobian …                     softmax by itself

SCORE is ``dot``, ``scaled_dot``, ``bilinear``, ``additive``, ``concat`` or ``file.py:name``
(``attnproof.derivations.scores.own``). Options follow with a plus: ``additive.context+bias_hidden+softcap``,
``scaled_dot.scores+rotary``, ``dot.weights+sink``.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import lru_cache

from attnproof.derivations.claims import ORDER as CLAIM_ORDER
from attnproof.derivations.formulas import closed, scores, user
from attnproof.derivations.formulas import softmax as of_softmax
from attnproof.derivations.formulas.formula import Formula, Proof
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import is_own, pinned

__all__ = ["Formula", "Proof", "UnknownFormulaError", "formula", "names", "options"]

options = scores.options


class UnknownFormulaError(KeyError):
    """No formula has this name; the message names the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


def formula(name: str) -> Formula:
    """The formula of this name; the same object every time.

    Raises UnknownFormulaError (a KeyError) with the nearest names, ValueError for options that exclude each other and
    for a mistake in a score's file.
    """
    plain, *present = name.strip().split("+")
    subject, rest = _split(plain)
    if is_own(subject):
        return _formula(pinned(subject), rest, tuple(present), name.strip())
    return _formula(subject, rest, tuple(present), name.strip())


@lru_cache(maxsize=1024)
def _formula(subject: str, rest: str, present: tuple[str, ...], name: str) -> Formula:
    if subject == "softmax":
        if present or rest not in of_softmax.names():
            raise _unknown(name, [f"softmax.{one}" for one in of_softmax.names()])
        return of_softmax.softmax(rest, name)
    if not (is_own(subject) or subject in FAMILIES):
        raise _unknown(name, names())
    wrong = [one for one in present if one not in options(subject)]
    if wrong or len(set(present)) < len(present):
        what = f"no option {wrong[0]!r}" if wrong else "an option given twice"
        raise UnknownFormulaError(f"{name}: {what}; options of {subject}: {', '.join(options(subject))}")
    chosen = tuple(one for one in options(subject) if one in present)
    if is_own(subject) and rest == user.VARIANCE.name and not chosen and user.reason(subject):
        raise UnknownFormulaError(f"{name}: the variance is not reached: {user.reason(subject)}")
    if rest not in _rests(subject, chosen):
        shown = _split(name.partition("+")[0])[0]  # as it was asked for: a user score is pinned to its digest
        raise _unknown(name, [_joined(shown, one, chosen) for one in _rests(subject, chosen)])
    return _build(subject, rest, chosen, name)


def _build(score: str, rest: str, present: tuple[str, ...], name: str) -> Formula:
    head, _, tail = rest.partition(".")
    if not tail:
        if rest in closed.moment_names(score) and not present:
            return closed.moment(score, rest, name)
        return scores.value(score, present, rest, name)
    if head == "adjoint":
        return scores.gradient(score, present, scores.OUTPUT, tail, name)
    if head == "tangent":
        return scores.rate(score, present, tail, name)
    if head == "cost":
        return closed.cost(score, present, tail, name)
    return scores.gradient(score, present, head, tail.removeprefix("adjoint."), name)


def names(score: str | None = None, *present: str) -> tuple[str, ...]:
    """Every name without options, or every name for one score with the options ``present``.

    Raises KeyError for an unknown score, ValueError for an unknown option.
    """
    if score is None:
        found = [name for one in FAMILIES for name in names(one)]
        return (*found, *(f"softmax.{rest}" for rest in of_softmax.names()))
    unknown = [one for one in present if one not in options(score)]
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; options of {score}: {', '.join(options(score))}")
    chosen = tuple(one for one in options(score) if one in present)
    return tuple(_joined(score, rest, chosen) for rest in _rests(score, chosen))


@lru_cache(maxsize=256)
def _rests(score: str, present: tuple[str, ...]) -> tuple[str, ...]:
    """What may stand between a score's name and its options."""
    values = scores.value_names(score, present)
    found = [*values, *(f"adjoint.{one}" for one in scores.gradient_names(score, present))]
    for output in scores.ALONE:
        found += [f"{output}.adjoint.{one}" for one in scores.gradient_names(score, present, output)]
    found += [f"tangent.{one}" for one in values]
    found += closed.moment_names(score) if not present else ()
    return (*found, *(f"cost.{one}" for one in closed.cost_names(score, present)))


def _joined(subject: str, rest: str, present: tuple[str, ...]) -> str:
    return "+".join((f"{subject}.{rest}", *present))


def _split(plain: str) -> tuple[str, str]:
    """``additive.adjoint.query`` into score and rest; a file's name may have dots of its own."""
    file, colon, after = plain.rpartition(":")
    subject, _, rest = after.partition(".")
    return file + colon + subject, rest


def _unknown(name: str, known: Sequence[str]) -> UnknownFormulaError:
    head, _, rest = name.partition(".")
    claim = (rest if head.lower() == "claim" else name).upper()
    if head.lower() == "claim" or claim in CLAIM_ORDER:
        return UnknownFormulaError(f"unknown formula {name!r}: claims are shown by attnproof claim {claim}")
    near = _nearest(name, known)
    hint = f"; did you mean {', '.join(near)}?" if near else "; attnproof list has every name"
    return UnknownFormulaError(f"unknown formula {name!r}{hint}")


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    """At most three: what the name is the beginning of, what only another subject has, and what looks alike."""
    asked, rest = name.lower(), name.partition(".")[2]
    by_lower = {one.lower(): one for one in known}
    exact = [by_lower[asked]] if asked in by_lower else []
    longer = [one for one in known if one.lower().startswith(f"{asked}.")]
    elsewhere = [one for one in names() if one.partition(".")[2] == rest]
    alike = [by_lower[one] for one in difflib.get_close_matches(asked, by_lower, 3, cutoff=0.6)]
    return list(dict.fromkeys([*exact, *longer, *(elsewhere if len(elsewhere) == 1 else []), *alike]))[:3]
