"""Run by test_formula_triton.py in a process of its own, with nothing but the printed code: interpreted, or compiled.

python run_triton_formulas.py interpret FOLDER    NAME.py and NAME.npz -> NAME.result.npy, for every NAME
python run_triton_formulas.py compile FOLDER      every kernel of NAME.py to PTX, without a device
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np


def loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem.replace("+", "_").replace(".", "_"), path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def interpret(path: Path) -> None:
    """The last function of the module on the arrays of the file beside it; sizes and scalars are integers and 0-d
    arrays.
    """
    import torch

    given = {name: torch.from_numpy(array) for name, array in np.load(path.with_suffix(".npz")).items()}
    module = loaded(path)
    functions = [one for _, one in inspect.getmembers(module, inspect.isfunction) if one.__module__ == module.__name__]
    function = max(functions, key=lambda one: one.__code__.co_firstlineno)
    got = function(**{name: x if x.dtype.is_floating_point else int(x) for name, x in given.items()})
    np.save(path.with_suffix(".result.npy"), got.numpy())


def refuse(path: Path) -> None:
    try:
        interpret(path)
    except (TypeError, ValueError) as error:
        path.with_suffix(".refused.txt").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
    else:
        raise AssertionError("nothing was refused")


def compile_all(path: Path) -> None:
    """Kernels at both precisions, the sizes ``d_v`` and ``d`` being 1, which the compiler takes for a constant."""
    import triton
    import triton.language as tl
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    kernels = {name: one for name, one in vars(loaded(path)).items() if "_kernel" in name}
    assert kernels
    for kernel in kernels.values():
        for kind, real in (("fp32", tl.float32), ("fp64", tl.float64), ("bf16", tl.float32)):
            kinds = {}
            for name in kernel.arg_names:
                if name in {"real", "block", "d_v", "d"}:
                    kinds[name] = "constexpr"
                elif "_stride_" in name:
                    kinds[name] = "i64"
                else:
                    kinds[name] = "i32" if name.startswith(("n_", "d_")) else f"*{kind}"
            values = {"real": real, "block": 128, "d_v": 1, "d": 1}
            fixed = {(kernel.arg_names.index(name),): values[name] for name, k in kinds.items() if k == "constexpr"}
            made = triton.compile(ASTSource(kernel, kinds, constexprs=fixed), target=GPUTarget("cuda", 90, 32))
            assert ".visible .entry" in made.asm["ptx"]


if __name__ == "__main__":
    task, folder = sys.argv[1:]
    if task != "compile":
        os.environ["TRITON_INTERPRET"] = "1"  # before Triton is imported
    for source in sorted(Path(folder).glob("*.py")):
        try:
            {"interpret": interpret, "refuse": refuse, "compile": compile_all}[task](source)
        except Exception as error:  # whatever it is ends the run, with the name of the file
            raise RuntimeError(source.name) from error
