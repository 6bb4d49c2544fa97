"""The functions of a generated module in which formulas stand, as syntax trees, and modules with one of them
replaced.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from types import CodeType, MappingProxyType, SimpleNamespace
from typing import Any, Final, Literal

import numpy as np
import torch

from attnproof.verify.faults.mutants.operators import Altered

Program = Literal["numpy", "torch"]
PROGRAMS: Final[tuple[Program, ...]] = ("numpy", "torch")
RUNTIME: Final = "attnproof.impl.generated.{}._runtime"
# A program's own functions and those that it takes from the runtime, each with its word in names of mutants.
FORMULAS: Final[Mapping[Program, Mapping[str, str]]] = MappingProxyType(
    {
        "numpy": {
            "scores": "scores alone",
            "_attention_forward": "forward",
            "_attention_backward": "backward",
            "softmax": "softmax",
            "sech2": "sech²",
            "sum_to": "sum over the batch",
        },
        "torch": {
            "_scores_forward": "torch scores alone",
            "_scores_backward": "torch backward of scores alone",
            "_attention_forward": "torch forward",
            "_attention_backward": "torch backward",
            "softmax": "torch softmax",
            "sech2": "torch sech²",
            "sum_to": "torch sum over the batch",
        },
    }
)
FROM_RUNTIME: Final = ("softmax", "sech2", "sum_to")
NARROWER: Final = {"float64": np.float32, "float32": np.float16, "float16": np.float16}
NARROWER_TENSORS: Final = {torch.float64: torch.float32, torch.float32: torch.float16, torch.float16: torch.float16}


def narrow(value: Any) -> Any:
    """The array rounded to the next narrower format and taken back."""
    if isinstance(value, torch.Tensor) and value.dtype.is_floating_point:
        return value.to(NARROWER_TENSORS[value.dtype]).to(value.dtype)
    if not isinstance(value, np.ndarray | np.floating):
        return value
    with np.errstate(all="ignore"):
        return value.astype(NARROWER[value.dtype.name]).astype(value.dtype)


def _zeros_like(value: Any) -> Any:
    return torch.zeros_like(value) if isinstance(value, torch.Tensor) else 0 * value


def _ones_like(value: Any) -> Any:
    return torch.ones_like(value) if isinstance(value, torch.Tensor) else 1 + 0 * value


# What altered code may call beside what its module has; operators write NumPy's names, which for tensors mean torch's
# functions.
HELPERS: Final[Mapping[Program, Mapping[str, Any]]] = MappingProxyType(
    {
        "numpy": {"_narrow": narrow},
        "torch": {
            "_narrow": narrow,
            "np": SimpleNamespace(zeros_like=_zeros_like, ones_like=_ones_like, sqrt=torch.sqrt),
        },
    }
)


@cache
def functions(score: str, program: Program = "numpy") -> dict[str, ast.FunctionDef]:
    """The functions with formulas that a generated module of ``score`` uses, by name. Raises ValueError for one that is
    not there.
    """
    trees = [_tree(RUNTIME.format(program)), _tree(module_name(score, program))]
    found = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}
    missing = [name for name in FORMULAS[program] if name not in found]
    if missing:
        raise ValueError(f"{module_name(score, program)} has no function {missing[0]}")
    return {name: _without_docstring(found[name]) for name in FORMULAS[program]}


def _without_docstring(function: ast.FunctionDef) -> ast.FunctionDef:
    """The function's code alone: it is written for every mutant."""
    copy = deepcopy(function)
    if ast.get_docstring(copy) is not None:
        del copy.body[0]
    return copy


def module_name(score: str, program: Program = "numpy") -> str:
    """The generated module of a score."""
    return f"attnproof.impl.generated.{program}.{score}"


def loaded(score: str, program: Program = "numpy", altered: Altered | None = None) -> SimpleNamespace:
    """The module of a score, with one function replaced everywhere it is called; None: as it is."""
    name, runtime = module_name(score, program), RUNTIME.format(program)
    space: dict[str, Any] = {"__name__": f"{name}, altered"} | dict(HELPERS[program])
    exec(_compiled(name), space)  # noqa: S102 - this project's own source
    if altered is not None:
        owner = space
        if altered.function in FROM_RUNTIME:
            owner = {"__name__": f"{runtime}, altered"} | dict(HELPERS[program])
            exec(_compiled(runtime), owner)  # noqa: S102 - this project's own source
        source = "from __future__ import annotations\n" + altered.source
        exec(compile(source, f"<{score} altered>", "exec"), owner)  # noqa: S102 - this project's own source
        space[altered.function] = owner[altered.function]
    return SimpleNamespace(**space)


@cache
def _source(module: str) -> str:
    return inspect.getsource(importlib.import_module(module))


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module))


@cache
def _compiled(module: str) -> CodeType:
    return compile(_source(module), module, "exec")
