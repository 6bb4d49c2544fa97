"""Wrong kernels made systematically: a plain program with one expression altered.

The operators are those of ``attnproof.verify.faults.mutants`` (signs, terms, factors, axes, functions, constants,
transpositions) and some of this table's: 1 % more, another function, another comparison, an input shifted by one
place. What they alter is altered everywhere it stands, once at a time. Which of the mutants are wrong is for the
true values to say (``attnproof.verify.gates.kernels.shown``): some change nothing.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.faults.mutants.operators import alterations, text
from attnproof.verify.gates.kernels.kernel import Function, Kernel
from attnproof.verify.gates.tasks import TASKS, Task

MORE: Final = 1.01
FUNCTIONS: Final = {
    "amax": "amin",
    "sum": "mean",
    "mean": "sum",
    "exp": "exp2",
    "tanh": "sigmoid",
    "erf": "tanh",
    "log": "log2",
    "sqrt": "log",
}
COMPARISONS: Final = {"<=": (ast.Lt(), ast.GtE(), ast.Eq())}
Change = tuple[str, str, str]  # kind, words, source


def _zeros_like(value: Any) -> Any:
    return torch.zeros_like(value) if isinstance(value, Tensor) else 0 * value


def _ones_like(value: Any) -> Any:
    return torch.ones_like(value) if isinstance(value, Tensor) else 1 + 0 * value


def _narrow(value: Tensor) -> Tensor:
    """Rounded to the next narrower format and taken back."""
    narrower = {torch.float64: torch.float32, torch.float32: torch.bfloat16, torch.bfloat16: torch.float8_e5m2}
    return value.to(narrower[value.dtype]).to(value.dtype) if value.dtype in narrower else value


# What altered programs call; the operators write NumPy's names.
NAMES: Final = {
    "torch": torch,
    "math": math,
    "_narrow": _narrow,
    "np": SimpleNamespace(zeros_like=_zeros_like, ones_like=_ones_like, sqrt=math.sqrt),
}


def mutants(task: Task) -> Iterator[Kernel]:
    """Every alteration of the task's plain program."""
    function = _tree(task)
    changes: list[Change] = [(each.kind, each.words, each.source) for each in alterations(_tree(task))]
    changes += _more(function)
    seen: set[str] = set()
    for kind, words, source in changes:
        if source not in seen:
            seen.add(source)
            yield Kernel(f"{task.name}: {kind}, {words}", task.name, kind, partial(_made, source), right=False)
    yield from shifted(task)


def _tree(task: Task) -> ast.FunctionDef:
    parsed = ast.parse(textwrap.dedent(inspect.getsource(task.plain))).body[0]
    assert isinstance(parsed, ast.FunctionDef)
    parsed.returns = None
    for argument in parsed.args.args:
        argument.annotation = None
    return parsed


def _made(source: str) -> Function:
    space: dict[str, Any] = dict(NAMES)
    exec(compile(source, "<mutant>", "exec"), space)  # noqa: S102 - this project's own source, altered
    made = next(value for name, value in space.items() if name not in NAMES and callable(value))
    function: Function = made
    return function


def _more(function: ast.FunctionDef) -> Iterator[Change]:
    """1 % more of every value that is assigned or returned, other functions, other comparisons."""
    for number, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.Assign | ast.Return) and node.value is not None:
            yield "1 % more", text(node.value), _replaced(function, number, "value", _scaled)
        if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant | ast.Call):
            yield "1 % more", f"{text(node.right)} in {text(node)}", _replaced(function, number, "right", _scaled)
        if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS:
            other = FUNCTIONS[node.attr]
            yield (
                "other function",
                f"{other} for {text(node)}",
                _replaced(function, number, "attr", lambda _, o=other: o),
            )
        if isinstance(node, ast.Compare):
            for operator in COMPARISONS[ast.unparse(node).split()[1]]:
                words = f"{type(operator).__name__} in {text(node)}"
                yield "other comparison", words, _replaced(function, number, "ops", lambda _, o=operator: [o])


def _scaled(node: Any) -> ast.expr:
    return ast.BinOp(ast.Constant(MORE), ast.Mult(), node)


def _replaced(function: ast.FunctionDef, number: int, field: str, change: Any) -> str:
    """The source with one field of the node of that number changed."""
    copied = deepcopy(function)
    node = list(ast.walk(copied))[number]
    setattr(node, field, change(getattr(node, field)))
    return ast.unparse(ast.fix_missing_locations(copied))


def shifted(task: Task) -> Iterator[Kernel]:
    """An input shifted by one place along its last or its last but one dimension, or left out as zeros."""
    for place, name in enumerate(task.names):
        for axis in (-1, -2):
            yield Kernel(
                f"{task.name}: {name} shifted by one along {axis}",
                task.name,
                "index shift",
                partial(_with, task.plain, place, partial(_rolled, axis)),
                right=False,
            )
        yield Kernel(
            f"{task.name}: {name} as zeros",
            task.name,
            "input ignored",
            partial(_with, task.plain, place, _zeros),
            False,
        )


def _rolled(axis: int, array: Tensor) -> Tensor:
    return array.roll(1, axis)


def _zeros(array: Tensor) -> Tensor:
    return torch.zeros_like(array)


def _with(function: Function, place: int, change: Any) -> Function:
    """The program with one argument changed."""

    def altered(*arguments: Tensor) -> Tensor:
        return function(*(change(a) if number == place else a for number, a in enumerate(arguments)))

    return altered


def all_mutants() -> Iterator[Kernel]:
    """Those of all tasks."""
    for task in TASKS.values():
        yield from mutants(task)
