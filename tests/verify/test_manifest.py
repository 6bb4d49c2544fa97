from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from made_reports import report

from attnproof.verify.run import manifest


def test_it_lists_every_file_with_its_digest(tmp_path: Path) -> None:
    files = manifest.read(report(tmp_path / "out"))
    assert files is not None
    assert sorted(files) == ["index.html", "run.json", "tables/variance.csv"]
    assert files["run.json"] == ("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",)  # sha256sum


def test_contents_are_files_links_and_empty_folders(tmp_path: Path) -> None:
    report(tmp_path / "out")
    (tmp_path / "out" / "empty").mkdir()
    (tmp_path / "out" / "link").symlink_to("tables")
    expected = ["empty/", "index.html", "link", "manifest.json", "run.json", "tables/variance.csv"]
    assert list(manifest.contents(tmp_path / "out")) == expected


def test_what_is_part_of_a_report(tmp_path: Path) -> None:
    folder = report(tmp_path / "out")
    files = manifest.read(folder)
    os.mkfifo(folder / "pipe")
    for name in ("run.json", "tables/variance.csv", "manifest.json", "tables/"):
        assert manifest.is_part(folder, name, files), name
        assert not manifest.is_part(folder, name, None), name
    (folder / "run.json").write_text("{ }")
    for name in ("run.json", "tables/mine.csv", "empty/", "pipe"):
        assert not manifest.is_part(folder, name, files), name


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"schema": "attnproof.report/2", "files": {}}',
        '{"schema": "attnproof.report/1", "files": []}',
        '{"schema": "attnproof.report/1", "files": {"run.json": "digest"}}',
        '{"schema": "attnproof.report/1", "files": {"../thesis.tex": []}}',
        '{"schema": "attnproof.report/1", "files": {"/etc/passwd": []}}',
    ],
    ids=lambda content: content[:60],
)
def test_what_is_no_manifest(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    assert manifest.read(tmp_path) is None


def test_a_link_or_a_pipe_is_no_manifest(tmp_path: Path) -> None:
    folder = report(tmp_path / "out")
    (folder / "manifest.json").rename(tmp_path / "elsewhere")
    (folder / "manifest.json").symlink_to(tmp_path / "elsewhere")
    assert manifest.read(folder) is None
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    assert manifest.read(folder) is None  # nor does reading it wait for a writer


def test_a_copy_holds_what_is_listed_and_nothing_else(tmp_path: Path) -> None:
    folder = report(tmp_path / "out")
    (folder / "tables" / "mine.csv").write_text("mine")
    (tmp_path / "copy").mkdir()
    manifest.copy_unedited(folder, tmp_path / "copy")
    assert list(manifest.contents(tmp_path / "copy")) == ["index.html", "run.json", "tables/variance.csv"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", "{ }", "edited since the run: run.json"),
        ("index.html", "my page", "edited since the run: index.html"),
        ("tables/variance.csv", None, "missing since the run: tables/variance.csv"),
        ("manifest.json", None, "no manifest.json of a run there"),
    ],
)
def test_an_edited_report_is_not_copied(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    folder = report(tmp_path / "out")
    (tmp_path / "copy").mkdir()
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    with pytest.raises(ValueError, match=message):
        manifest.copy_unedited(folder, tmp_path / "copy")


def test_a_page_may_be_missing(tmp_path: Path) -> None:
    folder = report(tmp_path / "out")
    (folder / "index.html").unlink()
    (tmp_path / "copy").mkdir()
    manifest.copy_unedited(folder, tmp_path / "copy")
    assert json.loads((tmp_path / "copy" / "run.json").read_text()) == {}
