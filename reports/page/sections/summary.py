"""The head of the page: what ran, where, how many of each outcome it found, and what a reader can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from attnproof.reports import words
from attnproof.reports.page.load import Results
from attnproof.reports.page.numbers import number, show


@dataclass(frozen=True)
class Use:
    """Something to do: a line to paste, and the anchor of the part of the page that it is about."""

    title: str
    text: str
    line: str
    anchor: str
    link: str


USES: Final = (
    Use(
        "See what is true.",
        "Every claim has an exact statement, a proof checked step by step, and code that shows where it fails.",
        "attnproof claim X4",
        "verdicts",
        "The claims",
    ),
    Use(
        "Look up a formula.",
        "Forward, gradients and options of every score, as text, LaTeX, SymPy or code.",
        "attnproof show additive.adjoint.query",
        "scores",
        "The formulas",
    ),
    Use(
        "Check your own attention.",
        "Values, gradients, masks and layouts, against bounds that are derived for each element.",
        "attnproof check my_file.py:my_attention --score scaled_dot",
        "detection",
        "What it catches",
    ),
    Use(
        "Take the code.",
        "One file, forward and backward, that imports nothing of attnproof.",
        "attnproof export additive --to torch -o additive_attention.py",
        "speed",
        "How fast it is",
    ),
)


def values(results: Results) -> dict[str, Any]:
    """``headline`` with ``mark`` and ``tone``, ``tallies`` of claims and checks, ``uses``, and ``facts``."""
    run = results.run
    counts = {name: int(count) for name, count in run["counts"].items()}
    text, outcome = _headline(counts, results)
    return {
        "headline": text,
        "mark": words.word(outcome).mark,
        "tone": words.word(outcome).tone,
        "tallies": (
            ("claims", words.counted((claim["verdict"] for claim in results.claims), words.VERDICTS)),
            ("checks", [(words.word(name), counts[name]) for name in words.in_order(counts)]),
        ),
        "uses": (_again(run), *USES),
        "facts": list(_facts(run)),
    }


def _again(run: Any) -> Use:
    line = f"attnproof verify --profile {run['profile']} --seed {run['seed']}"
    text = "Derive, generate, check and report again, all of it, on your machine."
    return Use("Verify it yourself.", text, line, "method", "How to read it")


def _headline(counts: dict[str, int], results: Results) -> tuple[str, str]:
    """What came out in a sentence, and the outcome whose mark and colour it takes."""
    if results.comparisons and not any(row["outcome"] in words.JUDGED for row in results.comparisons):
        none = f"none of its {len(results.comparisons)} comparisons could be made, or none had power"
        return f"No implementation was judged in this run: {none}. The reasons are given below.", "abstain"
    idle = counts.get("skipped", 0) + counts.get("unsupported", 0)
    made = sum(counts.values()) - idle
    wrong = counts.get("fail", 0) + counts.get("error", 0)
    if not made:
        return "Nothing was checked in this run.", "skipped"
    found = (
        f"{wrong} of {made} checks failed or broke and are listed below" if wrong else f"Of {made} checks none failed"
    )
    unsure = f", {counts['abstain']} could not tell and abstain" if counts.get("abstain") else ""
    rest = f" Another {idle} could not run here." if idle else ""
    return f"{found}{unsure}.{rest}", "fail" if wrong else "pass"


def _facts(run: Any) -> Any:
    yield "profile", run["profile"]
    yield "seed", str(run["seed"])
    for name, label in (("commit", "commit"), ("started", "started")):
        if run.get(name):
            yield label, str(run[name])
    if (seconds := number(run.get("seconds"))) is not None:
        yield "duration", f"{show(seconds, 3)} s"
    device = run["device"]
    yield "device", ", ".join(f"{name} {value}" for name, value in device.items())
    if run.get("threads") is not None:
        yield "threads", f"{run['threads']} for each numeric library"
    yield "versions", ", ".join(f"{name} {value}" for name, value in run["versions"].items())
    selection = run.get("selection") or {}
    narrowed = {key: value for key, value in selection.items() if key not in {"profile", "seed"} and value is not None}
    for key, value in narrowed.items():
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    for name, value in (run.get("figures") or {}).items():
        yield name.replace("_", " "), show(value, 3)
