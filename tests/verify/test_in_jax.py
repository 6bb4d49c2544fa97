"""Targets in JAX: every format, gradients by vjp, jitted functions, 64-bit types for the call alone; what XLA's
functions err by.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import attnproof
from attnproof.reports.commands.main import main
from attnproof.verify.arithmetic.backends import backend, function_error
from attnproof.verify.arithmetic.exhaustive_errors import measure as measure_blocks
from attnproof.verify.arithmetic.formats import BF16, FP16, FP32, FP64
from attnproof.verify.arithmetic.function_errors import FUNCTIONS, measure, sample
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import jax_target, plain

jax = pytest.importorskip("jax", reason="the extra jax is not installed")
jnp = jax.numpy

QUICK = {"profile": "quick", "properties": ("values",), "framework": "jax"}


def right(query, key, value):
    scores = jnp.einsum("...qd,...kd->...qk", query, key) / query.shape[-1] ** 0.5
    return jax.nn.softmax(scores, axis=-1) @ value


def unscaled(query, key, value):
    return jax.nn.softmax(jnp.einsum("...qd,...kd->...qk", query, key), axis=-1) @ value


@jax.jit
def additive(query, key, value, weight_query, weight_key, v):
    hidden = jnp.tanh((query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :])
    return jax.nn.softmax(hidden @ v, axis=-1) @ value


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
def test_a_right_function_passes_in_every_format(dtype: str) -> None:
    before = jax.config.jax_enable_x64
    report = attnproof.check(jax.jit(right), "scaled_dot", dtypes=(dtype,), **QUICK)
    assert report.ok, report.summary()
    assert {"context", "grad.query", "grad.key", "grad.value"} <= {f.quantity for f in report.findings}
    assert jax.config.jax_enable_x64 == before  # 64-bit types were for the call alone


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16"])
def test_handing_arrays_over_compiles_nothing(dtype: str, caplog: pytest.LogCaptureFixture) -> None:
    """Of the time of a check most went into programs for arrays of one more shape."""
    target = jax_target("the values", "dot", lambda query, key, value: value, dtypes=(dtype,))
    case = make_case("dot", Setting("odd", n_q=13, n_k=13, d_q=17, d_k=17, d_v=19), "normal", dtype, 0)
    with jax.log_compiles():
        answer = target.ask(replace(plain(case), gradients=("value",)))
    assert np.array_equal(answer.gradients["value"], case.grad_context)
    assert not [record for record in caplog.records if "Compiling" in record.getMessage()]


def test_gradients_through_the_users_own_rule_are_judged() -> None:
    @jax.custom_vjp
    def attention(query, key, value):
        return right(query, key, value)

    def forward(*inputs):
        return jax.vjp(right, *inputs)

    attention.defvjp(forward, lambda pull, grad: (2.0 * pull(grad)[0], *pull(grad)[1:]))
    report = attnproof.check(attention, "scaled_dot", dtypes=("fp64",), shrink=False, **QUICK)
    assert {f.quantity for f in report.findings if f.outcome == FAIL} == {"grad.query"}


def test_additive_with_the_derivative_that_jax_has_of_tanh() -> None:
    report = attnproof.check(additive, "additive", dtypes=("fp64", "fp32"), **QUICK)
    assert report.ok, report.summary()
    worst = [f.ratio for f in report.findings if f.quantity.startswith("grad.weight")]
    assert worst
    assert all(ratio is not None and ratio < 0.5 for ratio in worst)


def test_layouts_and_outputs_of_jax_arrays() -> None:
    def merged(query, key, value):  # heads in the width, batch in the middle
        split = [jnp.stack(jnp.split(a, 2, axis=-1)).transpose(2, 0, 1, 3) for a in (query, key, value)]
        context = right(*split)
        return {"out": jnp.concatenate([context[:, 0], context[:, 1]], axis=-1).transpose(1, 0, 2)}

    layout = "query=q b (h d), key=k b (h d), value=k b (h v), context=q b (h v)"
    declared = Declaration("here:merged", "scaled_dot", layout, outputs=("context=out",), framework="jax")
    case = make_case("scaled_dot", Setting("heads", 3, 4, 5, 5, 1, 2, batch=(3, 2)), "normal", "fp32", 0)
    asked = plain(case, gradients=("query", "key", "value"))
    answer, plainly = make_target(declared, merged).ask(asked), jax_target("right", "scaled_dot", right).ask(asked)
    for name, value in plainly.values().items():
        assert np.allclose(answer.values()[name], value, rtol=1e-5, atol=1e-6), name


def test_a_missing_device_is_an_error_of_the_target_and_names_it() -> None:
    if any(d.platform != "cpu" for d in jax.devices()):
        pytest.skip("JAX has an accelerator")
    case = Case(
        "dot",
        {"query": np.ones((1, 2)), "key": np.ones((1, 2)), "value": np.ones((1, 2))},
        np.ones((1, 2)),
        dtype="fp32",
    )
    target = jax_target("right", "dot", right)
    with pytest.raises(RuntimeError, match="cuda"):
        target.ask(plain(case, "cuda"))


def test_kernels_block_lengths_are_asked_without_strides() -> None:
    target = jax_target("right", "scaled_dot", jax.jit(right), dtypes=("fp32",))
    seen = []
    watched = replace(target, ask=lambda request: (seen.append(request.layout), target.ask(request))[1])
    assert examine(watched, "quick", properties=["layout"]).bad == ()
    assert set(seen) == {"contiguous"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_xla_errs_no_more_than_is_allowed(function: str) -> None:
    for fmt in (FP16, BF16):
        found = measure("jax", function, fmt.name)
        assert not function_error("jax", function, fmt.name).contradicts(found), found
    for fmt in (FP32, FP64):
        found = sample("jax", function, fmt.name, 1000)
        assert not function_error("jax", function, fmt.name).contradicts(found), found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_xla_at_seeded_blocks_of_fp32(function: str) -> None:
    rng = np.random.default_rng(5)
    exponents = rng.integers(1, 255, 128)  # normal numbers, of either sign
    parts = zip(rng.integers(2, size=128), exponents, rng.integers(1 << 11, size=128), strict=True)
    starts = [int((s << 31) | (e << 23) | (m << 12)) for s, e, m in parts]
    kernel = jax.jit(getattr(jnp, function))
    found: dict = {}
    measure_blocks(function, starts, found, block=1 << 12, apply={("jax", "alone"): lambda x: np.asarray(kernel(x))})
    (worst,) = found.values()
    limit = function_error("jax", function, "fp32")
    assert worst.relative <= limit.relative
    assert worst.absolute <= limit.absolute


def test_subnormals_are_flushed_where_it_is_said() -> None:
    for dtype, kind in (("fp32", np.float32), ("fp64", np.float64), ("fp16", np.float16), ("bf16", jnp.bfloat16)):
        with jax.enable_x64(True):
            subnormal = jnp.asarray(float(jnp.finfo(kind).smallest_normal) / 4, dtype=kind)
            assert (float(subnormal + subnormal) == 0.0) == backend("jax", dtype).flushes


SOURCE = """
import jax, jax.numpy as jnp

