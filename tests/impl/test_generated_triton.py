"""The Triton kernels against balls, in Triton's interpreter and, where there is a device, on CUDA: hostile inputs,
gradients, options.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from filelock import FileLock
from flint import arb, ctx

from attnproof.derivations.kernels.exponential import relative_error
from attnproof.derivations.kernels.ranges import fraction_units, unit_error
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, FP32
from attnproof.verify.arithmetic.function_errors import FunctionError
from attnproof.verify.bounds import bounds as error_bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified
from attnproof.verify.outcome import NO_CUDA

pytest.importorskip("triton", reason="no triton")
from triton_cases import HOSTILE, ROOT, UNITS, Array, Request, hostile, layer, results, run

from attnproof.impl.generated.triton import additive
from attnproof.impl.generated.triton._runtime import blocks, places

DTYPES = ("float32", "float64")
LAYERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "spread": {"spread": 8.0},
    "masked": {"masked": True},
    "capped": {"softcap": 1.5, "masked": True},
    "bent": {"softcap": 0.0625},
}
HALVES = ("bfloat16", "float16")
HEIGHTS = (-1e4, -float(np.finfo(np.float32).max))
WEIGHTS = ("weight_query", "weight_key", "v")


def textbook_inputs() -> dict[str, Array]:
    """Several blocks and tiles, two heads, everything ragged; keys without a batch axis, values of one head for
    both.
    """
    draw = np.random.default_rng(8).standard_normal
    shapes = {
        "query": (2, 33, 6),
        "key": (40, 8),
        "value": (1, 40, 5),
        "weight_query": (3, 6),
        "weight_key": (3, 8),
        "v": (3,),
    }
    return {
        name: draw(shape)
        for name, shape in (shapes | {"grad_context": (2, 33, 5), "grad_log_sum_exp": (2, 33)}).items()
    }


VISIBLE = np.random.default_rng(9).random((33, 40)) < 0.6
VISIBLE[:, 0] = True
BELOW = np.tri(33, 40, dtype=bool)
SEEN = {"all": np.ones_like(BELOW), "causal": BELOW, "both": VISIBLE & BELOW}


def requests() -> dict[str, Request]:
    """Everything that is asked of one process."""
    found = {}
    for dtype in DTYPES:
        for name in HOSTILE:
            found[f"scores {name} {dtype}"] = Request(dtype, hostile(name, dtype), {"only_scores": True})
        for name, options in LAYERS.items():
            found[f"layer {name} {dtype}"] = Request(dtype, layer(dtype, 5, 7, **options))
        for height in HEIGHTS:
            found[f"height {height} {dtype}"] = Request(dtype, low_logits(dtype, height))
        found[f"tiny cap {dtype}"] = Request(dtype, tiny_cap(dtype))
        for keys in (1, 5):
            found[f"large {keys} {dtype}"] = Request(dtype, large_v(dtype, keys))
    for dtype in HALVES:
        found[f"half {dtype}"] = Request(dtype, layer("float32", 5, 7, narrow=True, masked=True))
    for name in SEEN:
        arrays = textbook_inputs()
        if name == "both":
            arrays["mask"] = VISIBLE
        options = {"causal": name != "all", "broadcast": name == "all", "twice": name == "both"}
        found[f"textbook {name}"] = Request("float64", arrays, options)
    found["wide"] = Request("float32", wide())
    return found


def low_logits(dtype: str, height: float) -> dict[str, Array]:
    """Some rows have one very low number instead of a bias."""
    found = layer(dtype, 5, 20)
    found["bias"][1::2] = height
    return found


def tiny_cap(dtype: str) -> dict[str, Array]:
    """A soft-cap in whose units every score overflows."""
    found = layer(dtype, 3, 4)
    return found | {"softcap": np.asarray(np.finfo(dtype).smallest_subnormal), "grad_context": np.ones((3, 5), dtype)}


def large_v(dtype: str, keys: int) -> dict[str, Array]:
    """Every score is −‖v‖₁, and −2 Σ v f twice as large, beyond the largest number."""
    one, rows = np.eye(2, dtype=dtype), np.zeros((3, 2), dtype)
    v = np.full(2, np.finfo(dtype).max / np.dtype(dtype).type(2) * np.dtype(dtype).type(0.9))
    value = np.arange(keys, dtype=dtype)[:, None]
    arrays = {
        "query": rows,
        "key": np.full((keys, 2), -100, dtype),
        "value": value,
        "weight_query": one,
        "weight_key": one,
    }
    return arrays | {"v": v, "grad_context": np.ones((3, 1), dtype)}


def wide() -> dict[str, Array]:
    """Values of more columns than a program takes, one query, one key more than a tile has."""
    draw = np.random.default_rng(10).standard_normal
    shapes = {
        "query": (1, 3),
        "key": (33, 4),
        "value": (33, 130),
        "weight_query": (2, 3),
        "weight_key": (2, 4),
        "v": (2,),
    }
    return {name: draw(shape).astype(np.float32) for name, shape in (shapes | {"grad_context": (1, 130)}).items()}


DEVICES = [
    "cpu",
    pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason=NO_CUDA)),
]


@pytest.fixture(scope="module", params=DEVICES)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Device and folder of the results; one process runs everything for all of pytest's workers."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if hasattr(request.config, "workerinput") else shared
    folder = shared / f"triton-{request.param}"
    with FileLock(shared / f"triton-{request.param}.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            run(folder, requests(), request.param)
            (folder / "done").touch()
    return request.param, folder


def quotient(device: str, dtype: str) -> float:
    """What a unit is off by beyond one rounding of its division, in u: CUDA's float32 division errs by 2 ulp, at most 4
    u.
    """
    return 2 * 3.0 * 1.01 if device == "cuda" and dtype == "float32" else 0.0


def exact_scores(a: Array, b: Array, v: Array) -> list[list[arb]]:
    """``Σ_d v_d tanh(a_id + b_jd)`` as balls."""
    with ctx.workprec(256):
        tanh = [[[(arb(float(x)) + arb(float(y))).tanh() for x, y in zip(r, s, strict=True)] for s in b] for r in a]
        return [[sum((arb(float(w)) * t for w, t in zip(v, one, strict=True)), arb(0)) for one in row] for row in tanh]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", HOSTILE)
def test_scores_are_within_the_derived_bound(ran: tuple[str, Path], name: str, dtype: str) -> None:
    device, folder = ran
    inputs = hostile(name, dtype)
    got = results(folder, f"scores {name} {dtype}")["scores"]
    assert np.isfinite(got).all()
    wanted = exact_scores(inputs["query"], inputs["key"], inputs["v"])
    u = float(np.finfo(dtype).eps) / 2
    # each unit's; the sum over groups of terms up to 2|v|, and the sum of v in front, in any order
    groups = UNITS // 4 + 1
    relative = unit_error(dtype) + quotient(device, dtype) + 2 * 1.01 * groups + 1.01 * (UNITS + 1)
    bound = relative * u * float(np.sum(np.abs(inputs["v"]), dtype=np.float64))
    worst = max(float(abs(arb(float(got[i, j])) - wanted[i][j]).upper()) for i, j in np.ndindex(*got.shape))
    assert worst <= bound, f"off by {worst}, at most {bound} is proved"


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_form_is_reached(ran: tuple[str, Path], dtype: str) -> None:
    _, folder = ran
    forms = {name: results(folder, f"scores {name} {dtype}")["forms"].reshape(-1).tolist() for name in HOSTILE}
    assert forms["plain"] == [4, 4, 4]
    assert forms["beyond"] == [0, 0, 0]
    assert forms["edges"][0] == 0
    assert forms["fold 6"][0] == 4
    assert (
        forms["fold 4"][0] == forms["fold 3"][0] == 2
    )  # the next number after the one whose four factors reach the limit
    assert forms["fold 2"][0] == 0


def arithmetic(device: str, width: int) -> Arithmetic:
    """Fused, tanh off by an absolute error: that of a unit, and of the sums over groups and of v that precede the
    cancellation.
    """
    u = FP32.unit_roundoff
    of_exp = float(relative_error("float32").upper())
    flushed = 2.0 ** (FP32.precision - 1)  # below the smallest normal number, in units of the smallest
    unit = unit_error("float32") + quotient(device, "float32") + 2.1 * (width // 4 + 2) + 1.1 * (width + 1)
    return Arithmetic(
        "fused",
        FP32,
        exp=FunctionError(fraction_units(4) + 2 * of_exp, flushed, "assumed", "f from A and B"),
        softmax_exp=FunctionError(of_exp, flushed, "assumed", "attnproof.derivations.kernels.exponential"),
        tanh=FunctionError(0.0, unit * u / FP32.smallest_subnormal, "assumed", "attnproof.derivations.kernels.ranges"),
        log=FunctionError(8.0, 0.0, "assumed", "at most 4 ulp"),
        tanh_derivative="one_minus_tanh2",
        fused=True,
        tile=16,
    )


def judged(device: str, inputs: dict[str, Array], found: dict[str, Array], dtype: str) -> None:
    """Context and gradients within their bounds of the oracle's."""
    given = {name: x.astype(np.float64) for name, x in inputs.items() if name != "grad_context"}
    case = Case("additive", given, inputs["grad_context"].astype(np.float64), dtype="fp32")
    exact = certified(case)
    bounds = error_bounds(case, arithmetic(device, len(inputs["v"])))
    # Σ ds (1 − 2f) leaves Σ ds = 0 out: what ds is off by counts twice however small tanh is, and so do the roundings
    # of f and of the sum
    n_q, n_k = inputs["bias"].shape
    u = FP32.unit_roundoff
    of_ds = bounds["grad.bias"].bound
    sizes = np.abs(exact["grad.bias"].midpoint()) + of_ds
    extra = np.sum(2 * of_ds + sizes * u * (unit_error("float32") + quotient(device, "float32") + 2.1 * n_q * n_k))
    # polynomials in u without a negative coefficient: fp64's errors are at most fp32's bounds times the ratio of the u
    ratio = float(np.finfo(np.float64).eps / np.finfo(np.float32).eps) if dtype == "float64" else 1.0
    half = {"bfloat16": "bf16", "float16": "fp16"}.get(dtype)
    for name in ("context", *(f"grad.{name}" for name in given)):
        bound = ratio * (bounds[name].bound + (extra if name == "grad.v" else 0))
        middle = exact[name].midpoint()
        if half is not None:  # rounded once more
            form = FORMATS[half]
            bound = bound + form.unit_roundoff * (np.abs(middle) + bound) + form.smallest_subnormal
        off = np.abs(found[name] - middle)
        assert np.isfinite(bound).all(), name
        assert (off <= bound * (1 + 1e-9)).all(), f"{name}: {np.max(off / bound)} times its bound"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", LAYERS)
