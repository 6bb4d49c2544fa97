from __future__ import annotations

from pathlib import Path

import pytest

from attnproof.verify.run.place import place_for_report

RUN = '{"schema": "attnproof.run/1"}'


def report(folder: Path) -> Path:
    (folder / "tables").mkdir(parents=True)
    (folder / "run.json").write_text(RUN)
    (folder / "index.html").write_text("page")
    (folder / "tables" / "variance.csv").write_text("id")
    return folder


def test_new_empty_and_earlier_report_folders_are_places(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    earlier = report(tmp_path / "earlier")
    for folder in (tmp_path / "empty", earlier, tmp_path / "new", tmp_path / "a" / "b" / "new"):
        place_for_report(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier", "empty"]  # looking leaves nothing behind


@pytest.mark.parametrize("name", ["notes.txt", "tables/thesis.tex", "tables/old/variance.csv", "figures/a.svg"])
def test_a_report_with_a_file_of_the_reader_in_it_is_not_replaced(tmp_path: Path, name: str) -> None:
    path = report(tmp_path / "report") / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("years of work")
    with pytest.raises(ValueError, match="holds other files than a report"):
        place_for_report(tmp_path / "report")


@pytest.mark.parametrize("content", [None, "", '{"schema": "wandb.run/1"}'])
def test_files_of_the_same_names_are_not_a_report(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "index.html").write_text("my site")
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(ValueError, match=r"no run\.json of a run"):
        place_for_report(tmp_path)


def test_a_mount_point_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda path: path == tmp_path)
    with pytest.raises(ValueError, match="is a mount point"):
        place_for_report(tmp_path)
    place_for_report(tmp_path / "inside")


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    for folder in (tmp_path / "f", tmp_path / "f" / "g"):
        with pytest.raises(ValueError, match="is a file; expected a folder"):
            place_for_report(folder)