@jax.jit
def right(query, key, value):
    return jax.nn.softmax(query @ key.swapaxes(-1, -2), axis=-1) @ value

@jax.jit
def wrong(query, key, value):
    return jax.nn.softmax(query @ key.swapaxes(-1, -2), axis=-2) @ value
"""


@pytest.mark.slow
def test_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own_jax.py").write_text(SOURCE, encoding="utf-8")
    rest = ["--score", "dot", "--framework", "jax", "--profile", "quick", "--property", "values", "--dtype", "fp64"]
    assert main(["check", "own_jax.py:right", *rest]) == 0
    assert main(["check", "own_jax.py:wrong", *rest]) == 1
    assert "own_jax.py:wrong as dot: FAULT FOUND" in capsys.readouterr().out


def test_without_jax_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=r"jax is not installed: pip install 'attnproof\[jax\]'"):
        attnproof.check(right, "scaled_dot", dtypes=("fp32",), **QUICK)


def test_roundings_of_the_factored_derivative_of_tanh() -> None:
    """``(g + g t)(1 − t)`` in fp32 against fp64: besides the product with g, at most ``2 (1 − t²) + |t| + t²``
    roundings of g.
    """
    rng = np.random.default_rng(3)
    t, g = rng.uniform(-1, 1, 200_000).astype(np.float32), rng.standard_normal(200_000).astype(np.float32)
    found = ((g + g * t) * (np.float32(1) - t)).astype(np.float64)
    wide, size = t.astype(np.float64), np.abs(g.astype(np.float64))
    error = np.abs(found - g.astype(np.float64) * (1 - wide * wide)) / (size * FP32.unit_roundoff)
    allowed = (1 - wide * wide) + 2 * (1 - wide * wide) + np.abs(wide) + wide * wide
    assert np.all(error <= allowed * (1 + 1e-6))
    assert np.max(error - 2.0) > 0  # more than 1 − t² with its product would be allowed: 2 everywhere


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_was_recorded_at_all_fp32_inputs_is_within_what_is_allowed(function: str) -> None:
    rows = json.loads(
        (Path(attnproof.__file__).parent / "verify" / "recorded" / "function_errors_jax.json").read_text("utf-8")
    )
    allowed = function_error("jax", function, "fp32")
    own = [row for row in rows if row["function"] == function]
    assert {row["path"] for row in own} == {"alone", "fused"}
    for row in own:
        assert row["decided"] == 2**32 - (0 if function != "log" else 2 * (2**23 - 1) + 2)
        assert row["relative"] <= allowed.relative
        assert row["absolute"] <= allowed.absolute
