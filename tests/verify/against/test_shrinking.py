"""Small failing inputs of the judge, their files, and asking again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.reports.commands.main import main
from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of
from attnproof.verify.against.replaying import SCHEMA, is_one, load, save
from attnproof.verify.checking.archives import write
from attnproof.verify.formats.again import judge_again

PROGRAMS = """
import torch


def reference(x, y):
    return torch.softmax(x, -1) @ y


def wrong(x, y):
    return torch.softmax(2.0 * x, -1) @ y


def kept(x, y, first=[]):
    first.append(x)
    return reference(x if first[0].shape != x.shape else first[0], y)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = torch.nn.Linear(2, 2)

    def forward(self, x):
        return self.lin(x)


class ModelNew(Model):
    def forward(self, x):
        return self.lin(x) * (1.0 if len(x) < 3 else 2.0)


def get_inputs():
    return [torch.rand(batch_size, 2)]


def get_init_inputs():
    return []


batch_size = 4
"""
INPUTS = "x=n k, y=k d"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "programs.py").write_text(PROGRAMS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shrunk(candidate: Callable[..., Any], reference: Callable[..., Any], inputs: str, **more: Any) -> Judgement:
    return judge(problem_of(candidate, reference, inputs, frameworks=("torch", "torch"), **more), shrink=True)


def reference(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.softmax(x, -1) @ y


def test_sizes_and_numbers_become_small() -> None:
    found = shrunk(lambda x, y: torch.softmax(2 * x, -1) @ y, reference, "x=n k, y=k d", sizes="n=5, k=6, d=4")
    assert found.example is not None
    (question,) = found.example.questions
    assert found.example.sizes == {"n": 1, "k": 2, "d": 1}  # one key has the weight 1, however it is scaled
    assert all(np.array_equal(4 * x, np.rint(4 * x)) for x in question.given.values())
    assert found.example.verdict.kind == "formula"


def test_it_stays_the_failure_that_it_was() -> None:
    """Without a shift an exponential overflows; smaller numbers would not."""

    def over(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        weights = torch.exp(x)
        return (weights / weights.sum(-1, keepdim=True)) @ y

    found = shrunk(over, reference, "x=n k, y=k d", sizes="n=3, k=4, d=2")
    assert found.kind == "range"
    assert found.example is not None
    assert found.example.verdict.kind == "range"
    assert np.abs(found.example.questions[-1].given["x"]).max() > 88.0


def test_sizes_around_a_programs_own_number_stay_beyond_it() -> None:
    def tiled(x: torch.Tensor) -> torch.Tensor:
        most = x.shape[-1] // 17 * 17
        return x[..., :most].sum(-1) if most else x.sum(-1)

    found = shrunk(tiled, lambda x: x.sum(-1), "x=b n")
    assert found.example is not None
    assert found.example.sizes == {"b": 1, "n": 18}


def test_a_file_asks_again(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["programs.py:wrong", "--against", "programs.py:reference"]
    assert main(["check", *given, "--inputs", INPUTS]) == 1
    assert f"asks again there: attnproof replay {(file := failure(programs))} " in capsys.readouterr().out
    assert main(["replay", file, *given]) == 1
    assert "FAULT FOUND (formula)" in capsys.readouterr().out
    assert main(["replay", file, "programs.py:reference", *given[1:]]) == 0
    assert "NO FAULT FOUND" in capsys.readouterr().out


def failure(folder: Path) -> str:
    (file,) = (folder / "attnproof-failures").iterdir()
    return str(file.relative_to(folder))


def test_what_is_kept_fails_again_in_another_process(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["programs.py:kept", "--against", "programs.py:reference"]
    assert main(["check", *given, "--inputs", INPUTS]) == 1
    assert "(state)" in capsys.readouterr().out.splitlines()[0]
    file = failure(programs)
    assert len(load(Path(file)).questions) == 2
    assert main(["replay", file, *given]) == 1
    assert "(state)" in capsys.readouterr().out.splitlines()[0]


def test_files_of_a_format_keep_their_sizes(programs: Path) -> None:
    given = ["programs.py", "--against", "programs.py"]
    assert main(["check", *given]) == 1
    file = Path(failure(programs))
    assert load(file).questions[-1].given["x"].shape == (4, 2)
    assert not judge_again("programs.py", "programs.py", file).ok


def test_a_file_runs_nothing_that_it_names(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "programs.py:wrong", "--against", "programs.py:reference", "--inputs", INPUTS])
    capsys.readouterr()
    file = failure(programs)
    (programs / "programs.py").write_text("raise SystemExit('run')\n", encoding="utf-8")
    for more in ([], ["--trust"], ["programs.py:wrong"]):
        assert main(["replay", file, *more]) == 2
        assert "nothing is run" in capsys.readouterr().err


def test_arrays_of_every_kind_come_back(tmp_path: Path) -> None:
    def two(x: torch.Tensor, mask: torch.Tensor, at: torch.Tensor, eps: float) -> torch.Tensor:
        return torch.where(mask, x, 0.0)[at] * eps

    inputs = "x=3 2, mask=3 2:bool, at=4:int<3, eps=:0.5"
    found = shrunk(lambda *given: two(*given) + 1.0, two, inputs)
    assert found.example is not None
    save(tmp_path / "a.npz", ("a", "b"), {"inputs": inputs}, found.example)
    again = load(tmp_path / "a.npz")
    assert again.options == {"inputs": inputs}
    for one, other in zip(again.questions, found.example.questions, strict=True):
        assert (one.said, one.seed, one.gradients, one.layout) == (
            other.said,
            other.seed,
            other.gradients,
            other.layout,
        )
        for name, value in one.given.items():
            assert type(value) is type(other.given[name])
            assert np.array_equal(value, other.given[name])
            assert getattr(value, "dtype", None) == getattr(other.given[name], "dtype", None)


QUESTION = {
    "said": "as given", "seed": 0, "gradients": ["x"], "tied": {}, "layout": "contiguous", "scaled": False,
    "given": {"x": {"kind": "float", "array": 0}},
}  # fmt: skip
META = {"schema": SCHEMA, "names": ["a", "b"], "options": {"inputs": "x=2"}, "questions": [QUESTION], "failed": ""}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"names": ["a"]}, "1 names"),
        ({"options": {"import": "os"}}, "option"),
        ({"options": {"sizes": "n=99999999"}}, "a size"),
        ({"options": {"gradients": 1}}, "gradients"),
        ({"options": []}, "options"),
        ({"questions": []}, "questions"),
        ({"questions": [{**QUESTION, "layout": "odd"}]}, "layout"),
        ({"questions": [{**QUESTION, "seed": -1}]}, "seed"),
        ({"questions": [{**QUESTION, "tied": {"y": "x"}}]}, "tied"),
        ({"questions": [{**QUESTION, "given": {"x": {"kind": "int", "array": 0}}}]}, "fractions"),
        ({"questions": [{**QUESTION, "given": {"x": {"kind": "float", "array": 1}}}]}, "a1"),
        ({"questions": [{**QUESTION, "given": {"x": {"value": []}}}]}, "list"),
    ],
)
def test_forged_files_are_refused(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    file = tmp_path / "forged.npz"
    write(file, META, {"a0": np.array([0.5, 1.0])})
    assert is_one(file)
    assert load(file).questions[0].given["x"].tolist() == [0.5, 1.0]
    write(file, {**META, **change}, {"a0": np.array([0.5, 1.0])})
    with pytest.raises(ValueError, match=words) as found:
        load(file)
    assert str(found.value).startswith(str(file))
    assert json.dumps(SCHEMA).strip('"') in str(found.value)
