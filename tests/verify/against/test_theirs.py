"""What a program raises is its answer; what we raise is never told as a program's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import jax.numpy as jnp
import numpy as np
import pytest
import torch

from attnproof import assert_close
from attnproof.verify.against import session
from attnproof.verify.against.apart import apart
from attnproof.verify.against.api import judge as by_name
from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of
from attnproof.verify.against.question import Question
from attnproof.verify.outcome import VerifierError
from attnproof.verify.recording.in_jax.recorder import JaxRecorder
from attnproof.verify.recording.in_numpy.recorder import NumpyRecorder
from attnproof.verify.recording.in_torch.recorder import TorchRecorder
from attnproof.verify.recording.in_torch.writer import RULES

PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "torch": torch.tanh,
    "jax": jnp.tanh,
    "numpy": np.tanh,
}
RECORDERS: dict[str, type] = {"torch": TorchRecorder, "jax": JaxRecorder, "numpy": NumpyRecorder}
LIBRARIES = tuple(PROGRAMS)


def against(candidate: Callable[..., Any], library: str = "torch", reference: Any = None) -> Judgement:
    made = problem_of(candidate, reference or PROGRAMS[library], "x=4 3", frameworks=(library, library))
    return judge(made, sizes=False)


def a_bug(*_: Any, **__: Any) -> NoReturn:
    raise KeyError("a bug of ours")


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("where", ["input", "call"])
def test_a_bug_of_the_recorder_is_raised(library: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RECORDERS[library], where, a_bug)
    with pytest.raises(KeyError, match="a bug of ours"):
        against(PROGRAMS[library], library)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_bug_beside_the_programs_backward_is_raised(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Question, "cotangent", a_bug)
    with pytest.raises(KeyError, match="a bug of ours"):
        against(PROGRAMS[library], library)


def test_a_bug_while_rows_are_looked_for_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TorchRecorder, "call", a_bug)
    with pytest.raises(KeyError, match="a bug of ours"):
        assert_close(torch.zeros(200, 4), torch.tanh, torch.zeros(200, 4), rows=8)


def test_a_bug_at_other_sizes_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def compared(_: Any, __: Any, questions: Sequence[Question], *more: Any) -> Any:
        if questions[0].given["x"].shape != (4, 3):
            raise ValueError("a bug of ours")
        return {}

    monkeypatch.setattr(session, "compared", compared)
    made = problem_of(torch.tanh, torch.tanh, "x=a b", sizes="a=4, b=3", frameworks=("torch", "torch"))
    with pytest.raises(ValueError, match="a bug of ours"):
        judge(made)


def test_a_bug_in_the_judges_process_is_told_as_ours() -> None:
    given = {"candidate": "math:exp", "reference": "math:exp", "inputs": 3}
    with pytest.raises(VerifierError, match="the verifier itself broke"):
        apart(by_name, given, 60.0)


def test_a_bug_of_a_rule_is_told_as_the_recorders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "tanh", lambda w, _: w.tape.values(np.array([10**9])))
    found = against(PROGRAMS["torch"])
    assert found.outcome == "abstain"
    assert "the recorder raised IndexError" in found.text(), found.text()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("error", [KeyError("of theirs"), SystemExit(0)])
def test_what_a_program_raises_is_its_answer(library: str, error: BaseException) -> None:
    def raises(_: Any) -> NoReturn:
        raise error

    found = against(raises, library)
    assert (found.outcome, found.kind) == ("fail", "error")
    assert type(error).__name__ in found.text()


def test_what_a_programs_backward_raises_is_its_answer() -> None:
    class Odd(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return torch.tanh(x)

        @staticmethod
        def backward(ctx: Any, *seeds: Any) -> Any:
            raise KeyError("of theirs")

    found = against(Odd.apply)
    assert (found.outcome, found.kind) == ("fail", "error")
    assert "of theirs" in found.text()


def test_a_reference_that_raises_raises_in_a_test() -> None:
    with pytest.raises(ZeroDivisionError):
        assert_close(torch.zeros(3), lambda x: x * (1 // 0), torch.zeros(3))


@pytest.mark.parametrize("library", LIBRARIES)
def test_complex_results_are_judged_by_both_parts(library: str) -> None:
    made: dict[str, tuple[Any, Any]] = {
        "torch": (lambda x: torch.complex(x, x.sin()), lambda x: torch.complex(x, x.cos())),
        "jax": (lambda x: x + 1j * jnp.sin(x), lambda x: x + 1j * jnp.cos(x)),
        "numpy": (lambda x: x + 1j * np.sin(x), lambda x: x + 1j * np.cos(x)),
    }
    one, other = made[library]
    assert against(one, library, one).ok, against(one, library, one).text(verbose=True)
    assert against(other, library, one).outcome == "fail"


def test_a_tensor_without_plain_numbers_is_no_answer() -> None:
    found = against(lambda x: torch.tanh(x).to_sparse())
    assert (found.outcome, found.kind) == ("fail", "error")
    assert "sparse" in found.text()
