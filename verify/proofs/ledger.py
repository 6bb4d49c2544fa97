"""The ledger: every claim with its verdict, computed by checking each of its proof steps.

``claims.json`` is ``{"schema": "attnproof.claims/1", "claims": [ClaimRow], "lemmas": [LemmaRow]}``;
``verify/schemas/claims.schema.json`` describes it. Lemmas are those that the proofs rest on.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.claims.decision import decide, shortcoming
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.lemmas.users import uses_of
from attnproof.derivations.proof.claim import Claim, Lemma, Proof, discharged, lemmas_used, prove
from attnproof.derivations.statements.words import objection
from attnproof.verify.options import Options
from attnproof.verify.proofs.examined import Examined, examined
from attnproof.verify.proofs.formal import kernel_evidence, kernel_objection
from attnproof.verify.rows.comparison import ComparisonRow
from attnproof.verify.rows.drawing import Drawing
from attnproof.verify.rows.tables import EvidenceRow, TableRow
from attnproof.verify.unit import Result, Row, Unit

if TYPE_CHECKING:  # deriving takes code generation, and deciding a claim does not
    from attnproof.verify.proofs.derive import DerivationRow

SCHEMA: Final = "attnproof.claims/1"

# Rough seconds of the proofs that take longest, so that they start first; nothing but the order depends on them.
COSTS: Final[Mapping[str, float]] = MappingProxyType({"S6": 6.0, "T3": 4.0, "T10": 3.0, "T5": 2.0})


@dataclass(frozen=True, kw_only=True)
class ProofRow(Result):
    """What claims and lemmas share.

    reason   why there is no verdict; None where there is one
    propositions  {name, title, latex, coq, kernel, found}: what it says formally, and what the proof kernel said
    outside  what of the statement the propositions do not say; None where nothing is said of it
    steps    {rule, before, after, holds, refutes, lemmas, by}; ``by`` is the rule that closes it
    altered  {what, rejected}: altered statements, which the same checks must reject
    lemmas   names of the lemmas that the steps use
    met      {lemma, assumption, how, text}: how each assumption of each of them is met, ``assumed`` here too, ``shown``
             by an earlier step, or ``because`` of what it is applied to; some in several ways
    """

    title: str = ""
    statement: str = ""
    verdict: str
    reason: str | None = None
    propositions: list[Row] = field(default_factory=list)
    outside: list[str] | None = None
    assumptions: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    altered: list[Row] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    met: list[Row] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    @property
    @abstractmethod
    def case(self) -> str:
        """What it is called among all that a run decided."""


@dataclass(frozen=True, kw_only=True)
class LemmaRow(ProofRow):
    """A lemma of ``claims.json``.

    uses  what rests on it beside proofs: ``the bound of tanh``
    """

    name: str
    uses: list[str] = field(default_factory=list)

    @property
    def case(self) -> str:
        """What it is called among all that a run decided."""
        return f"lemma/{self.name}"


@dataclass(frozen=True, kw_only=True)
class ClaimRow(ProofRow):
    """A claim of ``claims.json``.

    evidence  {grade, what, value}: what this run found that bears on it
    cells     the cases of a claim that is decided case by case, each with its weights or multipliers; none unless all
              steps check
    """

    id: str
    usual: str = ""
    headline: str = ""
    evidence: list[dict[str, str]] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    cells: list[Row] = field(default_factory=list)
    counterexample: str | None = None

    @property
    def case(self) -> str:
        """What it is called among all that a run decided."""
        return self.id


Proved = TypeVar("Proved", bound=ProofRow)


def plan(options: Options) -> list[Unit]:
    """One unit for each claim asked for, and for each lemma of the whole ledger when all are."""
    wanted = CLAIMS if options.claims is None else options.claims
    units = [
        Unit(
            f"claim/{name}", "claims", "attnproof.verify.proofs.ledger:run", {"claim": name}, cost=COSTS.get(name, 0.4)
        )
        for name in wanted
    ]
    lemmas = LEMMAS if options.claims is None else _below(lemmas_used(CLAIMS[name]) for name in wanted)
    return units + [
        Unit(f"lemma/{name}", "claims", "attnproof.verify.proofs.ledger:run_lemma", {"lemma": name}) for name in lemmas
    ]


def _below(used: Iterable[Iterable[str]]) -> list[str]:
    """The lemmas named and those they rest on, in the order of the lemmas."""
    found: set[str] = set()
    waiting = [name for names in used for name in names]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += lemmas_used(LEMMAS[name])
    return [name for name in LEMMAS if name in found]


def run_lemma(arguments: Mapping[str, Any], options: Options) -> list[LemmaRow]:
    """Decide one lemma: by its steps, and by what the proof kernel said of its propositions. What rests on it beside
    proofs has to meet its assumptions.
    """
    del options
    lemma = LEMMAS[arguments["lemma"]]
    (found,) = examined([lemma])
    return [_lemma_row(lemma, found)]


def _lemma_row(lemma: Lemma, found: Examined) -> LemmaRow:
    proof = prove(lemma, _left_to_its_unit, answers=found.answers)
    reason = objection(lemma) if proof.holds and lemma.steps else shortcoming(lemma, proof) or "no proof recorded yet"
    verdict = "proved" if reason is None else "not decided"
    uses = [use.what for use in uses_of(lemma.name)]
    formal = _formal(found, verdict, reason)
    return LemmaRow(uses=uses, **formal, **_said(LemmaRow, lemma), **_proof(lemma, proof, found.steps))


def _formal(found: Examined, verdict: str, reason: str | None) -> dict[str, Any]:
    """The propositions of a claim or lemma, and its verdict, which is lost where the kernel has not accepted them."""
    if against := kernel_objection(found.propositions):
        verdict, reason = "not decided", ". ".join(filter(None, [reason, against]))
    return {"verdict": verdict, "reason": reason, "propositions": found.propositions, "outside": found.outside}


def _left_to_its_unit(name: str) -> bool:
    """Each lemma is proved once, in a unit of its own; ``joined`` takes the verdicts together."""
    return name in LEMMAS


def joined(claims: Iterable[ClaimRow], lemmas: Iterable[LemmaRow]) -> tuple[list[ClaimRow], list[LemmaRow]]:
    """Claims and lemmas with what follows from the lemmas below them: one that is not proved takes down all that rest
    on it.

    A lemma that a claim rests on and that has no row is proved here.
    """
    claims = list(claims)
    # Rows say what they rest on, so that a lemma's module is imported only where its row is missing.
    rows = {row.name: row for row in lemmas}
    waiting = [name for claim in claims for name in claim.lemmas]
    below: set[str] = set()
    while waiting:
        if (name := waiting.pop()) not in below:
            below.add(name)
            if name not in rows:
                (rows[name],) = run_lemma({"lemma": name}, Options())
            waiting += rows[name].lemmas
    proved: set[str] = set()
    found: list[LemmaRow] = []
    for lemma in sorted(rows.values(), key=lambda row: list(LEMMAS).index(row.name)):  # those below stand before
        unproved = [name for name in lemma.lemmas if name not in proved]
        unmet = _unmet(lemma, rows)
        below_it = _without(lemma, "lemma does not hold", unproved)
        found.append(_without(below_it, "hypotheses are not met of the lemma", unmet))
        if found[-1].verdict == "proved":
            proved.add(lemma.name)
    sound = [
        _without(claim, "lemma does not hold", [name for name in claim.lemmas if name not in proved])
        for claim in claims
    ]
    return [_without(claim, "hypotheses are not met of the lemma", _unmet(claim, rows)) for claim in sound], found


def decided(name: str, processes: int = 1) -> tuple[ClaimRow, list[LemmaRow]]:
    """One claim, and every lemma below it, decided here and now: rows as in a run, without a run's evidence."""
    claim = CLAIMS[name]
    lemmas = [LEMMAS[lemma] for lemma in _below([lemmas_used(claim)])]
    found, *below = examined([claim, *lemmas], processes)
    (row,), rows = joined([_claim_row(claim, found)], map(_lemma_row, lemmas, below))
    return row, rows


