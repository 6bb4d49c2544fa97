"""Programs in the ring: right variants are equal to the last digit, and wrong ones are not, with three coefficients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from attnproof.derivations.ring.constants import recognise
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.kinds import UNDECIDED
from attnproof.derivations.ring.ring import Ring

N_Q, N_K, D_A, D_V = 2, 5, 3, 2


def same(ring: Ring, x: Elements, y: Elements) -> bool:
    equal, decided = ring.equal(x, y)
    return bool(equal.all() and decided.all())


def differ(ring: Ring, x: Elements, y: Elements) -> bool:
    equal, decided = ring.equal(x, y)
    return bool(decided.all() and not equal.any())


def softmax(x: Elements) -> Elements:
    e = x.exp()
    return e / column(e.sum(-1))


def column(x: Elements) -> Elements:
    return x.reshape([*x.shape, 1])


def streamed(scores: Elements, values: Elements, *, rescale: bool = True, epsilon: float = 0) -> Elements:
    """Attention in tiles of two keys, each shifted by its own first score, sums rescaled from shift to shift."""
    shift = scores[:, 0]
    mass = scores[:, :1].exp().sum(1) * (-shift).exp()
    total = column(mass) * values[0].reshape(1, -1)
    for start in range(1, scores.shape[1], 2):
        tile, rows = scores[:, start : start + 2], values[start : start + 2]
        factor = (shift - tile[:, 0]).exp()
        shift = tile[:, 0]
        e = (tile - column(shift)).exp()
        mass = (mass * factor if rescale else mass) + e.sum(1)
        total = total * column(factor) + e @ rows
    return total / column(mass + epsilon)


@pytest.fixture(params=[3, 16])
def ring(request: pytest.FixtureRequest) -> Ring:
    return Ring(request.param, seed=11)


def test_softmax_is_shift_invariant(ring: Ring) -> None:
    x, shift = ring.random((N_Q, N_K)), ring.random((N_Q, 1))
    assert same(ring, softmax(x), softmax(x + shift))
    assert differ(ring, softmax(x), softmax(x + 2 * x))


def test_streaming(ring: Ring) -> None:
    scores, values = ring.random((N_Q, N_K)), ring.random((N_K, D_V))
    truth = softmax(scores) @ values
    assert same(ring, streamed(scores, values), truth)
    assert differ(ring, streamed(scores, values, rescale=False), truth)
    assert differ(ring, streamed(scores, values, epsilon=1e-12), truth)


def test_additive_textbook_and_folded(ring: Ring) -> None:
    """``Σ_a v tanh(x_a + y_a)`` and, with e = E(2x) E(2y), ``Σ_a v − 2 Σ_a v / (1 + e)``: the constant cancels in the
    softmax.
    """
    x, y = ring.random((N_Q, 1, D_A)), ring.random((1, N_K, D_A))
    v, values = ring.random((D_A,)), ring.random((N_K, D_V))
    textbook = softmax(((x + y).tanh() * v).sum(-1)) @ values
    folded = ((v * -2) / (1 + (2 * x).exp() * (2 * y).exp())).sum(-1)
    assert same(ring, streamed(folded, values), textbook)
    assert differ(ring, softmax(((x + y) * v).sum(-1)) @ values, textbook)  # no tanh
    assert differ(ring, softmax(2 * folded) @ values, textbook)  # doubled scale
    single = ((v * -2) / (1 + x.exp() * y.exp())).sum(-1)
    assert differ(ring, softmax(single) @ values, textbook)  # half the argument


def test_scales(ring: Ring) -> None:
    scores, values = ring.random((N_Q, N_K)), ring.random((N_K, D_V))
    scale = ring.constant(recognise(1 / math.sqrt(80)))
    truth = softmax(scores * scale) @ values
    both = ring.constant(recognise(80**-0.25))
    assert same(ring, softmax(scores * both * both) @ values, truth)
    assert same(ring, softmax(scores / ring.constant(80).sqrt()) @ values, truth)
    assert differ(ring, softmax(scores / 80) @ values, truth)
    base_two = (scores * ring.constant(recognise(math.log2(math.e) / math.sqrt(80)))).exp2()
    assert same(ring, base_two / column(base_two.sum(-1)) @ values, truth)
    cut = (scores * scale * ring.constant(recognise(1.442695))).exp2()  # six decimals of log₂ e
    assert differ(ring, cut / column(cut.sum(-1)) @ values, truth)


def test_log_sum_exp(ring: Ring) -> None:
    x, shift = ring.random((N_Q, N_K)), ring.random((N_Q,))
    lse = x.exp().sum(-1).log()
    shifted = (x - column(shift)).exp().sum(-1).log() + shift
    assert same(ring, lse, shifted)
    assert same(ring, (x - column(shifted)).exp(), softmax(x))
    assert same(ring, lse - shifted, ring.zeros(()))
    assert differ(ring, lse, shifted + shift)
    assert same(ring, (lse * 3 + shifted).exp(), lse.exp().power(4))
    assert same(ring, (shifted - lse * 2).exp() * lse.exp(), ring.constant(1).broadcast_to((N_Q,)))
    log_two = x.exp().sum(-1).log2()
    assert same(ring, (x * ring.constant(recognise(math.log2(math.e))) - column(log_two)).exp2(), softmax(x))
    assert same(ring, log_two * ring.constant(recognise(math.log(2))), lse)
    left, right = x[:, :2].exp().sum(-1).log(), x[:, 2:].exp().sum(-1).log()
    assert same(ring, left + (1 + (right - left).exp()).log(), lse)  # logaddexp
    assert same(ring, (right - left).exp().log1p() + left, lse)
    assert same(ring, (left - lse).exp() + (right - lse).exp(), ring.constant(1).broadcast_to((N_Q,)))
    assert same(ring, (left - right).sigmoid(), (left - lse).exp())
    assert same(ring, ring.stack([left, right]).sum(0), left + right)
    assert ((lse / 7).exp().kinds() == UNDECIDED).any() or same(ring, (lse / 7).exp().power(7), lse.exp())
    merged = ring.stack([left, right], -1)
    assert same(ring, softmax(merged)[:, 0], (left - lse).exp())


def test_backward_by_log_sum_exp(ring: Ring) -> None:
    x, values, seed = ring.random((N_Q, N_K)), ring.random((N_K, D_V)), ring.random((N_Q, D_V))
    weights, lse = softmax(x), x.exp().sum(-1).log()
    slopes = seed @ values.transpose()
    truth = weights * (slopes - column((weights * slopes).sum(-1)))
    again = (x - column(lse)).exp()
    delta = ((weights @ values) * seed).sum(-1)
    assert same(ring, again * (slopes - column(delta)), truth)
    assert differ(ring, again * slopes, truth)


@pytest.mark.parametrize("mask", [-1e4, -1e9, float(np.finfo(np.float32).min), -65504.0, -math.inf])
def test_masks_by_a_large_constant(ring: Ring, mask: float) -> None:
    x, values = ring.random((N_Q, N_K)), ring.random((N_K, D_V))
    hidden = np.array([[0, 1, 0, 0, 1], [1, 0, 0, 1, 0]], bool)
    truth_mass = ring.where(hidden, ring.zeros(()), x.exp())
    truth = truth_mass / column(truth_mass.sum(-1))
    bias = ring.recognised(np.where(hidden, mask, 0.0))
    assert same(ring, softmax(x + bias), truth)
    assert same(ring, softmax((x + bias) * ring.constant(recognise(0.125))), softmax(x / 8 + bias))
    two = (x + bias) * ring.constant(recognise(math.log2(math.e)))
    assert same(ring, two.exp2() / column(two.exp2().sum(-1)), truth)
    assert same(ring, ((x + bias) / 3).tanh() * hidden, -1 * ring.constant(hidden.astype(int)))
    assert same(ring, softmax(x + bias) @ values, truth @ values)
    if math.isfinite(mask):
        assert same(ring, softmax(x + bias + bias), truth)
        everywhere = x + ring.recognised(np.full((2, 5), mask))
        assert same(ring, softmax(everywhere - everywhere[:, 2:3]), softmax(x))  # it cancels
        kept = ring.constant((~hidden).astype(int))
        assert same(ring, softmax(x + (1 - kept) * ring.recognised(np.array(mask))), truth)
        other = ring.recognised(np.where(hidden, -3e7, 0.0))
        for two in (x + bias - other, x - other + bias, (x + bias) * x, x + bias * bias):  # nothing is known of these
            assert not ring.equal(softmax(two), truth)[1].any()
        assert same(ring, (x + bias - other) + other - bias, x)  # numbers they are


def test_large_constants_are_numbers() -> None:
    ring = Ring(3, seed=2)
    x, scale = ring.random((3,)), ring.recognised(np.array(65536.0))
    assert same(ring, x * scale / scale, x)
    assert same(ring, x * scale * ring.constant(2.0**-16), x)
    base = ring.recognised(np.array(10_000.0))
    assert same(ring, base.sqrt().power(2), base)
    assert same(ring, (base.log() / 2).exp(), ring.constant(100))
    assert same(ring, (base / 10_000).exp(), ring.constant(1).exp())
    assert same(ring, (base / -10).exp(), ring.constant(0))
    assert same(ring, (base / -10).tanh(), ring.constant(-1))
    assert ((x * scale / scale).exp().kinds() == UNDECIDED).all()
    assert ((x * scale / scale).settle(np.array([0.3, -3.0, 744.0])).exp().kinds() == UNDECIDED).all()
    assert differ(ring, x + base, x + ring.recognised(np.array(-1e9)))
    assert same(ring, (1 / base).exp(), ring.constant(recognise(1e-4)).exp())


def test_masks_over_a_temperature() -> None:
    """The sign of a large constant times an input is not known in the ring; the program's numbers settle it."""
    ring = Ring(3, seed=1)
    x, temperature = ring.random((4,)), ring.random(())
    bias = ring.recognised(np.array([0.0, -1e9, -1e9, 0.0]))
    assert same(ring, (x * bias + x) / (bias + 1), x)
    logits = (x + bias) / temperature
    assert not ring.equal(logits.exp(), (x / temperature).exp())[1][1:3].any()
    seen = logits.settle(np.array([0.3, -5e8, -5e8, -0.2]))
    assert same(ring, seen.exp(), (x / temperature).exp() * np.array([1, 0, 0, 1]))
    assert same(ring, seen.tanh()[1:3], ring.constant([-1, -1]))


