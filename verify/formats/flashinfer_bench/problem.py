"""A Definition and a Solution as a ``Problem``."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.against.problem import Draw, Problem, Program
from attnproof.verify.formats.flashinfer_bench.files import (
    FLOATS,
    Definition,
    Solution,
    Tensor,
    Workload,
    definition,
    is_definition,
    solution,
    workloads,
)
from attnproof.verify.unit import generator

_SIZES: Final = (2, 3, 5, 4, 6, 7)  # that variable axes get, in the order in which they come: no two alike at first
_HIGH: Final = 2  # whole numbers without a workload are 0 and 1: they may be indices


def recognises(path: Path) -> bool:
    """Whether it is a definition's file."""
    return is_definition(path)


def problem(
    candidate: str,
    reference: str,
    *,
    workload: str | None = None,
    number: int = 0,
    dtype: str | None = None,
    gradients: bool = False,
    at: Mapping[str, int] | None = None,
) -> Problem:
    """The problem of a solution's file against a definition's.

    workload   a file of workloads, one a line; ``number`` of them is asked. None: small sizes, and numbers of ours
    dtype      a format in place of those that the definition says
    gradients  whether they count too: the benchmark asks for values alone
    at         other sizes of the variable axes
    Raises ValueError for files that are not what they should be, and sizes that the constraints exclude.
    """
    stated, proposed = definition(Path(reference)), solution(Path(candidate))
    if proposed.definition != stated.name:
        raise ValueError(f"{candidate} solves {proposed.definition}; {reference} defines {stated.name}")
    given = None if workload is None else _numbered(workloads(Path(workload), stated.name), number, workload)
    return problem_of(
        stated,
        run(stated.file, {"reference.py": stated.reference}, "reference.py", "run"),
        called(stated, proposed),
        (f"the reference of {stated.name}", proposed.name),
        given,
        dtype=dtype,
        gradients=gradients,
        at=at or {},
    )


def problem_of(
    stated: Definition,
    reference: Callable[..., Any],
    candidate: Callable[..., Any],
    names: tuple[str, str],
    given: Workload | None = None,
    *,
    dtype: str | None = None,
    gradients: bool = False,
    at: Mapping[str, int],
) -> Problem:
    """The problem of two functions that return what the definition says. Raises ValueError for sizes that are none."""
    if unknown := sorted(set(at) - set(stated.free)):
        raise ValueError(
            f"{stated.name} has no variable axis {unknown[0]!r}; it has {', '.join(stated.free) or 'none'}"
        )
    chosen = sizes(stated, {**(given.axes if given is not None else {}), **at})
    floating = {name: dtype or FLOATS[each.dtype] for name, each in stated.inputs.items() if each.dtype in FLOATS}
    first = next(iter(floating.values()), "fp32")
    arrays = tuple(name for name in floating if stated.inputs[name].axes is not None)
    return Problem(
        stated.name,
        Program(names[0], reference, "torch"),
        Program(names[1], candidate, "torch"),
        tuple(stated.inputs),
        {"normal": _draw(stated, chosen, given, 1.0), "wide": _draw(stated, chosen, given, 4.0)},
        first,
        {name: own for name, own in floating.items() if own != first and name in arrays},
        gradients=arrays if gradients else (),
        results=tuple(stated.outputs),
        sizes={name: chosen[name] for name in stated.free},
        at=lambda other: problem_of(
            stated, reference, candidate, names, given, dtype=dtype, gradients=gradients, at={**at, **other}
        ),
    )


def sizes(stated: Definition, given: Mapping[str, int]) -> dict[str, int]:
    """Of all axes: the constants', those given, and small ones. A constraint ``a == b + 1`` on an axis that is not
    given sets it. Raises ValueError where one on axes alone does not hold; those on inputs are the workload's to meet.
    """
    found = {name: value for name, value in stated.axes.items() if value is not None} | dict(given)
    fixed = {name for name in found if name in given or stated.axes.get(name) is not None}
    for k, name in enumerate(stated.free):
        found.setdefault(name, _SIZES[k % len(_SIZES)])
    for text in stated.constraints:
        tree = _expression(stated, text)
        words = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        if not words <= found.keys():
            continue
        left = tree.body.left.id if isinstance(tree.body, ast.Compare) and isinstance(tree.body.left, ast.Name) else ""
        if left and left not in fixed and isinstance(tree.body, ast.Compare) and isinstance(tree.body.ops[0], ast.Eq):
            found[left] = int(_value(stated, ast.Expression(tree.body.comparators[0]), found))
        if not _value(stated, tree, found):
            raise ValueError(f"{stated.name}: {text} does not hold for {', '.join(f'{k} = {found[k]}' for k in words)}")
    return found


