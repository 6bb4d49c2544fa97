"""Bounds by derivatives: what errors of the worst signs do is within them, and they follow a program through layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from attnproof import UndecidedError, assert_close
from attnproof.verify.against.enclosing import Enclosed, enclosed
from attnproof.verify.against.evaluations import Evaluations, evaluations
from attnproof.verify.against.listening import heard
from attnproof.verify.against.sharpening import CURVATURES, curvature
from attnproof.verify.arithmetic.formats import Format
from attnproof.verify.reading.rounding.linear import value
from attnproof.verify.recording.recording import Operation

Tensor = torch.Tensor
LOW = Format("of 14 bits", 14, -126, 127)
U = LOW.unit_roundoff
HEADS, ROWS, WIDTH = 2, 4, 16


@pytest.fixture
def sharpened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Always, however much bounds by magnitudes say."""
    monkeypatch.setattr(Enclosed, "may_be_sharper", True)


class Perturbed:
    """Operations each result of which is off by a relative error of its own."""

    def __init__(self, errors: Tensor) -> None:
        self.errors, self.used = errors, 0

    def off(self, x: Tensor) -> Tensor:
        here = self.errors[self.used : self.used + x.numel()].reshape(x.shape)
        self.used += x.numel()
        return x * (1.0 + here)

    def summed(self, terms: Tensor, order: list[int]) -> Tensor:
        """Over the last axis, one after the other in an order."""
        first, *rest = order
        total = terms[..., first]
        for k in rest:
            total = self.off(total + terms[..., k])
        return total

    def product(self, a: Tensor, b: Tensor, order: list[int]) -> Tensor:
        return self.summed(self.off(a[..., :, None, :] * b.mT[..., None, :, :]), order)

    def softmax(self, x: Tensor, order: list[int], shift: bool) -> Tensor:
        powers = self.off(torch.exp(self.off(x - x.amax(-1, keepdim=True)) if shift else x))
        return self.off(powers / self.summed(powers, order)[..., None])

    def layer_norm(self, x: Tensor, order: list[int], once: bool) -> Tensor:
        n = x.shape[-1]
        mean = self.off(self.summed(x, order) / n)[..., None]
        away = self.off(x - mean)
        square = self.off(x * x) if once else self.off(away * away)
        variance = self.off(self.summed(square, order) / n)[..., None]
        variance = self.off(variance - self.off(mean * mean)) if once else variance
        return self.off(away * self.off(torch.rsqrt(self.off(variance + 1e-5))))


def reference(x: Tensor, w: Tensor, v: Tensor) -> Tensor:
    y = F.layer_norm(x, x.shape[-1:])
    return torch.softmax(y @ w, -1) @ v


def program(x: Tensor, w: Tensor, v: Tensor, errors: Tensor, random: np.random.Generator) -> tuple[Tensor, int]:
    own = Perturbed(errors)
    order = [int(k) for k in random.permutation(x.shape[-1])]
    keys = [int(k) for k in random.permutation(v.shape[-2])]
    shift, once = bool(random.integers(2)), bool(random.integers(2))
    y = own.layer_norm(x, order, once)
    return own.product(own.softmax(own.product(y, w, order), keys, shift), v, keys), own.used


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.usefixtures("sharpened")
def test_errors_of_the_worst_signs_in_random_orders_are_within_the_bound(seed: int) -> None:
    """To first order the worst there is: every operation errs by its whole roundoff, in the direction that hurts."""
    random = np.random.default_rng(seed)
    x, w, v = (torch.tensor(random.normal(size=shape)) for shape in ((3, 6), (6, 5), (5, 4)))
    (found,) = enclosed(heard(reference, (x, w, v)).recording, Evaluations(LOW, LOW)).values()
    state = random.integers(1 << 30)
    _, count = program(x, w, v, torch.zeros(5000, dtype=torch.float64), np.random.default_rng(state))
    errors = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    exact, _ = program(x, w, v, errors, np.random.default_rng(state))
    worst = 0.0
    for at in np.ndindex(tuple(exact.shape)):
        (slopes,) = torch.autograd.grad(exact[at], errors, retain_graph=True)
        made, _ = program(x, w, v, U * torch.sign(slopes), np.random.default_rng(state))
        worst = max(worst, abs(float(made[at]) - found.value[at]) / found.bound.bound[at])
    assert 0.02 < worst < 1.0  # within it, and not by much more than the roundings that are counted and not made


def parameters(layers: int, random: torch.Generator) -> list[dict[str, Tensor]]:
    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random) / math.sqrt(shape[-1])

    shapes = {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "o": (WIDTH, WIDTH)}
    shapes |= {"up": (2 * WIDTH, WIDTH), "down": (WIDTH, 2 * WIDTH)}
    return [{name: drawn(*shape) for name, shape in shapes.items()} for _ in range(layers)]


def heads(x: Tensor) -> Tensor:
    return x.reshape(len(x), HEADS, -1).transpose(0, 1)


def plain(x: Tensor, layers: list[dict[str, Tensor]]) -> Tensor:
    for own in layers:
        y = F.layer_norm(x, (WIDTH,))
        q, k, v = (heads(y @ own[name].mT) for name in "qkv")
        context = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v
        x = x + context.transpose(0, 1).reshape(x.shape) @ own["o"].mT
        x = x + F.gelu(F.layer_norm(x, (WIDTH,)) @ own["up"].mT) @ own["down"].mT
    return x


