"""A claim: a statement, its assumptions, a proof whose every step a machine checks, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from attnproof.derivations.proof.met import How, Met, left_out, text_of
from attnproof.derivations.proof.rules import RULES, All, Cited, Rule, RuleError

Verdict = Literal["proved", "proved up to size", "qualified", "refuted", "not decided"]
# What an assumption is about: which objects (domain), what they satisfy (independence ... smoothness), the normaliser
# and arithmetic they meet, how things are encoded, and what words or counts mean (convention).
Kind = Literal[
    "domain", "independence", "distribution", "moments", "norms", "ranges", "smoothness", "normaliser", "rounding",
    "encodings", "convention",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One proof step, closed by a rule of the closed set (``attnproof.derivations.proof.rules``) and by nothing else.

    rule     why it is done, in a few words
    by       the rule: it prints what stands before and after, and decides it
    refutes  the step shows that the usual statement fails as it stands: the claim is then at best ``qualified``
    uses     names of the lemmas (``attnproof.derivations.lemmas``) that the step rests on

    Raises RuleError for a rule that is none of the closed set.
    """

    rule: str
    by: Rule
    refutes: bool = False
    uses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in _rules_in(self.by):
            if type(each) not in RULES:
                raise RuleError(f"{self.rule}: {type(each).__name__} is no rule of the closed set")

    @property
    def before(self) -> str:
        """LaTeX of what the step starts from."""
        return self.by.before()

    @property
    def after(self) -> str:
        """LaTeX of what it arrives at."""
        return self.by.after()

    @property
    def cited(self) -> bool:
        """Whether it cites a fact that is not proved here."""
        return isinstance(self.by, Cited)


def _rules_in(rule: Rule) -> Iterator[Rule]:
    yield rule
    if isinstance(rule, All):
        for part in rule.parts:
            yield from _rules_in(part)


@dataclass(frozen=True)
class Lemma:
    """A statement with a proof of its own, on which steps of claims and of other lemmas rest.

    name         as steps name it: ``mehler``
    statement    LaTeX between ``$``
    assumptions  what it needs, one sentence each, with what the sentence is about
    met          of each lemma that the steps use, how each of its assumptions is met
    altered      statements that differ in one place and are false, in words (``the bound 1/3 in place of 1/2``), each
                 with the rule of one of the proof's steps with the altered part put in: it must not hold

    Lemmas form an acyclic graph: a lemma's steps may use only lemmas that do not use it.
    """

    name: str
    title: str
    statement: str
    assumptions: Mapping[str, Kind] = field(default_factory=dict)
    met: Met = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    altered: Mapping[str, Rule] = field(default_factory=dict)
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_kinds(self)

    @property
    def called(self) -> str:
        """What it is called among claims and lemmas."""
        return self.name


@dataclass(frozen=True)
class Claim:
    """A row of the ledger.

    id          as in the list of claims: ``S1`` ... ``A6``
    title       a few words
    usual       the claim as it is usually stated
    headline    what is true in one or two sentences (formulas between backticks), where the usual statement fails
    statement   what is true (LaTeX between ``$``)
    assumptions what the statement needs, one sentence each, with what the sentence is about
    met         of each lemma that the steps use, how each of its assumptions is met
    steps       the proof; empty means that nothing is proved yet
    altered     false statements beside it that the same checks reject, as of a lemma
    scores      the score families it speaks about
    tables      table rows that are its numeric evidence: ``variance``, ``saturation``, ``bias_invariance``, ``model``
    counterexample at most ten lines of NumPy to paste and run, for refuted and qualified claims
    references  literature
    open_reason why it is not decided, when ``steps`` is empty
    cells       for a claim decided case by case: one JSON object for each case, with its certificate
    up_to       the largest size for which the proof holds; None: every size
    """

    id: str
    title: str
    usual: str
    headline: str = ""
    statement: str = ""
    assumptions: Mapping[str, Kind] = field(default_factory=dict)
    met: Met = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    altered: Mapping[str, Rule] = field(default_factory=dict)
    scores: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    counterexample: str | None = None
    references: tuple[str, ...] = ()
    open_reason: str | None = None
    cells: tuple[Mapping[str, object], ...] = ()
    up_to: int | None = None

    def __post_init__(self) -> None:
        _check_kinds(self)

    @property
    def called(self) -> str:
        """What it is called among claims and lemmas."""
        return self.id

    @property
    def earned(self) -> Verdict:
        """The verdict when everything checks, from what the proof shows.

        ``refuted`` when it shows that the usual statement fails and states nothing in its place, ``qualified`` when it
        states and proves what is true instead, else ``proved`` (at every size, or ``up to size``).
        """
        if any(step.refutes for step in self.steps):
            return "qualified" if self.statement else "refuted"
        return "proved" if self.up_to is None else "proved up to size"