def _unmet(row: ProofRow, lemmas: Mapping[str, LemmaRow]) -> list[str]:
    """The lemmas of whose assumptions not each one is said how it is met, or of others that they do not have."""
    met = {(each["lemma"], each["assumption"]) for each in row.met}
    return [
        name
        for name in row.lemmas
        if {assumption for lemma, assumption in met if lemma == name} != set(lemmas[name].assumptions)
    ]


def _without(row: Proved, why: str, names: list[str]) -> Proved:
    if not names:
        return row
    lost: dict[str, Any] = {"cells": []} if isinstance(row, ClaimRow) else {}
    reason = ". ".join(filter(None, [row.reason, f"{why}: {', '.join(names)}"]))
    return replace(row, verdict="not decided", reason=reason, **lost)


def _said(row: type[ProofRow], subject: Claim | Lemma) -> dict[str, Any]:
    """The fields of a row that the claim or lemma has under the same name, tuples as lists."""
    names = {each.name for each in fields(row)} - {"steps", "altered", "lemmas", "met", "cells", "kinds"}
    found = {"kinds": list(subject.assumptions.values())}
    found |= {name: getattr(subject, name) for name in names if hasattr(subject, name)}
    return {name: list(value) if isinstance(value, (tuple, Mapping)) else value for name, value in found.items()}