def test_context_and_gradients_are_the_oracle_s(ran: tuple[str, Path], name: str, dtype: str) -> None:
    device, folder = ran
    found = results(folder, f"layer {name} {dtype}")
    judged(device, layer(dtype, 5, 7, **LAYERS[name]), found, dtype)
    if LAYERS[name].get("masked"):  # query 1 sees no key
        assert (found["context"][1] == 0).all()
        assert found["log_sum_exp"][1] == -np.inf
        assert (found["grad.query"][1] == 0).all()


@pytest.mark.parametrize("dtype", HALVES)
def test_half_precision_is_computed_in_float32_and_rounded_once(ran: tuple[str, Path], dtype: str) -> None:
    device, folder = ran
    judged(device, layer("float32", 5, 7, narrow=True, masked=True), results(folder, f"half {dtype}"), dtype)


@pytest.mark.parametrize("name", SEEN)
def test_blocks_heads_masks_and_the_log_sum_exp_s_gradient(ran: tuple[str, Path], name: str) -> None:
    _, folder = ran
    found = results(folder, f"textbook {name}")
    given = {key: torch.from_numpy(x) for key, x in textbook_inputs().items()}
    seed, seed_mass = given.pop("grad_context"), given.pop("grad_log_sum_exp")
    leaves = {key: x.requires_grad_() for key, x in given.items()}
    query, key, value, weight_query, weight_key, v = leaves.values()
    scores = torch.tanh((query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :]) @ v
    scores = scores.masked_fill(~torch.from_numpy(SEEN[name]), -torch.inf)
    context, mass = torch.softmax(scores, -1) @ value, torch.logsumexp(scores, -1)
    true = torch.autograd.grad((context * seed).sum() + (mass * seed_mass).sum(), list(leaves.values()))
    wanted = {"context": context, "log_sum_exp": mass} | {f"grad.{n}": x for n, x in zip(leaves, true, strict=True)}
    assert wanted.keys() == found.keys()
    for quantity, x in wanted.items():
        # two ways in fp64; what differs by more than rounding differs by far more
        np.testing.assert_allclose(found[quantity], x.detach().numpy(), rtol=1e-9, atol=1e-9, err_msg=quantity)


