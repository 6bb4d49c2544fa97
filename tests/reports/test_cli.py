from __future__ import annotations

from pathlib import Path

import pytest

from derivations.claims import CLAIMS
from reports import cli
from verify.options import DTYPES, SCORES


def options(*words: str):
    return cli._options(cli._parser().parse_args(["verify", *words]))


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
    assert "bias_invariance" in cli._parts(found)
    assert "variance" not in cli._parts(found)


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
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["verify", "--dtype", "fp8"], "fp64"),
        (["verify", "--device", "tpu"], "cuda"),
        (["verify", "--profile", "fast"], "thorough"),
        (["verify", "--seed", "-1"], "-1 is negative"),
        (["verify", "--seed", "x"], "invalid"),
        (["verify", "--workers", "0"], "at least one worker"),
        (["verfy"], "verify"),
        ([], "command"),
    ],
)
def test_bad_arguments_exit_with_2_and_say_what_was_expected(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 2
    assert named in capsys.readouterr().err


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


def test_report_without_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--out", str(tmp_path)]) == 2
    assert "no run.json there" in capsys.readouterr().err
