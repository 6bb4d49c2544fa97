"""tanh, its derivative, reciprocals and the softmax against ball arithmetic of 200 bits, errors of the argument
included.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from flint import arb, ctx

from attnproof.verify.arithmetic.backends import OWN, backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.arithmetic.function_errors import FunctionError
from attnproof.verify.bounds import elementwise
from attnproof.verify.bounds.elementwise import reciprocal_rule
from attnproof.verify.bounds.hyperbolic import STEEPEST_SECH2, sech2_rule, tanh_rule
from attnproof.verify.bounds.operand import Operand
from attnproof.verify.bounds.softmax import softmax_rule

TORCH = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
NUMPY = {"fp64": np.float64, "fp32": np.float32, "fp16": np.float16}
BACKENDS = [("torch", dtype) for dtype in TORCH] + [("numpy", dtype) for dtype in NUMPY]
pytestmark = pytest.mark.filterwarnings("ignore:(overflow|underflow|invalid|divide):RuntimeWarning")


@pytest.fixture(autouse=True)
def _precision():
    before, ctx.prec = ctx.prec, 200
    yield
    ctx.prec = before


def operand(value, error, labels="a"):
    value = np.asarray(value, np.float64)
    return Operand(
        labels, value, np.zeros_like(value), np.broadcast_to(np.asarray(error, float), value.shape), np.abs(value)
    )


def run(framework, dtype, function, *arrays):
    """A function of arrays in the framework's format, from and to float64."""
    if framework == "torch":
        result = function(torch, *(torch.from_numpy(np.array(x)).to(TORCH[dtype]) for x in arrays))
        return result.to(torch.float64).numpy()
    return np.asarray(function(np, *(np.asarray(x).astype(NUMPY[dtype]) for x in arrays)), np.float64)


def distance(computed, exact):
    """|computed − exact| for a list of balls, rounded to float64 (the balls have 200 bits)."""
    return np.array([float(abs(arb(float(c)) - e)) for c, e in zip(np.ravel(computed), exact, strict=True)])


def arguments(dtype, rng):
    """Values of the format: small, medium, saturated, subnormal, zero, and the format's extremes."""
    fmt = FORMATS[dtype]
    normal = rng.normal(size=200) * 2.0 ** rng.integers(-12, 5, 200)
    edge = [0.0, fmt.smallest_subnormal, -3 * fmt.smallest_subnormal, fmt.smallest_normal, 20.0, -400.0, fmt.max]
    return fmt.round(np.concatenate([normal, edge]))


def exact_function(name, z):
    balls = [arb(float(x)) for x in z]
    return {
        "tanh": lambda: [x.tanh() for x in balls],
        "sech2": lambda: [x.sech() ** 2 for x in balls],
        "reciprocal": lambda: [1 / x for x in balls],
        "root": lambda: [x.sqrt() for x in balls],
        "exp": lambda: [x.exp() for x in balls],
        "relu": lambda: [x if x > 0 else arb(0) for x in balls],
        "step": lambda: [arb(int(x > 0)) for x in balls],
    }[name]()


COMPUTED = {
    "tanh": lambda lib, z: lib.tanh(z),
    "sech2": lambda lib, z: 4 * lib.exp(-2 * abs(z)) / ((1 + lib.exp(-2 * abs(z))) * (1 + lib.exp(-2 * abs(z)))),
    "one_minus_tanh2": lambda lib, z: 1 - lib.tanh(z) * lib.tanh(z),
    "reciprocal": lambda _, z: 1 / z,
    "root": lambda lib, z: lib.sqrt(z),
    "exp": lambda lib, z: lib.exp(z),
    "relu": lambda lib, z: lib.maximum(z, 0 * z),
    "step": lambda _, z: z > 0,
}
RULES = {**elementwise.FUNCTION_BOUNDS, "one_minus_tanh2": sech2_rule}
OFTEN_UNBOUNDED = {"reciprocal", "root", "exp"}  # x̂ may be 0 or negative, exp may overflow


