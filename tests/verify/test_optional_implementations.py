"""JAX modules and the fused kernels in the run's matrix: where they are asked, that they pass, and that a fault in a
copy is rejected.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType

import numpy as np
import pytest
from parameters import ordinary

from attnproof.verify.comparisons import checks
from attnproof.verify.implementations import optional as optional_implementations
from attnproof.verify.implementations.builtin import ALL_SCORES, Implementation, Inputs, Values, availability
from attnproof.verify.implementations.optional import OPTIONAL
from attnproof.verify.implementations.sample import asked
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import DTYPES, Options
from attnproof.verify.outcome import NO_CUDA

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
PAIRED = [
    (f"{EXAMPLES}/gatv2.py:gatv2", "fp32"),
    *((f"{EXAMPLES}/{name}.py:{name}", dtype) for name in ("cosine", "scaled_additive") for dtype in ("fp32", "fp64")),
    ("scaled_dot", "fp32"),
    ("bilinear", "fp64"),
]
CPU = Options(devices=("cpu",))
ROOT = Path(__file__).resolve().parents[2]
FUSED, JAX = OPTIONAL["fused-numba"], OPTIONAL["generated-jax"]


def judged(
    monkeypatch: pytest.MonkeyPatch, one: Implementation, score: str, dtype: str, setting: str, name: str = "normal"
) -> dict[str, str]:
    monkeypatch.setattr(checks, "EVERY", MappingProxyType({one.name: one}))
    rows = checks.check_case(make_case(score, SETTINGS[setting], name, dtype, 0), CPU)
    return {row.quantity: row.outcome for row in rows}


def copied(source: Path, folder: Path, right: str, wrong: str) -> ModuleType:
    """A copy of a module in which something is wrong."""
    text = source.read_text("utf-8")
    assert right in text
    path = folder / source.name
    path.write_text(text.replace(right, wrong), "utf-8")
    spec = importlib.util.spec_from_file_location(f"wrong_{source.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_where_they_are_asked() -> None:
    asking: Counter[tuple[str, str]] = Counter()
    for one in OPTIONAL.values():
        for profile in ("quick", "standard", "thorough"):
            for score in one.scores:
                for setting in settings_for(profile):
                    wanted = [d for d in DTYPES if asked(one.sample, profile, score, setting.name, d)]
                    asking[one.name, profile] += len(wanted)
                    assert profile != "quick" or not wanted
                    assert profile != "thorough" or wanted == list(DTYPES)
        assert asking[one.name, "standard"] > 0
        assert one.sample is not None
        assert all(set(names) <= set(SETTINGS) for names in one.sample.settings.values())
    assert JAX.sample is not None
    assert set(JAX.sample.settings) >= set(ALL_SCORES)
    assert {
        d for score in ALL_SCORES for s in SETTINGS for d in DTYPES if asked(JAX.sample, "standard", score, s, d)
    } == set(DTYPES)


def test_without_the_library_every_row_is_there_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    missing = {one.library for one in OPTIONAL.values()}
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name in missing else real(name, *a))
    rows = checks.check_case(make_case("additive", SETTINGS["every_option"], "normal", "fp32", 0), CPU)
    found = {row.implementation: (row.quantity, row.outcome, row.reason) for row in rows}
    for name, one in OPTIONAL.items():
        if "additive" in one.scores:
            assert found[name] == ("*", "skipped", f"{one.library} is not installed")


def test_triton_s_kernels_run_on_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    triton = OPTIONAL["fused-triton"]
    assert availability(triton, "additive", "fp32", "cuda") == ("skipped", NO_CUDA)
    outcome, reason = availability(triton, "additive", "fp32", "cpu") or ("", "")
    assert outcome == "unsupported"
    assert "TRITON_INTERPRET=1" in reason


INTERPRETED = """
import json, sys
from types import MappingProxyType
from attnproof.verify.comparisons import checks
from attnproof.verify.inputs.make import make_case
from attnproof.verify.implementations.optional import OPTIONAL
from attnproof.verify.options import Options
from attnproof.verify.inputs.settings import SETTINGS

checks.EVERY = MappingProxyType({"fused-triton": OPTIONAL["fused-triton"]})
found = {}
for setting in ("every_option", "masked_row"):
    for dtype in ("fp64", "fp32"):
        case = make_case("additive", SETTINGS[setting], "normal", dtype, 0)
        rows = checks.check_case(case, Options(devices=("cpu",)))
        found |= {row.id: row.outcome for row in rows}
