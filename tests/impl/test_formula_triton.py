"""Kernels for single formulas, in Triton's interpreter, against exact evaluation within the bounds of the other
targets.

The interpreter is chosen when Triton is imported, so it runs in a process of its own. By default a formula of each kind
of kernel; ``pytest -m thorough`` takes all formulas, and compiles kernels of each kind to PTX.
"""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import mpmath
import numpy as np
import pytest
from formula_functions import POINTS, table
from formula_functions import wrong as off
from formula_points import EVERY, SIZES, expected, point
from loops_with_bounds import mp

from attnproof.derivations.formulas import formula
from attnproof.derivations.recheck.exact import positions
from attnproof.impl.codegen.targets.loops import LOOPS
from attnproof.impl.codegen.targets.loops.arguments import task
from attnproof.impl.export.formula import code

pytestmark = pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="no triton")
RUNNER = Path(__file__).with_name("run_triton_formulas.py")
CHOSEN = (
    "additive.adjoint.query+bias_hidden+softcap",  # tanh, sech², softmax, a scalar
    "bilinear.adjoint.weight",
    "concat.adjoint.weight_concat",  # blocks of an axis
    "dot.adjoint.sink+sink",  # a scalar result
    "dot.adjoint.query+rotary",  # half an axis
    "dot.difference_variance",  # scalars and a size alone
    "scaled_dot.tangent.lse",  # a root of a size; a quotient of sums
    "softmax.jacobian",  # the identity matrix
)
ALL = [name for names in EVERY.values() for name in names if ".cost." not in name and formula(name).quantity != "lse"]


def given(name: str) -> dict[str, np.ndarray]:
    """The arguments by name: arrays, and sizes that no array tells."""
    job = task(formula(name), ())
    found: dict[str, np.ndarray] = {str(size): np.asarray(SIZES[str(size)]) for size in job.sizes}
    values = point(job.inputs)
    for tensor in job.inputs:
        shape = tuple(1 + max(at) for at in zip(*positions(tensor, SIZES), strict=True))
        found[tensor.name] = np.zeros(shape)
        for where, value in values[tensor.name].items():
            found[tensor.name][where] = float(value)
    return found