@pytest.mark.parametrize("name", COMPUTED)
@pytest.mark.parametrize(("framework", "dtype"), BACKENDS)
def test_functions_of_wrong_arguments(framework, dtype, name):
    """ẑ anywhere in z ± E: at both ends, at z and in between, for E from 0 to large."""
    rng, fmt = np.random.default_rng(3), FORMATS[dtype]
    derivative = name if name in ("sech2", "one_minus_tanh2") else "sech2"
    arithmetic = replace(backend(framework, dtype), tanh_derivative=derivative)
    z = arguments(dtype, rng)
    if name == "reciprocal":
        z = z[np.abs(z) > 4 / fmt.max]
    if name == "root":
        z = np.abs(z)[z != 0]
    true = exact_function({"one_minus_tanh2": "sech2"}.get(name, name), z)
    worst = 0.0
    for size in (0.0, 4 * fmt.unit_roundoff, 0.125, 3.0):
        for shift in (-1.0, -0.5, 0.0, 1.0):
            moved = fmt.round(z + shift * size)
            found = RULES[name](operand(z, np.abs(moved - z)), arithmetic)
            with np.errstate(all="ignore"):
                error = distance(run(framework, dtype, COMPUTED[name], moved), true)
            limited = np.isfinite(found.error)
            if name not in OFTEN_UNBOUNDED:
                assert limited.all()
            elif size < 0.125:
                assert limited.mean() > 0.5
            assert np.all(error[limited] <= found.error[limited])
            positive = limited & (found.error > 0)
            worst = max(worst, float(np.max(error[positive] / found.error[positive], initial=0.0)))
    assert worst > 0.3


@pytest.mark.parametrize("name", ["tanh", "sech2", "reciprocal", "root", "exp", "relu", "step"])
def test_the_rules_own_values_are_within_their_radius(name):
    rng = np.random.default_rng(4)
    z = arguments("fp64", rng)
    z = z[np.abs(z) > 1e-300] if name == "reciprocal" else np.abs(z)[z != 0] if name == "root" else z
    z = z[np.abs(z) < 700] if name == "exp" else z  # its value stands for nothing where it overflows
    found = RULES[name](operand(z, 0.0), OWN)
    true = exact_function(name, z)
    assert np.all(distance(found.value, true) <= found.radius)
    assert np.all(np.array([float(abs(t).lower()) for t in true]) <= found.size)


def test_without_the_propagated_error_the_bounds_would_be_too_small():
    """The argument moved by 2⁻⁴; the function's own error alone does not account for it."""
    z = np.array([0.3, 0.7, -1.5])
    arithmetic = backend("numpy", "fp32")
    for name in ("tanh", "sech2"):
        moved = FORMATS["fp32"].round(z + 2.0**-4)
        error = distance(run("numpy", "fp32", COMPUTED[name], moved), exact_function(name, z))
        assert np.all(error <= RULES[name](operand(z, np.abs(moved - z)), arithmetic).error)
        assert np.all(error > 100 * RULES[name](operand(z, 0.0), arithmetic).error)


def test_the_two_formulas_of_the_derivative_differ_at_saturation():
    """1 − tanh² is 0 at z = 10 in fp32: outside the bound of the accurate formula, within its own."""
    z = np.array([10.0])
    got = run("torch", "fp32", COMPUTED["one_minus_tanh2"], z)
    error = distance(got, exact_function("sech2", z))
    accurate = sech2_rule(operand(z, 0.0), backend("torch", "fp32"))
    absolute = sech2_rule(operand(z, 0.0), backend("torch", "fp32", tanh_derivative="one_minus_tanh2"))
    assert got == 0
    assert accurate.error < error <= absolute.error


def test_the_steepest_slope_of_sech2():
    t = np.linspace(0, 3, 300_001)
    slope = np.max(2 * np.tanh(t) / np.cosh(t) ** 2)
    assert slope <= STEEPEST_SECH2
    assert slope == pytest.approx(STEEPEST_SECH2, rel=1e-9)


