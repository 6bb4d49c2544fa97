"""The Triton module in a process without interpreter and device: errors that name the argument, tiles, no large array,
and that its kernels compile for CUDA.
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
from triton_process import ROOT

pytest.importorskip("triton", reason="no triton")
from attnproof.impl.generated.triton import additive
from attnproof.impl.generated.triton._runtime import blocks, places


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
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
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
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
