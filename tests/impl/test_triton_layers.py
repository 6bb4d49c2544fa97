"""Context and gradients of the Triton kernels: within the bounds of the oracle's, and the textbook's on several
blocks.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from triton_cases import DTYPES, HALVES, LAYERS, SEEN, Array, layer, textbook_inputs
from triton_process import Ran, longer, quotient

from attnproof.derivations.kernels.exponential import relative_error
from attnproof.derivations.kernels.ranges import fraction_units, unit_error
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, FP32
from attnproof.verify.arithmetic.function_errors import FunctionError
from attnproof.verify.bounds import bounds as error_bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified

pytest.importorskip("triton", reason="no triton")


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


@pytest.mark.parametrize("dtype", longer(DTYPES))
@pytest.mark.parametrize("name", LAYERS)
def test_context_and_gradients_are_the_oracle_s(triton_ran: Ran, name: str, dtype: str) -> None:
    found = triton_ran.results(f"layer {name} {dtype}")
    judged(triton_ran.device, layer(dtype, 5, 7, **LAYERS[name]), found, dtype)
    if LAYERS[name].get("masked"):  # query 1 sees no key
        assert (found["context"][1] == 0).all()
        assert found["log_sum_exp"][1] == -np.inf
        assert (found["grad.query"][1] == 0).all()


@pytest.mark.parametrize("dtype", longer(HALVES))
def test_half_precision_is_computed_in_float32_and_rounded_once(triton_ran: Ran, dtype: str) -> None:
    inputs = layer("float32", 5, 7, narrow=True, masked=True)
    judged(triton_ran.device, inputs, triton_ran.results(f"half {dtype}"), dtype)


@pytest.mark.parametrize("name", longer(SEEN))
def test_blocks_heads_masks_and_the_log_sum_exp_s_gradient(triton_ran: Ran, name: str) -> None:
    found = triton_ran.results(f"textbook {name}")
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
