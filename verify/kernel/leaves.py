"""Leaf facts before the kernel: what single rules of proof steps show, closed by tactics without a hand touching them.

The tactics (``theory/leaves.v``) do not close all of them: a share is counted, by rule. For an inequality SymPy's
factors of the gap go along as a hint; what is proved is the inequality.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from sympy import Expr, Mul, Sum, Symbol, Tuple, expand, factor, fraction, together

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof.rules import All, Rule
from attnproof.derivations.proof.rules.closing import put_in
from attnproof.derivations.propositions.closed import OpenError, check_closed
from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.propositions.proposition import Both, Compare, Every, If, Proposition, Stated, expressions
from attnproof.derivations.typesetting.coq import real

PATIENCE: Final = 4  # seconds for one fact; one that takes longer is left open
WORKERS: Final = 2
HEAD: Final = f"""From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Attnproof.theory Require Import prelude leaves.
Open Scope R_scope.
Set Default Timeout {PATIENCE}.
Lemma control : forall x : R, 0 < x -> x / x = 1.
Proof. leaf. Qed.
Definition closed_control := control.
"""


@dataclass(frozen=True)
class Leaf:
    """One fact: the claim or lemma and the number of the step it stands in, its rule, Coq's text, and hints."""

    subject: str
    step: int
    rule: str
    text: str
    hints: tuple[str, ...]


def leaves() -> Iterator[Leaf]:
    """Every fact of a rule that has words in the language of propositions, and a text in Coq."""
    for shelf in (CLAIMS, LEMMAS):
        for name, subject in shelf.items():
            for number, step in enumerate(subject.steps):
                for rule in _parts(step.by):
                    for fact in rule.facts():
                        said = _own_indices(fact)
                        try:
                            check_closed(Stated("fact", "", said))
                            text, hints = proposition(said), tuple(_hints(said))
                        except (OpenError, ValueError):  # a function or a letter that Coq's printer has no text for
                            continue
                        yield Leaf(name, number, type(rule).__name__, text, hints)


def _parts(rule: Rule) -> Iterator[Rule]:
    if isinstance(rule, All):
        for part in rule.parts:
            yield from _parts(part)
    else:
        yield rule


def _own_indices(fact: Proposition) -> Proposition:
    """The fact with a name of its own for the index of each sum: in a formula it may be an array's, or used twice."""
    number = count(1)

    def named(body: Expr, *limits: Tuple) -> Expr:
        new = {where: Symbol(f"{where.name}_{next(number)}", **where.assumptions0) for where, *_ in limits}
        return Sum(body.xreplace(new), *(limit.xreplace(new) for limit in limits))

    return put_in(fact, {expr: expr.replace(Sum, named) for expr in expressions(fact)})


def _hints(fact: Proposition) -> Iterator[str]:
    """Tactics that show an inequality of the conclusion by the factors of its gap, or by its numerator."""
    for left, right in _inequalities(fact):
        numerator, denominator = fraction(together(right - left))
        product = factor(together(right - left))
        # a (c - b) for -a (b - c): the sign of every factor is seen
        turned = (-product / each * -each for each in Mul.make_args(product) if each.is_Add)
        for gap in dict.fromkeys((product, expand(numerator) / denominator, *turned)):
            yield f"by_factors ({real(left)}) ({real(right)}) ({real(gap)})"


def _inequalities(fact: Proposition) -> Iterator[tuple[Expr, Expr]]:
    match fact:
        case Every(_, body):
            yield from _inequalities(body)
        case If(_, conclusion):
            yield from _inequalities(conclusion)
        case Both(parts):
            for part in parts:
                yield from _inequalities(part)
        case Compare(left, "≤" | "<", right, whole=False):
            yield left, right


def close(folder: Path, paths: list[str]) -> Mapping[str, tuple[int, int]]:
    """By rule: how many facts the tactics closed, and how many there are.

    folder  where the theory is, compiled; paths  Coq's options for it
    """
    listed = list(leaves())
    shares = [range(start, len(listed), WORKERS) for start in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:  # each waits for Coq
        closed = set().union(*pool.map(lambda share: _closed(folder, paths, listed, share), shares))
    there = Counter(leaf.rule for leaf in listed)
    done = Counter(listed[number].rule for number in closed)
    return {rule: (done[rule], there[rule]) for rule in sorted(there)}


def _closed(folder: Path, paths: list[str], listed: list[Leaf], share: range) -> set[int]:
    lines = [HEAD]
    for number in share:
        ways = " | ".join(["leaf", *(f"solve [{hint}]" for hint in listed[number].hints)])
        lines += [
            f"Lemma leaf_{number} : {listed[number].text}.",
            f"Proof. intros; apart; repeat split; intros; first [{ways}]. Qed.",
            "Abort.",  # where it is left open; an error, and no more, where it is not
            f"Definition closed_{number} := leaf_{number}.",
        ]
    # coqtop goes on after an error, so that one run asks for all of them
    command = ["coqtop", "-q", "-w", "none", *paths]
    text = "\n".join([*lines, ""])
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=False)
    if "closed_control is defined" not in done.stdout:  # a question that cannot be answered leaves everything open
        raise RuntimeError(f"Coq does not close x/x = 1: {done.stderr[-1000:]}")
    return {int(found) for found in re.findall(r"^closed_(\d+) is defined", done.stdout, re.MULTILINE)}
