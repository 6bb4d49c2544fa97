"""Checking against a score of one's own, ``file.py:name``, and with options of the formula after a plus: Python, the
command line, replay files, and what is told of mistakes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch

import attnproof
from attnproof.derivations.scores.own import pinned, shown
from attnproof.reports.commands import main as cli
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.reads import read
from attnproof.verify.checking.replaying import ReplayFileError, load

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "docs" / "examples"
ALGEBRA: Final[dict[str, Any]] = {"profile": "quick", "dtypes": ("fp64",), "properties": ("algebra",)}


def own(name: str) -> str:
    return f"{EXAMPLES / name}.py:{name}"


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def cosine(query, key, value, temperature):
    return torch.softmax(unit(query) @ unit(key).mT / temperature, -1) @ value


def cosine_times(query, key, value, temperature):
    return torch.softmax(unit(query) @ unit(key).mT * temperature, -1) @ value


def hidden(query, key, weight_query, weight_key):
    return (query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :]


def scaled_additive(query, key, value, weight_query, weight_key, v):
    z = hidden(query, key, weight_query, weight_key)
    return torch.softmax(torch.tanh(z) @ v / v.shape[0] ** 0.5, -1) @ value


def additive(query, key, value, weight_query, weight_key, v, bias_hidden=None):
    z = hidden(query, key, weight_query, weight_key)
    return torch.softmax(torch.tanh(z if bias_hidden is None else z + bias_hidden) @ v, -1) @ value


def biasless(query, key, value, weight_query, weight_key, v, bias_hidden=None):
    return additive(query, key, value, weight_query, weight_key, v)


def gatv2(query, key, value, weight_query, weight_key, v, slope=0.2):
    z = hidden(query, key, weight_query, weight_key)
    return torch.softmax(torch.nn.functional.leaky_relu(z, slope) @ v, -1) @ value


def gatv2_default_slope(query, key, value, weight_query, weight_key, v):
    return gatv2(query, key, value, weight_query, weight_key, v, slope=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("score", "right", "wrong", "says"),
    [
        ("cosine", cosine, cosine_times, "the scores have a factor that is not theirs"),
        ("scaled_additive", scaled_additive, additive, "no scale"),
        ("gatv2", gatv2, gatv2_default_slope, "99 relu"),
    ],
)
def test_a_right_one_equals_it_exactly_and_a_wrong_one_is_told(score: str, right: Any, wrong: Any, says: str) -> None:
    report = attnproof.check(right, own(score), **ALGEBRA)
    assert report.ok, report.summary()
    found = read(report)
    assert found is not None
    assert found.equal > found.samples  # cosine: squares of rows with stride 0 have no root
    assert f"{score}.py:{score}: NO FAULT FOUND" in report.summary()
    assert "#" not in report.summary()  # the digest is for programs
    report = attnproof.check(wrong, own(score), shrink=False, **ALGEBRA)
    assert "FAULT FOUND (algebra)" in report.diagnosis
    assert re.search(says, report.diagnosis)


def test_an_option_of_the_formula_is_an_argument_that_is_asked_for() -> None:
    assert Declaration("a:b", "additive+bias_hidden+softcap").takes == ("bias_hidden", "softcap")
    assert attnproof.check(biasless, "additive", **ALGEBRA).ok
    report = attnproof.check(biasless, "additive+bias_hidden", shrink=False, **ALGEBRA)
    assert "bias_hidden" in report.diagnosis or "FAULT FOUND (algebra)" in report.diagnosis
    assert attnproof.check(additive, "additive+bias_hidden", **ALGEBRA).ok


@pytest.mark.parametrize(
    ("score", "says"),
    [
        ("additive+bias_hiden", "did you mean bias_hidden"),
        ("dot+bias_hidden", "option of dot 'bias_hidden'"),
        (f"{own('cosine')}+bias_hidden", "option of cosine 'bias_hidden'"),
        (own("cosine").replace(":cosine", ":cosin"), "did you mean cosine"),
        ("cosine", r"expected one of dot, .*file\.py:name"),
        ("{folder}/crash.py:x", "crash.py:3: ended its process|crash.py:3: AssertionError|crash.py.*status 7"),
        ("{folder}/loop.py:x", r"loop.py:2: did not end within 0\.3 s"),
    ],
)
def test_a_mistake_in_a_score_is_one_line(
    score: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "crash.py").write_text("import os\n\nos._exit(7)\n", encoding="utf-8")
    (tmp_path / "loop.py").write_text("x = 0\nwhile True: x += 1\n", encoding="utf-8")
    monkeypatch.setattr("attnproof.derivations.scores.trial.SECONDS", 0.3)
    score = score.format(folder=tmp_path)
    with pytest.raises(ValueError, match=says) as raised:
        attnproof.check(cosine, score)
    assert "\n" not in str(raised.value)
    for command in ("check", "read"):
        assert cli.main([command, "math:sqrt", "--score", score]) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_a_replay_file_names_the_score_and_does_not_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text((EXAMPLES / "cosine.py").read_text(encoding="utf-8"), encoding="utf-8")
    declared = {**ALGEBRA, "properties": ("values",), "save_to": "saved"}
    report = attnproof.check(
        cosine_times, "mine.py:cosine", **declared
    )  # shrinks past queries of 0, which have no score
    assert report.commands["values"].endswith("--score mine.py:cosine")
    file = report.files["values"]
    saved = load(Path(file))
    assert "score" not in saved.described
    assert saved.names["score"] == "mine.py:cosine"
    again = saved.declaration({"target": "a:b", "score": "mine.py:cosine"})
    assert again.score == pinned("mine.py:cosine")
    assert set(saved.case(again.score).inputs) == {"query", "key", "value", "temperature"}
    with pytest.raises(ReplayFileError, match="other names or shapes"):
        saved.case("dot")
    Path("target.py").write_text(TARGET, encoding="utf-8")
    command = ["replay", file, "target.py:f"]
    assert cli.main(command) == 2
    assert "names score 'mine.py:cosine', and nothing is run" in capsys.readouterr().err
    assert cli.main([*command, "--score", "mine.py:cosine"]) == 1
    assert "target.py:f as mine.py:cosine: FAULT FOUND" in capsys.readouterr().out

    arrays = dict(np.load(file, allow_pickle=False))
    meta = json.loads(str(arrays.pop("meta")))
    meta["declaration"]["score"] = own("cosine")  # what a file says is not run
    np.savez(file, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays)
    with pytest.raises(ReplayFileError, match="unknown score"):
        load(Path(file))


TARGET: Final = """
import torch
def f(query, key, value, temperature):
    q, k = (x / x.norm(dim=-1, keepdim=True) for x in (query, key))
    return torch.softmax(q @ k.mT * temperature, -1) @ value
"""


def test_names_for_people_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    assert shown(pinned("cosine.py:cosine")) == "cosine.py:cosine"
    monkeypatch.chdir(tmp_path)
    assert shown(pinned(own("cosine"))) == own("cosine")
    assert shown("dot") == "dot"