def _expression(stated: Definition, text: str) -> ast.Expression:
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"{stated.file}: constraint {text!r} is no expression: {error}") from error


def _value(stated: Definition, tree: ast.Expression, axes: Mapping[str, int]) -> Any:
    try:
        return eval(compile(tree, str(stated.file), "eval"), {"__builtins__": {}}, dict(axes))
    except Exception as error:  # whatever an expression may raise
        raise ValueError(f"{stated.file}: a constraint raised {type(error).__name__}: {error}") from error


def run(file: Path, sources: Mapping[str, str], path: str, name: str) -> Callable[..., Any]:
    """The function of a source. Raises ValueError where running the source raises, or it imports its neighbours."""
    module = ModuleType(f"_attnproof_{file.stem}_{Path(path).stem}")
    where = f"{file}:{path}"
    module.__file__ = where
    linecache.cache[where] = (len(sources[path]), None, sources[path].splitlines(keepends=True), where)
    try:
        exec(compile(sources[path], where, "exec"), module.__dict__)  # noqa: S102 - its format is a program
    except Exception as error:  # somebody's file may raise anything
        raise ValueError(f"{where}: running it raised {type(error).__name__}: {error}") from error
    return module.__dict__[name]  # type: ignore[no-any-return] # files.py has looked


def called(stated: Definition, proposed: Solution) -> Callable[..., Any]:
    """The solution's function as one that returns its outputs, of the formats that the definition says."""
    function = run(proposed.file, proposed.sources, *proposed.entry)
    return returning(stated, function) if proposed.passes else function


def returning(stated: Definition, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes its outputs as the last arguments, as one that returns them."""

    def call(*given: Any) -> tuple[torch.Tensor, ...]:
        outputs = [torch.empty(shape, dtype=dtype) for shape, dtype in expected(stated, given)]
        function(*given, *outputs)
        return tuple(outputs)

    call.__wrapped__ = function  # type: ignore[attr-defined] # its own numbers are looked for there
    return call


def expected(stated: Definition, given: tuple[Any, ...]) -> list[tuple[tuple[int, ...], torch.dtype]]:
    """Shapes and dtypes of the outputs for these inputs; where those come in another format, so do floating outputs."""
    axes = {name: value for name, value in stated.axes.items() if value is not None}
    other: torch.dtype | None = None
    for each, value in zip(stated.inputs.values(), given, strict=True):
        if each.axes is not None:
            axes |= dict(zip(each.axes, value.shape, strict=True))
            if each.dtype in FLOATS and value.dtype != getattr(torch, each.dtype):
                other = value.dtype
    return [
        (
            tuple(axes[axis] for axis in each.axes or ()),
            other if other is not None and each.dtype in FLOATS else getattr(torch, each.dtype),
        )
        for each in stated.outputs.values()
    ]


def _numbered(found: tuple[Workload, ...], number: int, file: str) -> Workload:
    if not 0 <= number < len(found):
        raise ValueError(f"{file} has {len(found)} workloads of the definition; there is no number {number}")
    return found[number]


def _draw(stated: Definition, chosen: Mapping[str, int], given: Workload | None, spread: float) -> Draw:
    def draw(seed: int) -> tuple[Any, ...]:
        random = generator(seed, "formats", "flashinfer_bench", f"{spread}")
        return tuple(
            _input(
                name, each, chosen, random, spread, {"type": "random"} if given is None else given.inputs[name], given
            )
            for name, each in stated.inputs.items()
        )

    return draw


def _input(
    name: str,
    each: Tensor,
    chosen: Mapping[str, int],
    random: np.random.Generator,
    spread: float,
    how: Mapping[str, Any],
    given: Workload | None,
) -> Any:
    if how["type"] == "scalar":
        return how["value"]
    if how["type"] == "safetensors" and given is not None:
        return _loaded(given.folder / how["path"], how["tensor_key"], name)
    if each.axes is None:
        return float(random.random()) if each.dtype in FLOATS else int(random.integers(0, _HIGH))
    shape = tuple(chosen[axis] for axis in each.axes)
    if each.dtype in FLOATS:
        return random.standard_normal(shape) * spread
    return random.integers(0, _HIGH, shape).astype(each.dtype)


def _loaded(file: Path, key: str, name: str) -> Any:
    from safetensors.torch import load_file

    from attnproof.verify.formats.torch_values import plain

    try:
        return plain(load_file(file)[key])
    except Exception as error:  # of files, of safetensors, or no such key
        raise ValueError(f"input {name}: {key!r} of {file} cannot be read: {type(error).__name__}: {error}") from error
