"""Report folders made up for tests: of files that hold next to nothing."""

from __future__ import annotations

from pathlib import Path

from attnproof.verify.run import manifest

OLDER = {
    "run.json": '{"schema": "attnproof.run/1"}',
    "claims.json": '{"schema": "attnproof.claims/1"}',
    "derivations.json": '{"schema": "attnproof.derivations/1"}',
    "results.jsonl": "",
    "junit.xml": "<testsuites/>",
    "index.html": "page",
    "tables/variance.csv": "id",
    "recorded/bench.json": "{}",
    ".index-abc_1.html": "left by a run that was killed",
    ".DS_Store": "desktop",
}


def older(folder: Path) -> Path:
    """A report as versions before 0.2 wrote it."""
    for name, content in OLDER.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def report(folder: Path) -> Path:
    """A report of two files and its page."""
    (folder / "tables").mkdir(parents=True)
    (folder / "run.json").write_text("{}")
    (folder / "index.html").write_text("page")
    (folder / "tables" / "variance.csv").write_text("id")
    manifest.write(folder, manifest.of_files_in(folder))
    return folder