def _proof(subject: Claim | Lemma, found: Proof, printed: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The steps, the altered statements and the lemmas, with what became of each."""
    return {
        "steps": [
            {
                "rule": step.rule,
                "before": before,
                "after": after,
                "holds": number not in found.failed,
                "refutes": step.refutes,
                "lemmas": list(step.uses),
                "by": type(step.by).__name__,
            }
            for number, (step, (before, after)) in enumerate(zip(subject.steps, printed, strict=True))
        ],
        "altered": [
            {"what": what, "rejected": number not in found.accepted} for number, what in enumerate(subject.altered)
        ],
        "lemmas": list(lemmas_used(subject)),
        "met": [
            {"lemma": lemma, "assumption": needed, "how": type(how).__name__.lower(), "text": text or "nothing"}
            for lemma in lemmas_used(subject)
            for needed, how, text in discharged(subject, lemma)
        ],
    }


def run(arguments: Mapping[str, Any], options: Options) -> list[ClaimRow]:
    """Decide one claim: by its steps, and by what the proof kernel said of the propositions that it consists of."""
    del options
    claim = CLAIMS[arguments["claim"]]
    (found,) = examined([claim])
    return [_claim_row(claim, found)]


def _claim_row(claim: Claim, found: Examined) -> ClaimRow:
    decision = decide(claim, _left_to_its_unit, found.answers)
    formal = _formal(found, decision.verdict, decision.reason)
    proof = Proof(decision.failed, decision.accepted, decision.unproved)
    return ClaimRow(
        cells=[] if formal["verdict"] == "not decided" else [dict(cell) for cell in claim.cells],
        **formal,
        **_said(ClaimRow, claim),
        **_proof(claim, proof, found.steps),
    )


def with_evidence(
    claims: Iterable[ClaimRow],
    comparisons: Iterable[ComparisonRow],
    tables: Mapping[str, Sequence[TableRow]],
    rechecks: Iterable[DerivationRow],
    figures: Iterable[Drawing] = (),
) -> list[ClaimRow]:
    """The claims with the numeric evidence that this run found for each.

    First what the kernel accepted, then what was measured for this claim alone (table ``evidence``), then counts of
    outcomes by score and by table.
    """
    own: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in tables.get("evidence", ()):
        if isinstance(row, EvidenceRow):
            own[row.claim].append(row)
    drawn: dict[str, list[Row]] = defaultdict(list)
    for figure in figures:
        drawn[figure.claim].append(figure.content)
    by_score: dict[str, Counter[str]] = defaultdict(Counter)
    for each in comparisons:
        by_score[each.score][each.outcome] += 1
    by_table = {name: Counter(row.verdict for row in rows) for name, rows in tables.items()}
    said = {True: "holds", False: "fails", None: "undecided"}
    roads: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    for derived in rechecks:
        for check in derived.rechecks:
            roads[derived.name, check["road"] == "ring"][said[check["holds"]]] += 1
    found = []
    for claim in claims:
        evidence = kernel_evidence(claim.propositions, claim.outside or ()) + [_shown(row) for row in own[claim.id]]
        for score in claim.scores:
            for ring in (False, True):
                if counts := roads.get((score, ring)):
                    what = f"re-checks of the {score} derivation{', in the exponential ring' * ring}"
                    evidence.append({"grade": "exact", "what": what, "value": _counts(counts)})
            if score in by_score:
                what = f"{score}: implementations against the oracle"
                evidence.append({"grade": "certified enclosure", "what": what, "value": _counts(by_score[score])})
        for table in claim.tables:
            for name in sorted(n for n in by_table if n == table or n.startswith(f"{table}_")):
                grades = sorted({row.grade for row in tables[name] if row.grade})
                evidence.append({"grade": ", ".join(grades), "what": f"table {name}", "value": _counts(by_table[name])})
        found.append(replace(claim, evidence=evidence, figures=drawn[claim.id]))
    return found


def _shown(row: EvidenceRow) -> dict[str, str]:
    """A measurement of a claim's own in words: where it was made, what was found and what was expected."""
    where = ", ".join(part for part in (row.implementation, row.dtype) if part)
    value = f"{_number(row.measured)}; expected {row.theory}"
    if row.theory_value is not None:
        value += f" = {_number(row.theory_value)}"
    if row.uncertainty:
        value += f" ± {_number(row.uncertainty)}"
    reason = f": {row.reason}" if row.reason else ""
    what = f"{row.what} ({where})" if where else row.what
    return {"grade": row.grade, "what": what, "value": f"{value} [{row.verdict}{reason}]"}


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "nothing" if value is None else str(value)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
