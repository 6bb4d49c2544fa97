from __future__ import annotations

import os
from pathlib import Path

import pytest
from made_reports import older, report

from attnproof.verify.run.place import place_for_report, report_at


def test_new_empty_and_earlier_report_folders_are_places(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(report(tmp_path / "earlier"))
    (tmp_path / "dangling").symlink_to("later")
    emptied = report(tmp_path / "emptied")
    (emptied / "tables" / "variance.csv").unlink()
    (emptied / "tables" / ".DS_Store").write_text("desktop")
    for name in ("empty", "earlier", "emptied", "new", "a/b/new"):
        assert place_for_report(tmp_path / name) == tmp_path / name
    assert place_for_report(tmp_path / "link") == tmp_path / "earlier"
    assert place_for_report(tmp_path / "dangling") == tmp_path / "later"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["dangling", "earlier", "emptied", "empty", "link"]  # looking leaves nothing behind


def test_a_report_of_an_older_version_is_a_place(tmp_path: Path) -> None:
    assert place_for_report(older(tmp_path / "older")) == tmp_path / "older"
    assert report_at(tmp_path / "older") is not None


@pytest.mark.parametrize(
    "name", ["notes.txt", "tables/thesis.tex", "tables/mine.csv", "recorded/mine.json", "figures/a.svg", "empty/"]
)
def test_a_report_with_something_of_the_reader_in_it_is_not_replaced(tmp_path: Path, name: str) -> None:
    path = report(tmp_path / "report") / name
    (path if name.endswith("/") else path.parent).mkdir(exist_ok=True)
    if not name.endswith("/"):
        path.write_text("years of work")
    with pytest.raises(ValueError, match=f"holds what no run wrote: {name}; expected .*--force"):
        place_for_report(tmp_path / "report")
    assert place_for_report(tmp_path / "report", force=True) == tmp_path / "report"


def test_an_edited_file_is_the_readers(tmp_path: Path) -> None:
    (report(tmp_path / "report") / "tables" / "variance.csv").write_text("my numbers")
    with pytest.raises(ValueError, match=r"holds what no run wrote: tables/variance.csv \(edited\);"):
        place_for_report(tmp_path / "report")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", "mine"),
        ("tables/thesis.tex", "mine"),
        ("run.json", '{"schema": "wandb.run/1"}'),
        ("claims.json", "attnproof.claims/1"),
        ("junit.xml", None),
        ("derivations.json", None),
    ],
)
def test_what_is_not_quite_a_report_of_an_older_version_is_no_report(
    tmp_path: Path, name: str, content: str | None
) -> None:
    folder = older(tmp_path / "older")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    with pytest.raises(ValueError, match="holds what no run wrote"):
        place_for_report(folder)
    assert report_at(folder) is None


@pytest.mark.parametrize("content", [None, "", '{"schema": "attnproof.run/1"}', '{"schema": "wandb.run/1"}'])
def test_files_of_the_same_names_are_not_a_report(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "index.html").write_text("my site")
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(ValueError, match=r"holds what no run wrote: index\.html"):
        place_for_report(tmp_path)


def test_a_mount_point_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda path: path == tmp_path)
    with pytest.raises(ValueError, match="is a mount point"):
        place_for_report(tmp_path)
    place_for_report(tmp_path / "inside")


def test_the_current_and_the_home_folder_are_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    for folder, what in ((".", "current"), ("..", "current"), ("../home", "home")):
        with pytest.raises(ValueError, match=f"is or holds the {what} folder"):
            place_for_report(Path(folder), force=True)
    assert place_for_report(Path("../home/report")) == tmp_path / "home" / "report"


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    for name in ("f", "f/g", "pipe"):
        with pytest.raises(ValueError, match="is a file; expected a folder"):
            place_for_report(tmp_path / name, force=True)


def test_a_loop_of_links_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for name in ("a", "a/report"):
        with pytest.raises(ValueError, match="is a loop of symbolic links"):
            place_for_report(tmp_path / name, force=True)
