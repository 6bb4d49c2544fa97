"""Running KernelBench's files, at sizes that may be chosen."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

WANTED: Final = ("Model", "get_inputs", "get_init_inputs")


def parsed(path: Path) -> ast.Module:
    """Raises ValueError for what is no Python."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no Python file: {error}") from error


def sizes(tree: ast.Module) -> dict[str, int]:
    """The whole numbers that the file names at its top, ``batch_size = 16``: what its inputs' shapes are made of."""
    return {name: each.value.value for name, each in _literals(tree)}  # type: ignore[attr-defined] # a Constant


def _literals(tree: ast.Module) -> list[tuple[str, ast.Assign]]:
    return [
        (each.targets[0].id, each)
        for each in tree.body
        if isinstance(each, ast.Assign)
        and len(each.targets) == 1
        and isinstance(each.targets[0], ast.Name)
        and isinstance(each.value, ast.Constant)
        and type(each.value.value) is int
        and each.value.value > 0
    ]


def executed(path: Path, wanted: tuple[str, ...], changed: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What the file defines, run anew, with other numbers in the place of its own.

    Raises ValueError where it cannot be run or lacks what is wanted.
    """
    tree = parsed(path)
    for name, each in _literals(tree):
        if changed and name in changed:
            each.value = ast.copy_location(ast.Constant(changed[name]), each.value)
    module = ModuleType(f"_attnproof_{path.stem}")
    module.__file__ = str(path)
    try:
        exec(compile(tree, str(path), "exec"), module.__dict__)  # noqa: S102 - its format is a program
    except Exception as error:  # somebody's file may raise anything
        raise ValueError(f"{path}: running it raised {type(error).__name__}: {error}") from error
    for name in wanted:
        if name not in module.__dict__:
            raise ValueError(f"{path} defines no {name!r}, which the format asks for")
    return module.__dict__
