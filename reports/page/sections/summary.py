"""The head of the page: what ran, where, and how many of each outcome it found."""

from __future__ import annotations

from typing import Any

from attnproof.reports import words
from attnproof.reports.page.load import Results
from attnproof.reports.page.numbers import number, show


def values(results: Results) -> dict[str, Any]:
    """``headline``, ``outcomes`` and ``verdicts`` with their numbers, and ``facts``: (name, value) pairs."""
    run = results.run
    counts = {name: int(count) for name, count in run["counts"].items()}
    verdicts = [claim["verdict"] for claim in results.claims]
    return {
        "headline": _headline(counts, results),
        "outcomes": [(words.word(name), counts[name]) for name in words.in_order(counts)],
        "verdicts": [(words.word(name), verdicts.count(name)) for name in words.in_order(verdicts, words.VERDICTS)],
        "facts": list(_facts(run)),
    }


def _headline(counts: dict[str, int], results: Results) -> str:
    if results.comparisons and not any(row["outcome"] in words.JUDGED for row in results.comparisons):
        return (
            f"No implementation was judged in this run: none of its {len(results.comparisons)} comparisons could be made, "
            "or none had power. The reasons are given below."
        )
    idle = counts.get("skipped", 0) + counts.get("unsupported", 0)
    made = sum(counts.values()) - idle
    wrong = counts.get("fail", 0) + counts.get("error", 0)
    if not made:
        return "Nothing was checked in this run."
    found = (
        f"{wrong} of {made} checks failed or broke and are listed below" if wrong else f"Of {made} checks none failed"
    )
    unsure = f", {counts['abstain']} could not tell and abstain" if counts.get("abstain") else ""
    return f"{found}{unsure}." + (f" Another {idle} could not run here." if idle else "")


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