json.dump(found, sys.stdout)
"""


@pytest.mark.slow
def test_triton_s_kernels_pass_in_its_interpreter() -> None:
    """In a process of its own: Triton looks at the variable when a kernel is defined."""
    pytest.importorskip("triton")
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", INTERPRETED], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found.values()) == {"pass"}, found
    quantities = {name.rsplit("/", 1)[1] for name in found}
    assert {"scores", "context", "grad.query", "grad.v", "grad.softcap"} <= quantities


@pytest.mark.parametrize("dtype", ordinary(("fp64", "fp32"), "fp64"))
@pytest.mark.parametrize("setting", ["every_option", "masked_row", "wide"])
def test_the_fused_kernel_passes(monkeypatch: pytest.MonkeyPatch, setting: str, dtype: str) -> None:
    pytest.importorskip("numba")
    found = judged(monkeypatch, FUSED, "additive", dtype, setting)
    assert set(found.values()) == {"pass"}, found
    assert {"scores", "context", "grad.query", "grad.v"} <= set(found)


@pytest.mark.parametrize("paired", ordinary(PAIRED, PAIRED[0]), ids=lambda paired: "-".join(paired).rpartition(":")[2])
def test_the_kernels_of_pairs_pass(monkeypatch: pytest.MonkeyPatch, paired: tuple[str, str]) -> None:
    """A user's score in several classes of inputs, and built-in ones, with every option."""
    pytest.importorskip("numba")
    score, dtype = paired
    pairs = replace(OPTIONAL["fused-pairs"], sample=None)  # a run asks for fewer
    if ":" not in score:
        found = judged(monkeypatch, pairs, score, dtype, "every_option")
        assert set(found.values()) == {"pass"}, found
        return
    for name in ("normal", "tied", "shifted"):
        found = judged(monkeypatch, pairs, score, dtype, "every_option", name)
        assert set(found.values()) == {"pass"}, (name, found)
        assert {"scores", "context", "grad.query"} <= set(found)


@pytest.mark.slow
def test_a_fault_in_a_copy_of_a_kernel_of_pairs_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ρ is left out of the softmax's derivative."""
    pytest.importorskip("numba")
    source = ROOT / "impl" / "generated" / "numba" / "scaled_dot.py"
    wrong = copied(source, tmp_path, "weight * (load(ds, j) - less)", "weight * load(ds, j)")
    monkeypatch.setattr(optional_implementations, "generated", lambda target, score: wrong)
    found = judged(monkeypatch, replace(OPTIONAL["fused-pairs"], sample=None), "scaled_dot", "fp64", "base")
    assert found["grad.query"] == "fail"
    assert found["context"] == "pass"


def test_a_fault_in_a_copy_of_the_fused_kernel_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The numerators of two units exchanged. Scores alone, which compile in a few seconds."""
    pytest.importorskip("numba")
    wrong = copied(
        ROOT / "impl" / "generated" / "numba" / "additive.py", tmp_path, "fma(d0, v1, d1 * v0)", "fma(d0, v0, d1 * v1)"
    )

    def forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
        names = ("query", "key", "weight_query", "weight_key", "v")
        return {"scores": wrong.scores(**{name: inputs[name].astype(np.float32) for name in names}).astype(np.float64)}

    def gradients(score: str, inputs: Inputs, grad_context: np.ndarray, dtype: str, device: str) -> Values:
        return {}

    found = judged(
        monkeypatch,
        replace(FUSED, forward=forward, gradients=gradients, outputs=("scores",)),
        "additive",
        "fp32",
        "base",
    )
    assert found["scores"] == "fail"


@pytest.mark.parametrize(
    ("right", "wrong", "failing"),
    [
        ("grad_weights - row_dot[..., None]", "grad_weights + row_dot[..., None]", "grad.query"),
        ("bias + capped", "bias + scores", "weights"),
    ],
)
def test_a_fault_in_a_copy_of_a_jax_module_is_rejected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, right: str, wrong: str, failing: str
) -> None:
    pytest.importorskip("jax")
    module = copied(ROOT / "impl" / "generated" / "jax" / "scaled_dot.py", tmp_path, right, wrong)
    monkeypatch.setattr(optional_implementations, "generated", lambda target, score: module)
    monkeypatch.setattr(
        optional_implementations, "_jax_program", optional_implementations._jax_program.__wrapped__
    )  # not the one compiled before
    found = judged(
        monkeypatch, replace(JAX, sample=None), "scaled_dot", "fp32", "every_option" if "capped" in right else "base"
    )
    assert found[failing] == "fail"
    assert found["scores"] == "pass"
