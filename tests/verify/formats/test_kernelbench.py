"""KernelBench's files as problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from format_files import MEAN, RIGHT, STATED

from attnproof.verify.against.judge import judge
from attnproof.verify.formats.opening import format_of, open_problem


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Any]:
    def open_(candidate: str, stated: str = STATED, **options: Any) -> Any:
        (tmp_path / "stated.py").write_text(stated, encoding="utf-8")
        (tmp_path / "new.py").write_text(candidate, encoding="utf-8")
        return open_problem(str(tmp_path / "new.py"), str(tmp_path / "stated.py"), **options)

    return open_


def results(problem: Any, draw: str, dtype: torch.dtype = torch.float64) -> list[Any]:
    given = [torch.tensor(x, dtype=dtype) for x in problem.drawn(1, draw).values()]
    return [side.call(*given) for side in (problem.reference, problem.candidate)]


@pytest.mark.parametrize("draw", ["theirs", "normal", "wide"])
def test_both_sides_compute_on_the_same_numbers(opened: Callable[..., Any], draw: str) -> None:
    problem = opened(RIGHT)
    assert problem.names == ("query", "key", "value", "project.weight", "project.bias")
    one, other = results(problem, draw)
    torch.testing.assert_close(one, other)


def test_their_inputs_hide_what_ours_show(opened: Callable[..., Any]) -> None:
    problem = opened(MEAN, at={"length": 64, "width": 16})
    (hidden, shown) = (
        float((one - other).abs().max()) for one, other in (results(problem, draw) for draw in ("theirs", "wide"))
    )
    assert hidden < 0.05
    assert shown > 1.0


def test_their_draws_are_the_files_own(opened: Callable[..., Any]) -> None:
    drawn = opened(RIGHT).drawn(7)
    torch.manual_seed(7)
    assert np.array_equal(drawn["query"], torch.rand(2, 3, 4).double().numpy())


def test_parameters_that_differ_stay_inside(opened: Callable[..., Any]) -> None:
    assert opened(MEAN).names == ("query", "key", "value")


def test_other_sizes(opened: Callable[..., Any]) -> None:
    problem = opened(RIGHT)
    assert dict(problem.sizes) == {"batch": 2, "length": 3, "width": 4, "heads_of": 2}
    other = problem.at({"width": 6, "length": 1})
    assert other.drawn(0)["query"].shape == (2, 1, 6)
    assert other.drawn(0)["project.weight"].shape == (6, 6)
    one, new = results(other, "normal")
    torch.testing.assert_close(one, new)
    with pytest.raises(ValueError, match="no size 'depth'"):
        problem.at({"depth": 2})


def test_state_does_not_pass_from_call_to_call(opened: Callable[..., Any]) -> None:
    counting = STATED.replace("return torch.softmax", "self.calls += 1\n        return self.calls * torch.softmax")
    counting = counting.replace(
        "super().__init__()", "super().__init__()\n        self.register_buffer('calls', torch.zeros(()))"
    )
    problem = opened(counting.replace("class Model(", "class ModelNew("), counting)
    assert torch.equal(results(problem, "wide", torch.float32)[1], results(problem, "wide", torch.float32)[1])


def test_what_draws_in_forward_draws_the_same(opened: Callable[..., Any]) -> None:
    noisy = STATED.replace(
        "return torch.softmax(scores, -1)", "return torch.dropout(torch.softmax(scores, -1), 0.5, True)"
    )
    one, other = results(opened(noisy.replace("class Model(", "class ModelNew("), noisy), "normal")
    assert torch.equal(one, other)


def test_the_format_is_found(opened: Callable[..., Any], tmp_path: Path) -> None:
    opened(RIGHT)
    assert format_of(str(tmp_path / "stated.py")) == "kernelbench"
    with pytest.raises(ValueError, match="of no format that is read here"):
        format_of(str(tmp_path / "new.py"))


@pytest.mark.parametrize(
    ("candidate", "stated", "said"),
    [
        ("class ModelNew:", STATED, "new.py is no Python file"),
        ("import nowhere_at_all", STATED, "new.py: running it raised ModuleNotFoundError"),
        ("x = 1", STATED, "new.py defines no 'ModelNew'"),
        ("def ModelNew(width): return 3", STATED, "its model is int"),
        ("def ModelNew(): return 3", STATED, "making its model raised TypeError"),
        (RIGHT, STATED.replace("torch.rand(", "torch.nothing("), r"get_inputs\(\) raised AttributeError"),
        (RIGHT, STATED.replace("class Model(", "class Other("), "defines no 'Model'"),
    ],
)
def test_a_bad_file_is_said_in_one_line(candidate: str, stated: str, said: str, opened: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        opened(candidate, stated, format_="kernelbench")
    assert len(str(raised.value).splitlines()) == 1


def test_no_file() -> None:
    with pytest.raises(ValueError, match=r"no file 'nowhere\.py'"):
        open_problem("nowhere.py", "nowhere.py")
    with pytest.raises(ValueError, match="unknown format 'xyz'"):
        open_problem(__file__, __file__, "xyz")


def test_what_it_does_at_other_sizes_is_no_fault(opened: Callable[..., Any]) -> None:
    """A kernel made for the sizes of its problem is a right one: the benchmark asks for no others."""
    fixed = RIGHT.replace("        projected", "        query = query + (query.shape[1] != 3)\n        projected", 1)
    found = judge(opened(fixed))
    assert found.ok
    elsewhere = {verdict.question: verdict for verdict in found.verdicts}["all sizes 2"]
    assert (elsewhere.outcome, elsewhere.algebra) == ("abstain", "differs")
    assert "claims nothing" in elsewhere.reason


def test_batch_norm_whose_running_averages_have_no_rule(opened: Callable[..., Any]) -> None:
    norm = STATED.replace("nn.Linear(width, width)", "nn.BatchNorm1d(length)")
    off = "off = query - query.mean((0, 2), keepdim=True)"
    var = "off / torch.sqrt((off * off).mean((0, 2), keepdim=True) + self.project.eps)"
    by_hand = norm.replace("class Model(", "class ModelNew(").replace(
        "scores = ", f"{off}\n        off = {var}\n        scores = "
    )
    gain = "(off * self.project.weight[:, None] + self.project.bias[:, None])"
    found = judge(opened(by_hand.replace("self.project(query)", gain), norm), sizes=False)
    assert found.ok, found.text()
