"""``nox -s bench``: measure everything, print the ratios, and write what the report shows:
``python -m attnproof.verify.bench [--brief] [FILE]``.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from attnproof.verify.bench import cuda
from attnproof.verify.bench.record import measured
from attnproof.verify.run.files import write_json


def tables(record: dict[str, Any]) -> list[Table]:
    """One table for each group of sides that did the same work: medians, and ratios to the first."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in record["timings"]:
        groups[row["group"], row.get("n"), row.get("d"), row.get("dtype"), row.get("backward")].append(row)
    found = []
    for (group, n, d, dtype, backward), rows in groups.items():
        what = "" if n is None else f", n = {n}, d = {d}, {dtype}, {'with backward' if backward else 'forward'}"
        table = Table("side", "median", "least", "calls", f"times {rows[0]['name']}", title=f"{group}{what}")
        for row in rows:
            seconds = f"{row['median'] * 1e3:.3g} ms", f"{row['least'] * 1e3:.3g} ms"
            table.add_row(row["name"], *seconds, str(row["repeats"]), f"{row['median'] / rows[0]['median']:.3g}")
        found.append(table)
    memory = Table("side", "", "peak beyond its arguments", title="memory")
    for row in record["memory"]:
        memory.add_row(
            row["name"], "with backward" if row["backward"] else "forward", f"{row['bytes'] / 2**20:.1f} MiB"
        )
    return [*found, memory]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m attnproof.verify.bench", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="where the record goes (JSON); default: printed only")
    parser.add_argument("--quick", action="store_true", help="one small size of each, to see that it works")
    parser.add_argument("--brief", action="store_true", help="without the sides that take half a minute a call")
    given = parser.parse_args()

    def keep(record: dict[str, Any]) -> None:
        if given.file is not None:
            given.file.parent.mkdir(parents=True, exist_ok=True)
            write_json(given.file, record)

    console = Console()
    with console.status("measuring") as status:
        record = measured(status.update, quick=given.quick, brief=given.brief, keep=keep)
        record["cuda"] = cuda.measured(status.update, quick=given.quick)
        keep(record)
    for table in [*tables(record), *(tables(record["cuda"]) if record["cuda"]["timings"] else [])]:
        console.print(table)
    for row in record["cuda"]["floors"]:
        words = "with backward" if row["backward"] else "forward"
        console.print(f"CUDA, {words}: one special-function operation a term takes {row['seconds'] * 1e3:.3g} ms")
    for row in [*record["missing"], *record["cuda"]["missing"]]:
        console.print(f"not measured: {row['name']} ({row['reason']})", highlight=False)
    if given.file is not None:
        console.print(f"Record: {given.file}", highlight=False)


if __name__ == "__main__":
    main()