def run(how: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(RUNNER), how, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def computed(cases: dict[str, tuple[str, dict[str, np.ndarray]]], folder: Path) -> dict[str, np.ndarray]:
    """For each case the result of its code on its arguments."""
    for name, (text, arguments) in cases.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        np.savez(folder / f"{name}.npz", **arguments)
    done = run("interpret", folder)
    assert done.returncode == 0, done.stderr
    return {name: np.load(folder / f"{name}.result.npy") for name in cases}


def wrong(name: str, got: np.ndarray) -> list[str]:
    """The elements that are off by more than their bound."""
    assert got.size == len(expected(name))
    offs = {where: abs(mp.mpf(float(got[where])) - one.value) for where, one in expected(name).items()}
    return [f"{name}{list(w)}: {got[w]!r}, off by {x}" for w, x in offs.items() if not x <= expected(name)[w].error]


def judge(names: Iterable[str], folder: Path) -> None:
    got = computed({name: (code(formula(name), "triton"), given(name)) for name in names}, folder)
    assert got
    assert not [one for name, array in got.items() for one in wrong(name, array)]


@pytest.mark.slow
def test_kernels_compute_the_formula_and_every_function(tmp_path: Path) -> None:
    every, chosen = table(LOOPS["triton"].functions)
    cases = {name: (code(formula(name), "triton"), given(name)) for name in CHOSEN}
    cases["table"] = code(every, "triton"), {"x": POINTS}
    cases["nothing"] = code(every, "triton"), {"x": np.array([math.nan])}
    got = computed(cases, tmp_path)
    assert not off(got.pop("table"), chosen)
    assert np.isnan(got.pop("nothing")).all()  # relu and step of NaN too
    assert not [one for name, array in got.items() for one in wrong(name, array)]


@pytest.mark.thorough
@pytest.mark.parametrize("score", EVERY)
def test_every_formula_s_kernels_compute_it(score: str, tmp_path: Path) -> None:
    judge([name for name in ALL if name in EVERY[score]], tmp_path)


def test_masks_infinities_and_wrong_lines(tmp_path: Path) -> None:
    name, other = "dot.context+bias", "dot.adjoint.query"
    masked = given(name)
    masked["bias"][0] = -math.inf
    masked["bias"][1, 1] = -math.inf
    moved = {**masked, "value": masked["value"] + np.array([[0.0], [100.0], [0.0]])}
    broken = {**masked, "query": np.where([[False] * 4, [True] * 4], math.nan, masked["query"])}
    text, right = code(formula(name), "triton"), code(formula(other), "triton")
    line = "(grad_weights_i_j - row_dot_i)"
    assert line in right
    cases = {"masked": masked, "moved": moved, "broken": broken}
    cases["single"] = {one: array.astype(np.float32) for one, array in masked.items()}
    got = computed(
        {**{one: (text, arguments) for one, arguments in cases.items()},
         "altered": (right.replace(line, "(grad_weights_i_j + row_dot_i)"), given(other))},
        tmp_path,
    )  # fmt: skip
    assert np.array_equal(got["masked"][0], np.zeros(SIZES["d_v"]))
    assert np.array_equal(got["masked"], got["moved"])
    assert np.isnan(got["broken"][1]).all()
    assert not np.isnan(got["broken"][0]).any()
    assert got["single"].dtype == np.float32
    assert np.abs(got["single"] - got["masked"]).max() <= 64 * 2.0**-24  # a few dozen roundings of numbers up to 1
    assert wrong(other, got["altered"])


def test_arguments_are_checked(tmp_path: Path) -> None:
    name = "dot.scores+rotary"
    arguments = given(name)
    cases = {
        "ValueError: key must have shape (n_k, d) = (3, 4), got (3, 3)": {"key": arguments["key"][:, :3]},
        "ValueError: key must have shape (n_k, d), no axis empty, got (3,)": {"key": np.ones(3)},
        "TypeError: sin_key must have torch.float64 on cpu, got torch.float32 on cpu": {
            "sin_key": np.ones((3, 2), np.float32)
        },
        "ValueError: d must be even": {"query": np.ones((2, 5)), "key": np.ones((3, 5))},
    }
    for n, change in enumerate(cases.values()):
        (tmp_path / f"made_{n}.py").write_text(code(formula(name), "triton"), encoding="utf-8")
        np.savez(tmp_path / f"made_{n}.npz", **{**arguments, **change})
    done = run("refuse", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [(tmp_path / f"made_{n}.refused.txt").read_text(encoding="utf-8") for n in range(len(cases))] == [*cases]


@pytest.mark.thorough
def test_kernels_compile_without_a_device(tmp_path: Path) -> None:
    """Triton's compiler types every line, which the interpreter does not."""
    for name in CHOSEN:
        (tmp_path / f"{name}.py").write_text(code(formula(name), "triton"), encoding="utf-8")
    done = run("compile", tmp_path)
    assert done.returncode == 0, done.stderr


def test_tanh_is_lamberts_fraction_near_zero() -> None:
    """The coefficients are those of the continued fraction; its error grows with |x|, so the edge decides."""
    text = code(formula("additive.scores"), "triton")
    above: list[int] = [1]
    below: list[int] = [15]
    for k in range(7, 0, -1):  # (2k − 1) + y / (below / above)
        above, below = below, [
            (2 * k - 1) * (below[n] if n < len(below) else 0) + (above[n - 1] if 0 < n <= len(above) else 0)
            for n in range(max(len(below), len(above) + 1))
        ]  # fmt: skip
    assert f"above = {_horner(above)}" in text
    assert f"below = {_horner(below)}" in text
    x = mp.mpf(1) / 2
    value = x * mpmath.polyval([mp.mpf(c) for c in reversed(above)], x * x)
    value /= mpmath.polyval([mp.mpf(c) for c in reversed(below)], x * x)
    assert 0 < abs(value / mp.tanh(x) - 1) < mp.mpf(2) ** -62


def _horner(coefficients: list[int]) -> str:
    first, *others = coefficients
    if len(others) == 1:
        return f"{first} + y" if others[0] == 1 else f"{first} + y * {others[0]}"
    return f"{first} + y * ({_horner(others)})"