def _check_kinds(subject: Claim | Lemma) -> None:
    """Raises ValueError unless what every assumption is about exists."""
    for kind in subject.assumptions.values():
        if kind not in get_args(Kind):
            raise ValueError(
                f"{subject.called}: unknown kind of assumption {kind!r}; expected one of {', '.join(get_args(Kind))}"
            )


@dataclass(frozen=True)
class Proof:
    """What checking a proof found: the numbers of steps and altered statements that are not as they must be, the lemmas
    that do not hold, and those with a hypothesis of which it is not said how it is met.
    """

    failed: tuple[int, ...]
    accepted: tuple[int, ...]
    unproved: tuple[str, ...]
    unmet: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Every step checks, every altered statement is rejected, every lemma it rests on holds, its hypotheses met."""
        return not (self.failed or self.accepted or self.unproved or self.unmet)


def asked(subject: Claim | Lemma) -> tuple[Rule, ...]:
    """The rules that a proof asks: those of the steps, then those of the altered statements."""
    return (*(step.by for step in subject.steps), *subject.altered.values())


def prove(
    subject: Claim | Lemma,
    lemma_holds: Callable[[str], bool],
    lemma_needs: Callable[[str], Iterable[str]] | None = None,
    answers: Sequence[bool] | None = None,
) -> Proof:
    """Check every step, every altered statement, and with ``lemma_holds`` every lemma that a step uses.

    lemma_needs  the assumptions of a lemma, by its name; None: whether none is left out is looked at elsewhere
    answers      what the rules that are ``asked`` say, in that order; None: ask them here
    """
    said = [rule.holds() for rule in asked(subject)] if answers is None else answers
    steps, altered = said[: len(subject.steps)], said[len(subject.steps) :]
    if len(altered) != len(subject.altered):
        raise ValueError(f"{subject.called}: {len(said)} answers to {len(asked(subject))} rules")
    return Proof(
        tuple(number for number, answer in enumerate(steps) if answer is not True),
        tuple(number for number, answer in enumerate(altered) if answer is not False),
        tuple(name for name in lemmas_used(subject) if not lemma_holds(name)),
        tuple(name for name in lemmas_used(subject) if _is_unmet(subject, name, lemma_needs)),
    )


def _is_unmet(subject: Claim | Lemma, lemma: str, needs: Callable[[str], Iterable[str]] | None) -> bool:
    refers = all(text is not None for _, _, text in discharged(subject, lemma))
    return not refers or (needs is not None and bool(left_out(subject.met.get(lemma, {}), needs(lemma))))


def discharged(subject: Claim | Lemma, lemma: str) -> list[tuple[str, How, str | None]]:
    """Each assumption of a lemma that the proof uses, with how it is met, and the text that this refers to; None for
    one that is not there.

    A step counts where it stands before the first that uses the lemma.
    """
    first = min(number for number, step in enumerate(subject.steps) if lemma in step.uses)
    before = [step.rule for step in subject.steps[:first]]
    met = subject.met.get(lemma, {})
    return [(needed, how, text_of(how, subject.assumptions, before)) for needed, hows in met.items() for how in hows]


def lemmas_used(subject: Claim | Lemma) -> tuple[str, ...]:
    """The lemmas that the steps name, each once, in order."""
    return tuple(dict.fromkeys(name for step in subject.steps for name in step.uses))