def test_positions_are_no_masks() -> None:
    """Many large numbers are a table: ALiBi's positions beyond 10⁴ are numbers as all others."""
    ring = Ring(3)
    positions = ring.recognised(np.arange(9_998.0, 10_004.0))
    assert positions.plain
    assert ring.recognised(np.arange(10_001.0)).plain  # one of them only
    slopes = ring.recognised(np.array([-0.5, -1.0, -1e4, -1.5]))  # biases beside a mask
    assert not slopes.exp()[2].series.any()
    assert ring.recognised(np.array([-1e9, -1e4])).plain
    assert ring.recognised(np.array([-1e9, 0.0, 1e9])).large is not None
    assert ring.recognised(np.array([9_999.0, 0.0])).plain


def test_store() -> None:
    ring = Ring(3, seed=4)
    store = ring.store(40)
    x = ring.random((2, 3))
    lse = x.exp().sum(-1).log()
    ids = np.arange(6).reshape(2, 3)
    store.put(ids, x)
    store.put(np.array([10, 11]), lse)
    store.put(np.array([12, 13]), ring.recognised(np.array([-1e9, math.inf])))
    store.put(ids + 20, x.exp())
    assert same(ring, store.take(ids.T), x.transpose())
    assert same(ring, store.take(ids + 20), x.exp())
    assert store.take(ids).plain
    assert store.take(ids).series.shape[1] == 1
    assert same(ring, (store.take(ids) - column(store.take(np.array([10, 11])))).exp(), softmax(x))
    mixed = store.take(np.array([0, 10, 12, 13, 39]))
    assert same(ring, mixed, ring.concatenate([x[0, :1], lse[:1], ring.recognised(np.array([-1e9, math.inf, 0.0]))]))
    store.put(ids[:1] + 20, x[:1])  # shorter series over longer ones
    assert same(ring, store.take(ids + 20), ring.concatenate([x[:1], x[1:].exp()]))
    store.put(ids + 20, x.exp())
    store.put(np.array([13]), x[0, 0].reshape(1))
    assert same(ring, store.take(np.array([13])), x[0, :1])
    assert store.take(ids + 20).degree.of(3) == 2
    with pytest.raises(ValueError, match="2 numbers for 6 elements"):
        store.put(np.array([1, 2]), x)
