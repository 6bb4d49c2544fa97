"""A run: execute the units of every part, write the result files, put them in place all at once.

``run.json`` is ``{"schema": "attnproof.run/1", profile, seed, selection, versions, device, threads, commit,
counts: {outcome: number}, suites: {suite: {outcome: number}}, claims: {verdict: number}, parts: {part: {units,
seconds}}, false_alarm, figures, started, seconds}``. Only ``started``, ``seconds`` and the figures whose names end in
``_seconds`` differ between two runs of the same seed.
"""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from attnproof.verify.comparisons import abstentions, tightness
from attnproof.verify.detection import left_out
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAILURES, OUTCOMES
from attnproof.verify.proofs import derive, ledger
from attnproof.verify.run import environment, manifest
from attnproof.verify.run.execute import Done, execute
from attnproof.verify.run.files import write_json, write_json_lines, write_junit
from attnproof.verify.run.found import Found, found
from attnproof.verify.run.replace import put_in_place, staging
from attnproof.verify.run.suites import Suites, judged, suites
from attnproof.verify.statistics import FALSE_ALARM, FALSE_ALARM_SHARES, FALSE_ALARM_TOTAL
from attnproof.verify.tables import frame
from attnproof.verify.unit import Unit

SCHEMA: Final = "attnproof.run/1"


@dataclass(frozen=True)
class Summary:
    """What a run found.

    counts    number of comparisons, table rows, re-checks and planted errors by outcome
    claims    number of claims by verdict
    failures  ids and reasons of everything that failed or broke, worst first
    judged    number of comparisons that were judged: not skipped, unsupported or abstained; of table rows where the
              selection has no comparisons, of re-checks and proofs where it has no tables either
    aside     the folder to which what stood in the report's place was moved, where it was no part of an earlier report
    """

    folder: Path
    seconds: float
    counts: Mapping[str, int]
    claims: Mapping[str, int]
    failures: tuple[tuple[str, str], ...]
    judged: int
    aside: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not any(self.counts.get(outcome, 0) for outcome in FAILURES)


def run(
    options: Options,
    out: Path,
    executor: Executor,
    *,
    progress: Callable[[Done], None],
    units: Sequence[Unit],
    finish: Callable[[Path], Any],
) -> Summary:
    """Execute ``units`` and put the results, with a manifest, in the place of the report at ``out``.

    finish    called with the folder of the new result files before it is put in place (renders the page)
    Interrupted or failing at any time before the end, it leaves ``out`` as it was.
    """
    started, clock, out = datetime.now(UTC), time.perf_counter(), out.resolve()
    machine = executor.submit(environment.device)  # it imports torch, which nothing does here
    done = execute(units, options, executor, progress)
    results = _joined(done, options)
    cases = suites(results)
    with staging(out) as folder:
        seconds = time.perf_counter() - clock
        times = {"started": started.isoformat(timespec="seconds"), "seconds": round(seconds, 1)}
        _write(folder, results, cases, _about(options, done, results, cases, machine.result()) | times)
        finish(folder)
        manifest.write(folder, manifest.of_files_in(folder))
        aside = put_in_place(folder, out)
    return Summary(out, seconds, _counts(cases), _verdicts(results), _failures(cases), judged(cases), aside)


def _joined(done: Sequence[Done], options: Options) -> Found:
    """What was found, with what follows from all of it together."""
    results = found(done)
    results.put_first("tightness", tightness.rows(results.comparisons))
    results.put_first("abstentions", abstentions.rows(results.comparisons, options))
    results.put_first("leave_one_out", left_out.rows(results.tables.get("found_by", ())))
    claims, lemmas = ledger.joined(results.claims, results.lemmas)
    claims = ledger.with_evidence(claims, results.comparisons, results.tables, results.derivations, results.drawn)
    return replace(results, claims=claims, lemmas=lemmas)


def _write(folder: Path, results: Found, cases: Suites, about: Mapping[str, Any]) -> None:
    """Write every result file."""
    write_json(folder / "claims.json", {"schema": ledger.SCHEMA, "claims": results.claims, "lemmas": results.lemmas})
    write_json(folder / "derivations.json", {"schema": derive.SCHEMA, "scores": results.derivations})
    write_json_lines(folder / "results.jsonl", results.comparisons)
    if results.tables:
        frame.write(folder / "tables", results.tables)
    if results.models:
        summary = [each.content for each in results.models]
        write_json(folder / "model.json", {"schema": "attnproof.model/1", "summary": summary})
    write_junit(folder / "junit.xml", cases)
    write_json(folder / "run.json", about)


def _about(
    options: Options, done: Sequence[Done], results: Found, cases: Suites, machine: Mapping[str, str]
) -> dict[str, Any]:
    """``run.json`` without its times; ``machine``: where the units ran."""
    counts = _counts(cases)
    return {
        "schema": SCHEMA,
        "profile": options.profile,
        "seed": options.seed,
        "selection": asdict(options),
        "versions": {"python": platform.python_version()} | environment.versions(),
        "device": dict(machine),
        "threads": 1,
        "commit": environment.commit(),
        "counts": {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]},
        "suites": {name: dict(Counter(case[1] for case in found)) for name, found in cases.items()},
        "claims": dict(_verdicts(results)),
        "parts": _parts(done),
        "false_alarm": {"total": FALSE_ALARM, "limit": FALSE_ALARM_TOTAL, "shares": dict(FALSE_ALARM_SHARES)},
        "figures": {each.name: each.value for each in results.figures},
    }


def _counts(cases: Suites) -> Counter[str]:
    return Counter(outcome for found in cases.values() for _, outcome, _ in found)


def _verdicts(results: Found) -> Counter[str]:
    return Counter(claim.verdict for claim in results.claims)


def _failures(cases: Suites) -> tuple[tuple[str, str], ...]:
    return tuple((case, why or "") for found in cases.values() for case, outcome, why in found if outcome in FAILURES)


def _parts(done: Sequence[Done]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in done:
        part = found.setdefault(item.unit.part, {"units": 0, "seconds": 0.0})
        part["units"] += 1
        part["seconds"] = round(part["seconds"] + item.seconds, 2)
    return found
