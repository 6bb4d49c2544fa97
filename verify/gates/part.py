"""The gates of others: rows of ``tables/gates.csv``, one for each kernel, and of ``tables/gate_rules.csv``, one
for each gate.

Both are of the record (``attnproof.verify.gates.record``). A kernel's row passes when the verifier's judge says of
it what the true values say; what a gate says of it is reported as it is. Some kernels, drawn by the run's seed, are
put before the judge again, and a row fails where it says something else now.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attnproof.verify.gates.kernels.right_attention import MORE_PRECISE
from attnproof.verify.gates.record import Record, Said, record
from attnproof.verify.options import Options
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.tables import GateRow, GateRuleRow
from attnproof.verify.unit import Unit, generator

OURS: Final = "this judge"
THEORY: Final[Mapping[bool, str]] = {False: "rejected", True: "accepted"}
SAID: Final = {"rejects": "rejected", "accepts": "accepted"}
AGAIN: Final = 6  # kernels of tasks that are judged again
COST: Final = 12.0  # seconds
STALE: Final = "recorded on {} with other kernels, rules or judge: python -m attnproof.verify.gates.record anew"


def plan(options: Options) -> list[Unit]:
    """One unit; none in the quick profile."""
    if options.profile == "quick":
        return []
    return [Unit("gates", "gates", "attnproof.verify.gates.part:run", {}, cost=COST)]


def run(_: Mapping[str, Any], options: Options) -> list[GateRow | GateRuleRow]:
    """The rows of both tables."""
    known = record()
    again = _again(known, options.seed) if known.fresh else {}
    return [*(row(each, known, again.get(each.name)) for each in known.kernels), *rules(known)]


def _again(known: Record, seed: int) -> dict[str, str]:
    """What the judge says now of kernels drawn by the seed."""
    from attnproof.verify.gates import kernels, ours  # the kernels, and what shows them, take seconds

    made = {name: kernel for name, (kernel, _) in kernels.wrong().items()} | dict(kernels.right())
    names = [each.name for each in known.kernels if each.name in made]
    drawn = generator(seed, "gates again").choice(len(names), size=min(AGAIN, len(names)), replace=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NaN and overflow in wrong kernels
        return {names[place]: ours.judged(made[names[place]]).word for place in drawn.tolist()}


def row(said: Said, known: Record, again: str | None = None) -> GateRow:
    """The row of a kernel. Of a stale record nothing passes."""
    theory, measured = THEORY[said.right], SAID.get(said.ours, said.ours)
    verdict, reason = PASS, None
    if not known.fresh:
        verdict, reason = ABSTAIN, STALE.format(known.day)
    elif again is not None and again != said.ours:
        verdict, reason = FAIL, f"{said.name}: {said.ours} on {known.day}, {again} in this run"
    elif measured in SAID.values() and measured != theory:
        verdict, reason = FAIL, f"{said.name}: {measured}, and should be {theory} ({said.why})"
    elif measured != theory:
        verdict, reason = ABSTAIN, f"{measured}: {said.why}"
    return GateRow(
        id=f"gates/{'right' if said.right else 'wrong'}/{said.name}",
        kind="right" if said.right else "wrong",
        name=said.name,
        task=said.task,
        sizes=_sizes(known.tasks.get(said.task)),
        how=said.kind,
        shown=said.shown,
        why=said.why,
        gates=dict(said.gates),
        recorded=known.day,
        theory=f"what the true values say: {theory}",
        theory_value=theory,
        measured=measured,
        grade="exact",
        verdict=verdict,
        reason=reason,
        implementation=said.name,
    )


def _sizes(task: Mapping[str, Any] | None) -> str:
    """Of a task; the faults take what no benchmark has."""
    if task is None:
        return "no benchmark has these options: 8 queries, 10 keys, standard normal numbers, for every gate"
    asked = (f"{name} {' '.join(f'{n}={size}' for n, size in own.items())}" for name, own in task["sizes"].items())
    return f"{'; '.join(asked)} ({task['reduced']})"


def rules(known: Record) -> list[GateRuleRow]:
    """A row for each gate, and one for the judge, which passes when it accepts nothing wrong, rejects nothing right."""
    rows = [
        _rule(
            known,
            str(gate["name"]),
            [(each, each.gates[gate["name"]]) for each in known.kernels],
            says=str(gate["says"]),
            source=str(gate["source"]),
            threads=", ".join(gate["threads"]),
            dtype=str(gate["dtype"]),
        )
        for gate in known.gates
    ]
    says = "the program read, its algebra at zero tolerance, its rounding within derived bounds"
    return [*rows, _rule(known, OURS, [(each, each.ours) for each in known.kernels], says=says)]


def _rule(known: Record, name: str, words: Sequence[tuple[Said, str]], **about: Any) -> GateRuleRow:
    asked = [(each, word) for each, word in words if word in SAID]
    wrong = [word for each, word in asked if not each.right]
    right = [(each, word) for each, word in asked if each.right]
    accused = [each for each, word in right if word == "rejects"]
    accepted = wrong.count("accepts")
    clean = not accepted and not accused and len(asked) == len(words)
    verdict, reason = PASS, None
    if not known.fresh:
        verdict, reason = ABSTAIN, STALE.format(known.day)
    elif name == OURS and not clean:
        verdict = FAIL if accepted or accused else ABSTAIN
        reason = f"accepts {accepted} wrong, accuses {len(accused)} right, decides {len(asked)} of {len(words)}"
    return GateRuleRow(
        id=f"gate_rules/{name}",
        gate=name,
        wrong=len(wrong),
        accepted=accepted,
        right=len(right),
        accused=len(accused),
        precise=sum(each.kind == MORE_PRECISE for each in accused),
        undecided=len(words) - len(asked),
        recorded=known.day,
        theory="wrong kernels that are accepted, and right ones that are rejected",
        theory_value=0.0,
        measured=float(accepted + len(accused)),
        grade="exact",
        verdict=verdict,
        reason=reason,
        implementation=name,
        **about,
    )
