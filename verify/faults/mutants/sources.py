"""The functions of a generated NumPy module in which formulas stand, as syntax trees, and modules with one of them replaced."""

from __future__ import annotations

import ast
import importlib
import inspect
from copy import deepcopy
from functools import cache
from types import CodeType, SimpleNamespace
from typing import Any, Final

import numpy as np

from verify.faults.mutants.operators import Altered

RUNTIME: Final = "impl.generated.numpy._runtime"
# The program's own functions and those that it takes from the runtime, each with its word in names of mutants.
FORMULAS: Final = {
    "scores": "scores alone",
    "_attention_forward": "forward",
    "_attention_backward": "backward",
    "softmax": "softmax",
    "sech2": "sech²",
    "sum_to": "sum over the batch",
}
FROM_RUNTIME: Final = ("softmax", "sech2", "sum_to")
NARROWER: Final = {"float64": np.float32, "float32": np.float16, "float16": np.float16}


def narrow(value: Any) -> Any:
    """The array rounded to the next narrower format and taken back."""
    if not isinstance(value, np.ndarray | np.floating):
        return value
    with np.errstate(all="ignore"):
        return value.astype(NARROWER[value.dtype.name]).astype(value.dtype)


# What altered code may call beside what its module has.
HELPERS: Final = {"_narrow": narrow}


@cache
def functions(score: str) -> dict[str, ast.FunctionDef]:
    """The functions with formulas that a generated module of ``score`` uses, by name. Raises ValueError for one that is not there."""
    trees = [_tree(RUNTIME), _tree(module_name(score))]
    found = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}
    missing = [name for name in FORMULAS if name not in found]
    if missing:
        raise ValueError(f"{module_name(score)} has no function {missing[0]}")
    return {name: _without_docstring(found[name]) for name in FORMULAS}


def _without_docstring(function: ast.FunctionDef) -> ast.FunctionDef:
    """The function's code alone: it is copied and written for every mutant."""
    copy = deepcopy(function)
    if ast.get_docstring(copy) is not None:
        del copy.body[0]
    return copy


def module_name(score: str) -> str:
    """The generated NumPy module of a score."""
    return f"impl.generated.numpy.{score}"


def program(score: str, altered: Altered | None = None) -> SimpleNamespace:
    """The module of a score, with one function replaced everywhere it is called; None: as it is."""
    space: dict[str, Any] = {"__name__": f"{module_name(score)}, altered"} | HELPERS
    exec(_compiled(module_name(score)), space)  # noqa: S102 - this project\'s own source
    if altered is not None:
        owner = space
        if altered.function in FROM_RUNTIME:
            owner = {"__name__": f"{RUNTIME}, altered"} | HELPERS
            exec(_compiled(RUNTIME), owner)  # noqa: S102 - this project\'s own source
        source = "from __future__ import annotations\n" + altered.source
        exec(compile(source, f"<{score} altered>", "exec"), owner)  # noqa: S102 - this project\'s own source
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