def test_values_wider_than_a_program(ran: tuple[str, Path]) -> None:
    _, folder = ran
    found, inputs = results(folder, "wide"), wide()
    tanh = np.tanh(
        inputs["query"] @ inputs["weight_query"].T + inputs["key"] @ inputs["weight_key"].T, dtype=np.float64
    )
    weights = np.exp(tanh @ inputs["v"])
    weights /= weights.sum()
    # fp32 beside fp64: a column, or a key, in the wrong place is off by about 1
    assert np.allclose(found["context"], weights @ inputs["value"], rtol=0, atol=1e-5)
    assert np.allclose(found["grad.value"], np.outer(weights, inputs["grad_context"]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("height", HEIGHTS)
def test_weights_sum_to_one_in_the_backward_pass_however_large_the_logits(
    ran: tuple[str, Path], dtype: str, height: float
) -> None:
    # a large number instead of −∞ is a common mask: beside it the logarithm of a row's mass would be lost
    device, folder = ran
    seed = low_logits(dtype, height)["grad_context"]
    for_value = results(folder, f"height {height} {dtype}")["grad.value"].sum(axis=0)
    u = float(np.finfo(dtype).eps) / 2
    # of exp, of a quotient, and of the sums of 20 weights and 5 queries, once each way
    bound = (
        (2 * float(relative_error(dtype).upper()) + quotient(device, dtype) + 10 + 2 * 20 + 5)
        * u
        * np.abs(seed).sum(axis=0)
    )
    assert (np.abs(for_value - seed.sum(axis=0, dtype=np.float64)) <= bound).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_v_close_to_the_largest_number(ran: tuple[str, Path], dtype: str) -> None:
    _, folder = ran
    found = results(folder, f"large 5 {dtype}")
    u = float(np.finfo(dtype).eps) / 2
    norm = 2 * np.longdouble(large_v(dtype, 5)["v"][0])
    assert np.allclose(found["log_sum_exp"].astype(np.longdouble) / norm, -1, rtol=20 * u, atol=0)
    assert np.allclose(found["context"], 2, rtol=20 * u, atol=0)
    # one key: no gradient reaches the score, times 4 v must not be 0 · ∞
    for name in ("query", "key", *WEIGHTS):
        assert (results(folder, f"large 1 {dtype}")[f"grad.{name}"] == 0).all(), name


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_soft_cap_so_small_that_the_scores_overflow_in_its_units(ran: tuple[str, Path], dtype: str) -> None:
    _, folder = ran
    found, inputs = results(folder, f"tiny cap {dtype}"), tiny_cap(dtype)
    # κ tanh(e/κ) is κ sign(e), the weights are all 1/n
    x = {name: inputs[name].astype(np.float64) for name in ("query", "key", *WEIGHTS)}
    preactivation = (x["query"] @ x["weight_query"].T)[:, None] + x["key"] @ x["weight_key"].T
    ahead = inputs["value"].sum(axis=1, dtype=np.float64)
    wanted = np.sum(np.sign(np.tanh(preactivation) @ x["v"]) * (ahead - ahead.mean())) / 4
    scale = 3 * np.abs(inputs["value"]).sum(dtype=np.float64)
    assert abs(float(found["grad.softcap"]) - wanted) <= 100 * float(np.finfo(dtype).eps) * scale
    assert all((found[f"grad.{name}"] == 0).all() for name in ("query", "key", *WEIGHTS))


def tensors(**changed: Any) -> dict[str, Any]:
    names = {"query": (5, 3), "key": (7, 4), "value": (7, 2), "weight_query": (6, 3), "weight_key": (6, 4), "v": (6,)}
    return {name: torch.ones(shape) for name, shape in names.items()} | changed


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({}, ValueError, r"query is on cpu, expected a CUDA device; on the CPU set TRITON_INTERPRET=1 before Triton"),
        ({"value": torch.ones(6, 2)}, ValueError, r"value must have shape .* with n_k = 7 from key, got \(6, 2\)"),
        ({"v": torch.ones(6).double()}, TypeError, r"v has dtype torch.float64, expected torch.float32 as for query"),
        ({"v": None}, TypeError, "v must be given"),
        ({"key": np.ones((7, 4))}, TypeError, "key must be a torch tensor, got ndarray"),
        ({"key": torch.ones(7, 4, device="meta")}, ValueError, "key is on meta, expected cpu as for query"),
        ({"softcap": 0.0}, ValueError, "softcap must be a finite number > 0, got 0.0"),
        (
            {"mask": torch.ones(5, 7)},
            TypeError,
            "mask must have dtype bool, True where a key takes part, got torch.float32",
        ),
        ({"mask": torch.ones(7, 5, dtype=torch.bool)}, ValueError, "mask must have shape"),
        (
            {"bias": torch.ones(3, 5, 7), "mask": torch.ones(2, 5, 7) > 0},
            ValueError,
            "batch dimensions do not broadcast",
        ),
    ],
)
def test_what_does_not_fit_is_named(changed: dict[str, Any], error: type[Exception], message: str) -> None:
    assert not additive.INTERPRETED  # tests share this process: nothing here may have switched Triton's interpreter on
    with pytest.raises(error, match=message):
        additive.attention(**tensors(**changed))


