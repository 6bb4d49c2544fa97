"""``attnproof verify --score file.py:name``: a report of that score only, and mistakes that cost one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attnproof.derivations.scores.own import pinned
from attnproof.reports.commands import main as cli
from attnproof.reports.commands import verify

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
COSINE = f"{EXAMPLES / 'cosine.py'}:cosine"


@pytest.mark.slow
def test_a_report_of_one_score_through_worker_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    words = ["--profile", "quick", "--score", COSINE, "--dtype", "fp32", "--device", "cpu", "--workers", "1"]
    assert cli.main(["verify", *words, "--out", str(out)]) == 0
    capsys.readouterr()
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["score"] for row in rows} == {"cosine"}
    assert {row["outcome"] for row in rows} == {"pass"}
    (derived,) = json.loads((out / "derivations.json").read_text(encoding="utf-8"))["scores"]
    assert derived["name"] == "cosine"
    page = (out / "index.html").read_text(encoding="utf-8")
    assert 'id="score-cosine"' in page
    assert "cosine.py:cosine" in page
    assert r"\operatorname{Var} e_{ij} = \frac{1}{d \, {\tau}^{2}}" in page
    assert "def attention_backward" in derived["code"][0]["source"]
    assert json.loads((out / "claims.json").read_text(encoding="utf-8"))["claims"] == []
    assert cli.main(["report", "--out", str(out)]) == 0


def test_the_options_hold_the_digest_and_select_two_parts() -> None:
    found = verify.options(cli.parser().parse_args(["verify", "--score", COSINE, "--score", COSINE]))
    assert found.scores == (pinned(COSINE),)
    assert found.claims == ()
    assert verify.parts(found) == ("derive", "checks")


WRONG = """
from attnproof.derivations.language.notation import D, I, J, L, R
from attnproof.derivations.scores.own import score
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K, QUERY_SHARED as Q, SCORES
wrong = score("wrong", [Q, K], [Equation(SCORES, (I, J), total(Q[I, R] * K[L, R], (R, D)))])
"""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--score", "{folder}/wrong.py:wrong"], "index l in k[l, r] is not bound"),
        (["--score", "{folder}/wrong.py:wrong"], "in e[i, j] = Sum(k[l, r]*q[i, r]"),
        (["--score", "{folder}/none.py:wrong"], "none.py: cannot be read: No such file or directory"),
        (["--score", COSINE.replace(":cosine", ":cosin")], "did you mean cosine?"),
        (["--score", "cosine"], "'cosine' names no score; expected file.py:name"),
        (["--score", COSINE, "--only", "dot"], "--only selects built-in scores and claims"),
    ],
)
def test_a_mistake_costs_one_line_and_writes_nothing(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    out = tmp_path / "out"
    assert cli.main(["verify", *(word.format(folder=tmp_path) for word in words), "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert not out.exists()