def test_an_unbounded_argument_gives_no_bound():
    z = operand([1.0, 2.0], np.inf)
    for rule in (tanh_rule, sech2_rule):
        assert np.all(rule(z, backend("numpy", "fp32")).error == np.inf)
    assert np.all(reciprocal_rule(operand([1.0], 1.0), backend("numpy", "fp32")).error == np.inf)  # x̂ may be 0


# --- softmax ---------------------------------------------------------------------------------------------------------


def exact_softmax(t):
    """Rows of balls, masked keys (−∞) exactly 0."""
    rows = []
    for row in t.reshape(-1, t.shape[-1]):
        powers = [arb(float(x)).exp() if np.isfinite(x) else arb(0) for x in row]
        total = sum(powers, arb(0))
        rows += [p / total if total > 0 else arb(0) for p in powers]
    return rows


def by_hand(lib, t):
    shifted = t - (lib.amax(t, -1, keepdims=True) if lib is torch else np.max(t, -1, keepdims=True))
    p = lib.exp(shifted)
    total = p.sum(-1, keepdims=True) if lib is torch else np.add.accumulate(p, -1)[..., -1:]
    return p / total


SOFTMAXES = {"by hand": by_hand, "torch": lambda lib, t: lib.softmax(t, -1)}


def logit_rows(rng, n):
    """Normal, spread, saturated, tied, and far from 0."""
    base = rng.normal(size=(6, n))
    base[1] *= 8
    base[2] *= 60
    base[3] = np.repeat([1.0, -1.0], n)[:n] if n > 1 else 0.0
    base[4] += 300
    base[5] = np.where(np.arange(n) == n // 2, 9.0, -9.0)
    return base


def masked_operand(t, error):
    masked = np.isneginf(t)
    numbers = np.where(masked, 0.0, t)
    error = np.where(masked, 0.0, error)
    return Operand("ab", numbers, np.zeros_like(t), error, np.abs(numbers), masked if masked.any() else None)


@pytest.mark.parametrize("n", [1, 2, 5, 33])
@pytest.mark.parametrize(("framework", "dtype"), BACKENDS)
def test_softmax_of_wrong_logits(framework, dtype, n):
    """Logits off by up to E: every key up and the others down, the reverse, at random, and none."""
    rng, fmt, worst = np.random.default_rng(n), FORMATS[dtype], 0.0
    arithmetic = backend(framework, dtype)
    t = fmt.round(logit_rows(rng, n))
    true = exact_softmax(t)
    for size in (0.0, 0.01, 0.5, 5.0):
        directions = [np.zeros_like(t), rng.choice([-1.0, 1.0], t.shape)]
        directions += [
            np.where(np.arange(n) == j, s, -s) * np.ones_like(t) for j in range(min(n, 3)) for s in (1.0, -1.0)
        ]
        for direction in directions:
            moved = fmt.round(t + size * direction)
            found = softmax_rule(masked_operand(t, np.abs(moved - t)), arithmetic)
            for name, compute in SOFTMAXES.items():
                if name == "torch" and framework == "numpy":
                    continue
                error = distance(run(framework, dtype, compute, moved), true).reshape(t.shape)
                assert np.all(error <= found.error)
                worst = max(worst, float(np.max(error / found.error)))
    assert worst > 0.8 if n > 1 else worst == 0  # the propagated error is attained; one key has weight 1 exactly


@pytest.mark.parametrize("dtype", TORCH)
def test_a_softmax_bound_without_propagation_is_violated(dtype):
    fmt = FORMATS[dtype]
    t = fmt.round(np.array([[1.0, 0.5, -1.0]]))
    moved = fmt.round(t + np.array([[0.25, -0.25, -0.25]]))
    error = distance(run("torch", dtype, SOFTMAXES["torch"], moved), exact_softmax(t)).reshape(t.shape)
    assert np.all(error <= softmax_rule(masked_operand(t, np.abs(moved - t)), backend("torch", dtype)).error)
    assert np.any(error > softmax_rule(masked_operand(t, 0.0), backend("torch", dtype)).error)


def test_a_saturated_row_is_more_accurate_than_its_logits():
    """α (1 − α) in the derivative: the weight near 1 is known far better than the logits' error."""
    t = np.array([[40.0, 0.0, 0.0]])
    found = softmax_rule(masked_operand(t, 1e-3), backend("numpy", "fp64"))
    assert found.error[0, 0] < 1e-15
    assert found.error[0, 1] < 1e-2 * found.value[0, 1]


def test_masked_keys_and_rows_are_exact():
    t = np.array([[1.0, -np.inf, 2.0], [-np.inf, -np.inf, -np.inf], [0.5, 1.5, -np.inf]])
    found = softmax_rule(masked_operand(t, 0.125), backend("numpy", "fp32"))
    assert np.all(found.error[np.isneginf(t)] == 0)
    assert np.all(found.radius[np.isneginf(t)] == 0)
    assert np.all(found.value[1] == 0)
    assert np.all(found.error[~np.isneginf(t)] > 0)
    assert np.all(distance(found.value, exact_softmax(t)).reshape(t.shape) <= found.radius)


@pytest.mark.parametrize("scale", [0.0, 1.0, 30.0, 800.0, 1e6])
def test_the_softmaxs_own_values_are_within_their_radius(scale):
    rng = np.random.default_rng(8)
    t = rng.normal(size=(20, 7)) * scale
    found = softmax_rule(masked_operand(t, 0.0), OWN)
    true = exact_softmax(t)
    assert np.all(distance(found.value, true).reshape(t.shape) <= found.radius)
    assert np.all(np.array([float(x) for x in true]).reshape(t.shape) <= found.size * (1 + 1e-15))
    moved = t + found.value * 0.01
    inexact = Operand("ab", moved, np.abs(moved - t) * (1 + 1e-15), np.zeros_like(t), np.abs(t))
    found = softmax_rule(inexact, OWN)
    assert np.all(distance(found.value, true).reshape(t.shape) <= found.radius)


def test_logits_that_are_hopelessly_wrong_leave_a_finite_bound():
    t = np.array([[0.0, 1.0, 2.0]])
    found = softmax_rule(masked_operand(t, 1e4), backend("numpy", "fp32"))
    assert np.all(found.error >= 1.0)
    assert np.all(found.error < 1.001)


def test_logits_without_bound_and_functions_without_bound_give_none():
    t = np.array([[0.0, 1.0], [0.0, 1.0]])
    found = softmax_rule(masked_operand(t, np.array([[np.inf, 0.0], [0.0, 0.0]])), backend("numpy", "fp32"))
    assert np.all(found.error[0] == np.inf)
    assert np.all(np.isfinite(found.error[1]))
    assert np.all(softmax_rule(masked_operand(t, 0.0), backend("numpy", "bf16")).error == np.inf)
    bad_exp = FunctionError(2.0**25, 0.0, "assumed", "relative error 2")
    hopeless = replace(backend("numpy", "fp32"), softmax_exp=bad_exp)
    assert np.all(softmax_rule(masked_operand(t, 0.0), hopeless).error == np.inf)


def test_a_sum_that_overflows_has_no_bound():
    t = np.zeros((1, 70_000))
    assert np.all(softmax_rule(masked_operand(t, 0.0), backend("numpy", "fp16")).error == np.inf)
    assert np.all(np.isfinite(softmax_rule(masked_operand(t, 0.0), backend("numpy", "fp32")).error))


@pytest.mark.parametrize("dtype", TORCH)
def test_weights_recomputed_from_the_logsumexp(dtype):
    """exp(t̂_j − log Σ exp t̂_l), as in fused backward passes, with two different sets of wrong logits."""
    rng, fmt = np.random.default_rng(12), FORMATS[dtype]
    arithmetic = backend("torch", dtype, fused=True)
    t = fmt.round(logit_rows(rng, 9))
    true = exact_softmax(t)
    for size in (0.0, 0.02, 0.5):
        first, second = (fmt.round(t + size * rng.choice([-1.0, 1.0], t.shape)) for _ in range(2))
        error = np.maximum(np.abs(first - t), np.abs(second - t))
        found = softmax_rule(masked_operand(t, error), arithmetic, recomputed=True)

        def recompute(lib, a, b):
            shift = a.amax(-1, keepdim=True)
            total = lib.exp(a - shift).sum(-1, keepdim=True)
            return lib.exp(b - (shift + lib.log(total)))

        got = run("torch", dtype, recompute, first, second)
        assert np.all(distance(got, true).reshape(t.shape) <= found.error)
    stored = softmax_rule(masked_operand(t, 0.0), arithmetic)
    recomputed = softmax_rule(masked_operand(t, 0.0), arithmetic, recomputed=True)
    assert recomputed.error[4].max() > 3 * stored.error[4].max()  # logits near 300: the log-sum-exp is rounded there


def test_the_error_of_exp_enters_the_softmax():
    """An exp that is wrong by ε, upwards for one key and downwards for the others, is covered when it is declared, and
    only then.
    """
    rng, epsilon = np.random.default_rng(21), 2.0**-20
    t = rng.normal(size=(5, 6))
    true = exact_softmax(t)
    declared = FunctionError(epsilon / FORMATS["fp64"].unit_roundoff, 4.0, "assumed", "wrong by 2^-20")
    for j in range(6):
        p = np.exp(t - t.max(-1, keepdims=True)) * (1 + epsilon * np.where(np.arange(6) == j, 1, -1))
        error = distance(p / p.sum(-1, keepdims=True), true).reshape(t.shape)
        assert np.all(error <= softmax_rule(masked_operand(t, 0.0), replace(OWN, softmax_exp=declared)).error)
        assert np.all(error > softmax_rule(masked_operand(t, 0.0), OWN).error)


def test_an_exp_that_flushes_costs_what_it_flushes():
    """e^−88 is subnormal in fp32: a kernel that flushes it gives weight 0, which only the fused arithmetic allows."""
    t = np.array([[0.0, -88.0, -100.0]])
    error = distance(np.array([[1.0, 0.0, 0.0]]), exact_softmax(t)).reshape(t.shape)
    assert np.all(error <= softmax_rule(masked_operand(t, 0.0), backend("torch", "fp32", fused=True)).error)
    assert error[0, 1] > softmax_rule(masked_operand(t, 0.0), backend("torch", "fp32")).error[0, 1]


# --- kinks and denominators ------------------------------------------------------------------------------------------


def test_step_is_certain_away_from_its_jump_and_at_exact_zero():
    found = elementwise.step_rule(operand([0.0, 0.5, -0.5, 0.5, -0.5], [0.0, 0.25, 0.25, 0.5, 1.0]), OWN)
    assert found.value.tolist() == [0, 1, 0, 1, 0]
    assert found.error.tolist() == [0, 0, 0, 1, 1]


def test_relu_of_what_is_certainly_negative_is_exact():
    found = elementwise.relu_rule(operand([-1.0, -1.0, 1.0], [0.5, 2.0, 0.5]), OWN)
    assert found.error.tolist() == [0, 2, 0.5]


def test_products_of_denominators_stay_in_the_normal_range():
    fp16 = FORMATS["fp16"]
    assert elementwise.in_range([operand([0.5, 4.0], 0.0), operand([100.0], 1.0)], fp16)
    assert not elementwise.in_range([operand([300.0], 0.0), operand([300.0], 0.0)], fp16)  # 90000 > 65504
    assert not elementwise.in_range([operand([2.0**-8], 0.0), operand([2.0**-8], 0.0)], fp16)  # below 2^-14
    assert not elementwise.in_range([operand([1.0], 1.0)], fp16)  # may be 0