def test_a_dtype_without_kernel_is_named() -> None:
    narrow = {name: x.to(torch.float8_e4m3fn) for name, x in tensors().items()}
    with pytest.raises(TypeError, match=r"query must have dtype float16, .* got torch.float8_e4m3fn"):
        additive.attention(**narrow)


def test_without_triton_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    spec = importlib.util.spec_from_file_location("alone", ROOT / "impl/generated/triton/additive.py")
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(ModuleNotFoundError, match="need Triton: pip install triton"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def test_tiles_are_powers_of_two_and_heads_are_found() -> None:
    assert blocks(1, 4096, 65, torch.float32) == (16, 32, 128)
    assert blocks(17, 31, 65, torch.float64) == (32, 32, 64)
    value = torch.empty(3, 1, 4, 5).expand(3, 2, 4, 5)
    found = places((3, 2), [(2,), ()], [value, None], torch.device("cpu"))
    assert found.tolist() == [[0, 1] * 3, [0] * 6, [0, 0, 20, 20, 40, 40], [0] * 6]


_LARGEST = """
import sys

sys.path.insert(0, sys.argv[1])
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from attnproof.impl.generated.triton import additive

class Largest(TorchDispatchMode):
    size = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        for x in found if isinstance(found, tuple | list) else [found]:
            if isinstance(x, torch.Tensor):
                Largest.size = max(Largest.size, x.untyped_storage().nbytes())
        return found

n = 64
draw = torch.randn
given = [draw(n, 4), draw(n, 4), draw(n, 4), draw(4, 4), draw(4, 4), draw(4)]
leaves = [x.requires_grad_() for x in given]
with Largest():
    result = additive.attention(*leaves, causal=True)
    torch.autograd.grad(result.context.sum() + result.log_sum_exp.sum(), leaves)
print(Largest.size)
"""


@pytest.mark.slow
def test_no_array_is_of_the_size_of_the_scores() -> None:
    environment = {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _LARGEST, str(ROOT / "src")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    # the largest: sums for a and v of each query, 2 n d_a numbers
    assert int(done.stdout) == 2 * 64 * 4 * 4


_COMPILE = """
import sys

sys.path.insert(0, sys.argv[1])
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from attnproof.impl.generated.triton import additive

SIZES = ("n_q", "n_k", "d_v", "width", "heads")
OPTIONS = ("CAPPED", "BIASED", "MASKED", "CAUSAL", "BIAS_WANTED")
for name in ("_forward", "_backward_queries", "_backward_keys"):
    kernel = getattr(additive, name)
    # a 1 is compiled in
    fixed = dict.fromkeys(OPTIONS, True) | dict.fromkeys(("ROWS", "TILE", "COLUMNS"), 16) | {"heads": 1}
    fixed = {key: x for key, x in fixed.items() if key in kernel.arg_names}
    types = {"places": "*i64", "mask": "*u8", "value": "*bf16"}
    types |= dict.fromkeys(SIZES, "i32") | dict.fromkeys(fixed, "constexpr")
    steps = {key: "i32" for key in kernel.arg_names if key.endswith(("_row", "_column", "_key"))}
    signature = {key: (types | steps).get(key, "*fp32") for key in kernel.arg_names}
    source = ASTSource(kernel, signature, constexprs={(kernel.arg_names.index(key),): x for key, x in fixed.items()})
    assembly = triton.compile(source, target=GPUTarget("cuda", 80, 32), options=additive.TUNING).asm["ptx"]
    assert "fma.rn.f32" in assembly and "tf32" not in assembly
"""


@pytest.mark.slow
def test_the_kernels_compile_for_cuda_where_there_is_no_device(tmp_path: Path) -> None:
    # the interpreter takes more than the compiler does
    environment = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    environment |= {"TRITON_CACHE_DIR": str(tmp_path), "DISABLE_PTXAS_OPT": "1"}  # nobody waits for fast code here
    command = [sys.executable, "-c", _COMPILE, str(ROOT / "src")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
