from __future__ import annotations

from pathlib import Path

import pytest

from attnproof.derivations.claims import CLAIMS
from attnproof.reports.commands import main as cli
from attnproof.reports.commands import verify
from attnproof.verify.options import DTYPES, SCORES


def options(*words: str):
    return verify.options(cli.parser().parse_args(["verify", *words]))


def test_default_is_everything() -> None:
    found = options()
    assert (found.profile, found.seed, found.scores, found.dtypes, found.claims) == (
        "standard",
        0,
        SCORES,
        DTYPES,
        None,
    )


def test_only_a_score_keeps_its_claims() -> None:
    found = options("--only", "additive")
    assert found.scores == ("additive",)
    assert found.claims is not None
    assert all("additive" in CLAIMS[name].scores for name in found.claims)


def test_only_a_claim_keeps_its_scores_and_tables() -> None:
    found = options("--only", "B1")
    assert found.claims == ("B1",)
    assert found.scores == tuple(name for name in SCORES if name in CLAIMS["B1"].scores)
    assert "bias_invariance" in verify.parts(found)
    assert "variance" not in verify.parts(found)
    assert "evidence" in verify.parts(found)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "aditive"], "unknown score or claim 'aditive'; did you mean additive?"),
        (["--only", "Z9"], "Scores: dot, scaled_dot"),
    ],
)
def test_an_unknown_name_lists_the_known_ones_and_exits_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", *words]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["verify", "--dtype", "fp8"], "fp64"),
        (["verify", "--device", "tpu"], "cuda"),
        (["verify", "--profile", "fast"], "thorough"),
        (["verify", "--seed", "-1"], "'-1' is not an integer from 0 on"),
        (["verify", "--seed", "x"], "'x' is not an integer from 0 on"),
        (["verify", "--seed", "1.5"], "'1.5' is not an integer from 0 on"),
        (["verify", "--workers", "0"], "'0' is not an integer from 1 on"),
        (["verify", "--out", ""], "the name of the folder is empty"),
        (["report", "--out", ""], "the name of the folder is empty"),
        (["verify", "stray"], "stray"),
        (["verfy"], "verify"),
        ([], "verify | report | claim"),
    ],
)
def test_bad_arguments_exit_with_2_and_say_what_was_expected(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert named in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_a_folder_with_other_things_in_it_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    assert cli.main(["verify", "--out", str(tmp_path)]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_file_is_not_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f").write_text("x")
    assert cli.main(["verify", "--out", str(tmp_path / "f")]) == 2
    assert "is a file; expected a folder" in capsys.readouterr().err


def test_where_nothing_can_be_written_is_found_before_anything_is_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "f").write_text("x")
    assert cli.main(["verify", "--out", str(tmp_path / "f" / "sub" / "report")]) == 2
    assert "is a file; expected a folder" in capsys.readouterr().err
    assert cli.main(["verify", "--out", "/proc/report"]) == 2  # nobody, not even root, can make a folder there
    assert "/proc/report: " in capsys.readouterr().err


class Stub:
    """What a run would have found; its folder is not read."""

    def __init__(self, ok: bool, judged: int) -> None:
        self.ok, self.judged, self.folder, self.seconds = ok, judged, Path("r"), 1.0
        self.counts, self.claims = {"skipped": 1}, {}
        self.failures = () if ok else (("a [b]", "c [/d]"),)


@pytest.mark.parametrize(("ok", "judged", "status"), [(True, 5, 0), (False, 5, 1), (False, 0, 1), (True, 0, 3)])
def test_a_run_that_judged_nothing_is_not_a_success(
    ok: bool,
    judged: int,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("attnproof.verify.run.runner.run", lambda *_, **__: Stub(ok, judged))
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    assert cli.main(["verify", "--only", "S5", "--out", str(tmp_path / "new")]) == status
    said = capsys.readouterr().out
    assert ("No implementation was judged" in said) == (judged == 0)
    assert ("failed a [b]: c [/d]" in said) == (not ok)


def test_what_goes_wrong_with_the_files_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("attnproof.verify.run.runner.run", full)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    assert cli.main(["verify", "--only", "S5", "--out", str(tmp_path / "new")]) == 1
    assert capsys.readouterr().err == (
        "attnproof: error: [Errno 28] No space left on device; the previous report is untouched\n"
    )


def test_report_without_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--out", str(tmp_path)]) == 2
    assert "no run.json there" in capsys.readouterr().err
