"""A run: plan the units of every part, execute them, put the result files in place all at once.

``run.json`` is ``{"schema": "attnproof.run/1", profile, seed, selection, started, seconds, versions, device, threads,
commit, counts: {outcome: number}, parts: {part: {units, seconds, counts}}, false_alarm, figures, claims: {verdict: number}}``.
Only ``started``, ``seconds`` and the figures whose names end in ``_seconds`` differ between two runs of the same seed.
"""

from __future__ import annotations

import importlib
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attnproof.verify.comparisons import abstentions, tightness
from attnproof.verify.options import Options
from attnproof.verify.outcome import ERROR, FAIL, FAILURES, JUDGED, OUTCOMES, PASS
from attnproof.verify.proofs import derive, ledger
from attnproof.verify.run.execute import Done, cores, execute
from attnproof.verify.run.files import write_csv, write_json, write_json_lines, write_junit
from attnproof.verify.unit import Row, Unit

SCHEMA: Final = "attnproof.run/1"

# Every part of a run: a module with plan(options) -> list[Unit].
PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "derive": "attnproof.verify.proofs.derive",
        "claims": "attnproof.verify.proofs.ledger",
        "checks": "attnproof.verify.comparisons.checks",
        "functions": "attnproof.verify.arithmetic.functions",
        "tightness": "attnproof.verify.comparisons.tightness_search",
        "variance": "attnproof.verify.tables.variance.part",
        "saturation": "attnproof.verify.tables.saturation.part",
        "bias_invariance": "attnproof.verify.tables.bias_invariance.part",
        "model": "attnproof.verify.tables.model.part",
        "evidence": "attnproof.verify.evidence",
        "power": "attnproof.verify.detection.power",
        "mutants": "attnproof.verify.detection.mutants",
    }
)
TABLES: Final = (
    "saturation",
    "variance",
    "bias_invariance",
    "evidence",
    "detection",
    "functions",
    "tightness",
    "abstentions",
    "model_variance",
    "model_saturation",
    "model_bias_invariance",
)
PACKAGES: Final = (
    "attnproof",
    "sympy",
    "numpy",
    "torch",
    "python-flint",
    "mpmath",
    "pandas",
    "safetensors",
    "tokenizers",
)
OPTIONAL_PACKAGES: Final = ("jax", "numba")  # without them rows of theirs are skipped


class EmptySelectionError(ValueError):
    """The options select nothing to check."""


@dataclass(frozen=True)
class Summary:
    """What a run found.

    counts    number of comparisons, table rows, re-checks and planted errors by outcome
    claims    number of claims by verdict
    failures  ids and reasons of everything that failed or broke, worst first
    judged    number of comparisons that were judged: not skipped, unsupported or abstained; of table rows where the
              selection has no comparisons, of re-checks and proofs where it has no tables either
    """

    folder: Path
    seconds: float
    counts: Mapping[str, int]
    claims: Mapping[str, int]
    failures: tuple[tuple[str, str], ...]
    judged: int

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not any(self.counts.get(outcome, 0) for outcome in FAILURES)


def plan(options: Options, parts: Sequence[str] | None = None) -> list[Unit]:
    """Every unit of the parts asked for (default: all), in the order of ``PARTS``.

    Raises EmptySelectionError when there is nothing to do: a run that checks nothing must not read as a success.
    """
    units: list[Unit] = []
    for name, module in PARTS.items():
        if parts is None or name in parts:
            units += importlib.import_module(module).plan(options)
    if not units:
        raise EmptySelectionError(f"nothing to check for {options}")
    return units