def otherwise(x: Tensor, layers: list[dict[str, Tensor]]) -> Tensor:
    """The same: one-pass variances, no shift of the scores, sums in another order, one matrix for all projections."""
    turned = torch.arange(WIDTH - 1, -1, -1)

    def normal(x: Tensor) -> Tensor:
        mean = x.sum(-1, keepdim=True) / WIDTH
        return (x - mean) * torch.rsqrt((x * x).sum(-1, keepdim=True) / WIDTH - mean * mean + 1e-5)

    for own in layers:
        y = normal(x)[:, turned] @ torch.cat([own["q"] / math.sqrt(WIDTH // HEADS), own["k"], own["v"]])[:, turned].mT
        q, k, v = (heads(part) for part in y.chunk(3, -1))
        powers = torch.exp(q @ k.mT)
        context = (powers @ v) / powers.sum(-1, keepdim=True)
        x = torch.addmm(x, context.transpose(0, 1).reshape(x.shape), own["o"].mT)
        h = normal(x) @ own["up"].mT
        x = x + (0.5 * h * (1.0 + torch.erf(h * math.sqrt(0.5)))) @ own["down"].mT
    return x


@pytest.fixture(scope="module")
def model() -> tuple[Tensor, list[dict[str, Tensor]]]:
    random = torch.Generator().manual_seed(0)
    return torch.randn(ROWS, WIDTH, generator=random), parameters(4, random)


@pytest.mark.parametrize("layers", [1, 4])
def test_four_layers_of_a_transformer(layers: int, model: tuple[Tensor, list[dict[str, Tensor]]]) -> None:
    x, every = model
    own = every[:layers]
    for right in (plain, otherwise):
        assert_close(right(x, own), plain, x, own)
    assert_close(plain(x.double(), [{n: w.double() for n, w in each.items()} for each in own]).float(), plain, x, own)
    with pytest.raises(AssertionError, match=r"1\.01 times"):
        assert_close(plain(x, own) * 1.01, plain, x, own)
    wrong: list[Callable[..., Any]] = [
        lambda each: {**each, "q": each["q"] * 1.02},
        lambda each: {**each, "up": each["up"] * 1.02},
    ]
    for change in wrong:
        with pytest.raises(AssertionError):
            assert_close(plain(x, [change(own[0]), *own[1:]]), plain, x, own)


def test_a_half_format_rounds_between_operations_more_than_a_fault_would_change(
    model: tuple[Tensor, list[dict[str, Tensor]]],
) -> None:
    """Four layers that are kept in bf16 between operations are off by per cents: nothing can be said of one."""
    x, every = model
    x, own = x.bfloat16(), [{name: w.bfloat16() for name, w in each.items()} for each in every]
    made = plain(x, own)
    exact = plain(x.double(), [{name: w.double() for name, w in each.items()} for each in own])
    assert float(torch.median((made.double() - exact).abs() / exact.abs())) > 0.004
    with pytest.raises(UndecidedError):
        assert_close(made, plain, x, own)
    assert_close(exact.bfloat16(), plain, x, own, computed_in="fp32")
    with pytest.raises(AssertionError):
        assert_close((exact * 1.02).bfloat16(), plain, x, own, computed_in="fp32")


@pytest.mark.usefixtures("sharpened")
def test_a_divisor_that_may_be_zero_has_no_bound() -> None:
    def small(x: Tensor) -> Tensor:
        return 1.0 / (x.sum(-1) - x.sum(-1) + 1e-9)

    (found,) = enclosed(heard(small, (torch.randn(3, 4),)).recording, evaluations("fp32")).values()
    assert not found.bound.finite


@pytest.mark.usefixtures("sharpened")
def test_a_part_of_what_an_operation_made() -> None:
    """The rest of it is not wanted, before and behind."""

    def middle(x: Tensor) -> Tensor:
        return torch.exp(torch.tanh(torch.exp(x))[1:3, 1:3] @ x[:2])[0, 1:2]

    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    (found,) = enclosed(heard(middle, (x,)).recording, evaluations("fp32")).values()
    assert found.bound.bound.max() < 1e-4


@pytest.mark.usefixtures("sharpened")
def test_masked_scores_have_bounds() -> None:
    def masked(x: Tensor) -> Tensor:
        return torch.softmax(torch.where(x > 0.0, x, -math.inf), -1)

    x = torch.tensor([[0.5, -1.0, 2.0], [1.0, 1.5, 2.5]])
    found: Enclosed = next(iter(enclosed(heard(masked, (x,)).recording, evaluations("fp32")).values()))
    assert found.bound.finite
    assert found.bound.bound.max() < 1e-4


@pytest.mark.parametrize("name", [*CURVATURES, "power 3", "power -0.5", "power 2"])
def test_curvatures_are_of_second_derivatives(name: str) -> None:
    """Beside second differences, anywhere within the distance."""
    word, _, exponent = name.partition(" ")
    attributes = {"exponent": float(exponent)} if exponent else {}
    operation = Operation(word, (np.zeros(1, np.int64),), np.zeros(1, np.int64), attributes)
    x, e, h = np.array([0.7, 1.3, 2.5]), np.array([0.1, 0.4, 0.6]), 1e-4
    most = curvature(operation, x, e)
    for part in np.linspace(-1.0, 1.0, 41):
        y = x + part * (e - h)
        second = (value(operation, [y + h]) - 2.0 * value(operation, [y]) + value(operation, [y - h])) / h**2
        assert np.all(np.abs(second) <= most + 1e-5)
