"""The judge on pairs: what computes the same passes, what does not is accused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from pairs import Pair
from pairs_held_back import HELD_BACK
from pairs_known import KNOWN

from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of


def judged(pair: Pair, candidate: Any) -> Judgement:
    reference, own = pair.frameworks
    return judge(
        problem_of(candidate, pair.reference, pair.inputs, frameworks=(own, reference), gradients=pair.gradients)
    )


ORDINARY = ("softmax", "gelu", "state", "softmax's range", "rms norm in jax")
EVERY = [
    pytest.param(pair, id=f"{k}-{pair.name}", marks=() if pair.name in ORDINARY else pytest.mark.slow)
    for k, pair in enumerate((*KNOWN, *HELD_BACK))
]


@pytest.mark.parametrize("pair", EVERY)
def test_what_computes_the_same_passes(pair: Pair) -> None:
    found = judged(pair, pair.right)
    assert found.outcome == "pass", found.text(verbose=True)


@pytest.mark.parametrize("pair", EVERY)
def test_what_does_not_is_accused(pair: Pair) -> None:
    found = judged(pair, pair.wrong)
    assert found.outcome == "fail", found.text(verbose=True)


def against(candidate: Callable[..., Any], reference: Callable[..., Any], inputs: str, **more: Any) -> Judgement:
    return judge(problem_of(candidate, reference, inputs, frameworks=("torch", "torch"), **more))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("softmax", "formula"), ("softmax's range", "range"), ("softmax's rounding", "rounding"), ("state", "state"),
        ("in place", "state"),
    ],
)  # fmt: skip
def test_the_kind_is_told(name: str, kind: str) -> None:
    (pair,) = (pair for pair in KNOWN if pair.name == name)
    assert judged(pair, pair.wrong).kind == kind


def test_gelu_by_tanh_is_told_from_gelu_even_in_bf16() -> None:
    """Their difference is far below what bf16 rounds off."""
    found = against(
        lambda x: torch.nn.functional.gelu(x, approximate="tanh"), torch.nn.functional.gelu, "x=4 3", dtype="bf16"
    )
    assert found.kind == "formula"


def test_a_more_accurate_program_is_right() -> None:
    def wide(x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(x.double(), -1).to(x.dtype)

    assert against(wide, lambda x: torch.softmax(x, -1), "x=4 3").ok


def test_a_polynomial_that_fp32_cannot_tell_from_an_exponential_is_right_in_fp32_alone() -> None:
    def near(x: torch.Tensor) -> torch.Tensor:
        return torch.exp(x) * (1 + 1e-10)

    assert against(near, torch.exp, "x=4 3").ok
    assert against(near, torch.exp, "x=4 3", dtype="fp64").kind == "formula"


def test_numbers_that_leave_and_come_back_accuse_nobody_of_a_formula() -> None:
    def leaves(x: torch.Tensor) -> Any:
        return x / float(x.detach().norm())

    def stays(x: torch.Tensor) -> Any:
        return x / x.detach().norm()

    found = against(leaves, stays, "x=4 3")
    assert found.outcome == "pass", found.text(verbose=True)
    assert any("Tensor.item" in words for words in found.unread)


def test_a_reference_whose_numbers_leave_and_come_back_accuses_nobody() -> None:
    """They are rounded to fp32 on the way: what comes of them is not the truth, and nobody has to meet it."""

    def stays(x: torch.Tensor) -> Any:
        return x / x.detach().norm()

    def leaves(x: torch.Tensor) -> Any:
        return x / torch.tensor(float(x.detach().norm().float() * 1.0001), dtype=x.dtype)

    found = against(stays, leaves, "x=4 3")
    assert found.outcome == "abstain", found.text(verbose=True)
    assert any("Tensor.item" in words or "float" in words for words in found.unread)


def test_what_has_no_rule_is_named_and_the_rest_is_judged() -> None:
    def two(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.softmax(x, -1), torch.linalg.matrix_exp(x)

    found = against(two, two, "x=3 3", gradients=False)
    status = {verdict.quantity: verdict.outcome for verdict in found.verdicts}
    assert status == {"result 0": "pass", "result 1": "abstain"}
    assert any("matrix_exp" in words for words in found.unread)


def test_sizes_around_the_programs_own_numbers_are_asked() -> None:
    def tiled(x: torch.Tensor) -> torch.Tensor:
        most = x.shape[-1] // 17 * 17
        return x[..., :most].sum(-1) if most else x.sum(-1)

    found = against(tiled, lambda x: x.sum(-1), "x=b n")
    assert found.kind == "formula"
    assert found.leading is not None
    assert "17 stands at" in found.leading.question


def test_a_mask_that_lets_nothing_through_is_asked() -> None:
    def zero(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return torch.where(mask, x, torch.zeros_like(x)).sum(-1)

    def first(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return torch.where(mask.any(-1), zero(x, mask), x[..., 0])

    found = against(first, zero, "x=2 9, mask=2 9:bool")
    assert found.kind == "formula"
    assert found.leading is not None
    assert found.leading.question == "mask all false"


def test_a_gradient_alone_may_be_wrong_and_parameters_count() -> None:
    own, other = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)

    class Detached(torch.nn.Linear):
        def forward(self, input: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.linear(input, self.weight) + self.bias.detach()

    assert against(own, other, "x=4 3").ok
    found = against(Detached(3, 2), other, "x=4 3")
    assert found.kind == "formula"
    assert {verdict.quantity for verdict in found.verdicts if verdict.outcome == "fail"} == {"grad.bias"}


@pytest.mark.parametrize(
    ("candidate", "inputs", "words"),
    [
        (torch.nn.Linear(3, 4), "x=4 3", "parameters do not fit"),
        (torch.tanh, "x=4 3", "has none"),
        (torch.nn.Linear(3, 2), "x=4 3, x=3", "twice"),
        (torch.nn.Linear(3, 2), "weight=4 3", "name of a parameter"),
        (torch.nn.Linear(3, 2), "x=4 5", "raised RuntimeError"),
    ],
)
def test_bad_input_is_said(candidate: Callable[..., Any], inputs: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        against(candidate, torch.nn.Linear(3, 2), inputs)


@pytest.mark.parametrize(
    ("layer", "formula"),
    [
        (torch.nn.functional.celu, lambda x: torch.where(x > 0, x, torch.expm1(x.clamp(max=0)))),
        (torch.nn.functional.hardshrink, lambda x: torch.where(x.abs() > 0.5, x, torch.zeros_like(x))),
        (torch.nn.functional.softshrink, lambda x: torch.where(x.abs() > 0.5, x - 0.5 * torch.sign(x), 0 * x)),
    ],
)
def test_activations_are_read(layer: Callable[..., Any], formula: Callable[..., Any]) -> None:
    found = against(layer, formula, "x=4 3")
    assert found.ok, found.text(verbose=True)
    assert not found.unread
    assert found.verdicts[0].algebra == found.verdicts[1].algebra == "equal"


def test_a_constant_is_no_worse_than_its_format() -> None:
    """1.0507009873554805 has no short name, and fp32 rounds it: no error of the program."""
    jax = pytest.importorskip("jax")
    problem = problem_of(jax.nn.selu, torch.nn.functional.selu, "x=4 3", frameworks=("jax", "torch"))
    found = judge(problem)
    assert found.ok, found.text(verbose=True)


def test_a_mapping_is_taken_by_its_keys_in_whatever_order() -> None:
    def reference(x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"sine": x.sin(), "cosine": x.cos()}

    assert against(lambda x: {"cosine": x.cos(), "sine": x.sin()}, reference, "x=4 3").ok
    assert against(lambda x: (x.sin(), x.cos()), reference, "x=4 3").ok
    assert against(lambda x: (x.sin(), x.cos()), reference, "x=4 3", results=("sine", "cosine")).ok
    found = against(lambda x: {"cosine": x.sin(), "sine": x.cos()}, reference, "x=4 3")
    assert found.outcome == "fail"
    assert "FAULT FOUND (formula), sine" in found.diagnosis


@pytest.mark.parametrize("whole", [lambda x: torch.tanh(x).long(), lambda x: x > 0])
def test_whole_numbers_in_place_of_others_are_a_fault(whole: Callable[..., Any]) -> None:
    found = against(whole, torch.tanh, "x=4 3")
    assert found.outcome == "fail"
    assert "fail (shape)  result, as given; whole numbers or truth values" in found.text(verbose=True)


def test_a_whole_number_that_is_treated_apart_is_asked_beside_others() -> None:
    """With two labels, 2 of five stands among few of those that are drawn first."""

    def kept(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(x, y, ignore_index=2)

    def over_all(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(x, y, ignore_index=2, reduction="sum") / y.numel()

    assert against(kept, kept, "x=2 5, y=2:int<5").ok
    assert against(over_all, kept, "x=2 5, y=2:int<5").kind == "formula"


def test_what_answers_in_its_format_alone_is_said_not_to_be_judged() -> None:
    def only_small_in_fp64(x: torch.Tensor) -> torch.Tensor:
        if x.dtype == torch.float64 and x.abs().max() > 100:
            raise TypeError("not in fp64")
        return torch.tanh(x)

    found = against(only_small_in_fp64, torch.tanh, "x=4 3")
    assert "it raised TypeError: not in fp64, in fp64" in found.text(verbose=True)


def test_the_line_of_a_backward_is_that_of_its_forward() -> None:
    class Halved(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(x)
            return torch.exp(x)

        @staticmethod
        def backward(ctx: Any, *seeds: torch.Tensor) -> torch.Tensor:
            return seeds[0] * torch.exp(ctx.saved_tensors[0]) / 2

    assert "asking_torch" not in against(lambda x: Halved.apply(x) * 2, torch.exp, "x=4 3").text(verbose=True)


def test_complex_tables_of_another_format_are_read() -> None:
    """Rotary positions by complex numbers, as many programs have them: the angles in fp64, then rounded."""

    def angles(x: torch.Tensor) -> torch.Tensor:
        return torch.arange(x.shape[0], dtype=torch.float64)[:, None] / torch.tensor([1.0, 3.0], dtype=torch.float64)

    def by_parts(x: torch.Tensor) -> torch.Tensor:
        turned, (one, other) = angles(x), (x[:, 0::2], x[:, 1::2])
        cosine, sine = turned.cos().to(x.dtype), turned.sin().to(x.dtype)
        return torch.stack([one * cosine - other * sine, one * sine + other * cosine], -1).flatten(1)

    def by_complex_numbers(x: torch.Tensor) -> torch.Tensor:
        pairs = torch.view_as_complex(x.reshape(x.shape[0], 2, 2).contiguous())
        turn = torch.complex(angles(x).cos(), angles(x).sin()).to(pairs.dtype)
        return torch.view_as_real(pairs * turn).flatten(1)

    assert against(by_complex_numbers, by_parts, "x=n 4").ok
    assert against(lambda x: by_complex_numbers(x.flip(0)).flip(0), by_parts, "x=n 4").outcome == "fail"


def test_a_sum_over_nothing_is_judged_at_a_size_of_one() -> None:
    """Rows in two halves and merged: at a size of 1 the first has no key."""

    def halves(x: torch.Tensor) -> torch.Tensor:
        middle = x.shape[1] // 2
        return torch.logaddexp(torch.logsumexp(x[:, :middle], -1), torch.logsumexp(x[:, middle:], -1))

    found = against(halves, lambda x: torch.logsumexp(x, -1), "x=n m")
    assert found.ok, found.text(verbose=True)
    assert "all sizes 1" in found.asked