def run(
    options: Options,
    out: Path,
    executor: Executor,
    *,
    progress: Callable[[Done], None],
    units: Sequence[Unit],
    finish: Callable[[Path], Any],
) -> Summary:
    """Execute ``units`` and replace the folder ``out`` by the results.

    finish    called with the folder of the new result files before it is put in place (renders the page)
    Interrupted or failing at any time before the end, it leaves ``out`` as it was.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    done = execute(units, options, executor, progress)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".out-", dir=out.parent))
    try:
        summary = _write(folder, out, options, done, started, clock)
        finish(folder)
        _replace(out, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return summary


def _write(folder: Path, out: Path, options: Options, done: Sequence[Done], started: datetime, clock: float) -> Summary:
    comparisons, tables, claims, lemmas, derivations, figures, drawn, models = _sorted_rows(done)
    _add_to(tables, "tightness", tightness.rows(comparisons))
    _add_to(tables, "abstentions", abstentions.rows(comparisons, options))
    claims, lemmas = ledger.joined(claims, lemmas)
    claims = ledger.with_evidence(claims, comparisons, tables, derivations, drawn)
    suites = _suites(comparisons, tables, [*claims, *lemmas], derivations)
    counts = Counter(outcome for cases in suites.values() for _, outcome, _ in cases)
    verdicts = Counter(claim["verdict"] for claim in claims)

    write_json(folder / "claims.json", {"schema": ledger.SCHEMA, "claims": claims, "lemmas": lemmas})
    write_json(folder / "derivations.json", {"schema": derive.SCHEMA, "scores": derivations})
    write_json_lines(folder / "results.jsonl", comparisons)
    for name, rows in tables.items():
        write_csv(folder / "tables" / f"{name}.csv", rows)
    if models:
        write_json(folder / "model.json", {"schema": "attnproof.model/1", "summary": models})
    write_junit(folder / "junit.xml", suites)
    seconds = time.perf_counter() - clock
    write_json(
        folder / "run.json",
        {
            "schema": SCHEMA,
            "profile": options.profile,
            "seed": options.seed,
            "selection": asdict(options),
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            "versions": {"python": platform.python_version()} | _versions(),
            "device": _device(),
            "threads": 1,
            "commit": commit(),
            "counts": {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]},
            "suites": {name: dict(Counter(case[1] for case in cases)) for name, cases in suites.items()},
            "claims": dict(verdicts),
            "parts": _parts(done),
            "false_alarm": _false_alarm(),
            "figures": figures,
        },
    )
    failures = tuple(
        (case, reason or "") for cases in suites.values() for case, outcome, reason in cases if outcome in FAILURES
    )
    return Summary(out, seconds, counts, verdicts, failures, _judged(suites))


def _add_to(tables: dict[str, list[Row]], name: str, rows: list[Row]) -> None:
    """Rows made of the run's comparisons, before those of the table's own units; no table where there are neither."""
    if rows:
        tables[name] = [*rows, *tables.get(name, ())]


def _sorted_rows(
    done: Sequence[Done],
) -> tuple[
    list[Row], dict[str, list[Row]], list[Row], list[Row], list[Row], dict[str, Any], list[Row], list[Row]
]:  # comparisons, tables, claims, lemmas, derivations, figures of the run, figures drawn, models
    """The rows of all units by the file they belong to; a unit that raised becomes an ``error`` row."""
    comparisons: list[Row] = []
    # A table whose every unit broke is an empty file beside the errors, not a missing one.
    tables: dict[str, list[Row]] = {item.unit.part: [] for item in done if item.unit.part in TABLES}
    claims: list[Row] = []
    lemmas: list[Row] = []
    derivations: list[Row] = []
    figures: dict[str, Any] = {}
    drawn: list[Row] = []
    models: list[Row] = []
    for item in done:
        if item.error is not None:
            comparisons.append(_broken(item))
        for row in item.rows:
            table = row.get("table", item.unit.part)
            if table == "figure":
                figures[row["name"]] = row["value"]
            elif table == "checks":
                comparisons.append(row)
            elif table == "claims":
                claims.append({key: value for key, value in row.items() if key != "table"})
            elif table == "lemmas":
                lemmas.append({key: value for key, value in row.items() if key != "table"})
            elif table == "figures":
                drawn.append(row)
            elif table == "derivations":
                derivations.append({key: value for key, value in row.items() if key != "table"})
            elif table in TABLES:
                tables.setdefault(table, []).append(row)
            elif table == "model_summary":
                models.append({key: value for key, value in row.items() if key != "table"})
            else:
                raise ValueError(f"unit {item.unit.id!r} gave a row for an unknown table {table!r}")
    return comparisons, tables, claims, lemmas, derivations, figures, drawn, models


def _broken(item: Done) -> Row:
    error = item.error or ""
    return {
        "schema": "attnproof.results/1",
        "id": item.unit.id,
        "score": "",
        "implementation": "",
        "dtype": "",
        "device": "",
        "size": "",
        "input_class": "",
        "quantity": "*",
        "outcome": ERROR,
        "reason": f"unit raised: {error.strip().splitlines()[-1]}",
        "traceback": error,
    }


def _suites(
    comparisons: Sequence[Row],
    tables: Mapping[str, Sequence[Row]],
    claims: Sequence[Row],
    derivations: Sequence[Row],
) -> dict[str, list[tuple[str, str, str | None]]]:
    """Everything that was decided, as (id, outcome, reason)."""
    suites: dict[str, list[tuple[str, str, str | None]]] = {
        "comparisons": [(row["id"], row["outcome"], row["reason"]) for row in comparisons]
    }
    for name, rows in tables.items():
        suites[name] = [(row["id"], row["verdict"], row.get("reason")) for row in rows]
    rechecks = []
    for score in derivations:
        for found in score["rechecks"]:
            name = f"{found['system']}/{found['road']}/{found['sizes']}/{found['quantity']}"
            rechecks.append((name, PASS if found["holds"] else FAIL, found["detail"]))
        for found in score["planted"]:
            name = f"{score['name']}/planted/{found['name']}"
            rechecks.append((name, PASS if found["rejected"] else FAIL, found["detail"]))
    suites["rechecks"] = rechecks
    # A recorded proof whose step does not check is a failure; a claim without a proof is merely open.
    suites["proofs"] = [
        (
            claim.get("id") or f"lemma/{claim['name']}",
            FAIL if claim["verdict"] == "not decided" else PASS,
            claim.get("reason")
            or ("a step of its proof does not check" if claim["verdict"] == "not decided" else None),
        )
        for claim in claims
        if claim["steps"]
    ]
    return suites


def _judged(suites: Mapping[str, Sequence[tuple[str, str, str | None]]]) -> int:
    """How many comparisons were judged; where none was planned, how many table rows; without those, re-checks and proofs.

    A pass of one kind does not stand in for another: with every implementation skipped, proofs say nothing about them.
    """
    tables = [case for name, cases in suites.items() if name in TABLES for case in cases]
    cases = suites["comparisons"] or tables or [*suites["rechecks"], *suites["proofs"]]
    return sum(outcome in JUDGED for _, outcome, _ in cases)


def _parts(done: Sequence[Done]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in done:
        part = found.setdefault(item.unit.part, {"units": 0, "seconds": 0.0})
        part["units"] += 1
        part["seconds"] = round(part["seconds"] + item.seconds, 2)
    return found


def _false_alarm() -> dict[str, Any]:
    from attnproof.verify.statistics import FALSE_ALARM, FALSE_ALARM_SHARES, FALSE_ALARM_TOTAL

    return {"total": FALSE_ALARM, "limit": FALSE_ALARM_TOTAL, "shares": dict(FALSE_ALARM_SHARES)}


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in PACKAGES}
    for name in OPTIONAL_PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _device() -> dict[str, str]:
    import torch

    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": str(cores()),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }


def commit() -> str:
    """The commit of the source tree, with ``+changes`` when the tree differs from it; ``unknown`` outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return "unknown"

    def ask(*words: str) -> str:
        return subprocess.run(
            [git, "-C", str(root), *words], capture_output=True, text=True, check=False
        ).stdout.strip()

    head = ask("rev-parse", "--short=12", "HEAD")
    return (head or "unknown") + ("+changes" if ask("status", "--porcelain") else "")


@contextmanager
def _deferred_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back for the moment in which the old report is swapped for the new one."""
    pending: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, _: pending.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if pending:
        raise KeyboardInterrupt


def _replace(out: Path, folder: Path) -> None:
    """Put ``folder`` in the place of ``out``."""
    folder.chmod(0o755)  # mkdtemp makes it private
    with _deferred_interrupt():
        if not out.exists():
            folder.rename(out)
            return
        aside = Path(tempfile.mkdtemp(prefix=".out-old-", dir=out.parent))
        try:
            out.rename(aside / "out")
            try:
                folder.rename(out)
            except OSError:
                (aside / "out").rename(out)
                raise
        except OSError:
            with suppress(OSError):  # it is not removed while the earlier report is still in it
                aside.rmdir()
            raise
        shutil.rmtree(aside, ignore_errors=True)
