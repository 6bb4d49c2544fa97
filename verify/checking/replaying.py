"""A failing input as one file: numbers as arrays, the rest as JSON; and asking again."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from attnproof.verify.checking.checked import Example
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.asking import holding
from attnproof.verify.targets.target import Target

SCHEMA: Final = "attnproof.replay/1"
TUPLES: Final = ("batch", "key_batch", "value_batch", "bias_batch")


class ReplayFileError(ValueError):
    """The file is no replay file, or a damaged one."""


def save(path: Path, declared: Declaration, example: Example) -> None:
    """Write the example so that ``load`` gives it back."""
    case, finding = example.case, example.finding
    meta = {
        "schema": SCHEMA,
        "declaration": declared.plain(),
        "property": example.property,
        "draw": asdict(example.draw),
        "quantity": finding.quantity,
        "outcome": finding.outcome,
        "reason": finding.reason,
        "score": case.score,
    }
    arrays = {f"input.{n}": v for n, v in case.inputs.items()} | {f"seed.{n}": v for n, v in case.seeds.items()}
    arrays["grad_context"] = case.grad_context
    if case.grad_lse is not None:
        arrays["grad_lse"] = case.grad_lse
    path.parent.mkdir(parents=True, exist_ok=True)
    text = np.array(json.dumps(meta, ensure_ascii=False))
    part = path.with_name(f"{path.name}.part")  # so that a file of that name is whole or not there
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, meta=text, **arrays)
    part.replace(path)


def load(path: Path) -> tuple[Declaration, str, Draw, Case]:
    """Declaration, property, draw and case. Raises ReplayFileError naming the file and what is wrong with it."""
    try:
        # Opened here, since NumPy leaves a damaged archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        meta: dict[str, Any] = json.loads(str(arrays.pop("meta")))
        _known("schema", meta.get("schema"), (SCHEMA,), path)
        draw = dict(meta["draw"])
        known = {each.name for each in fields(Setting)}
        setting = {n: _tuple(v) if n in TUPLES else v for n, v in draw["setting"].items() if n in known}
        made = Draw(**(draw | {"setting": Setting(**setting)}))
        inputs = {n.removeprefix("input."): v for n, v in arrays.items() if n.startswith("input.")}
        for name, array in arrays.items():
            # −∞ in a bias masks; anything else that is not finite is no number to be certain of.
            if not np.all(np.isfinite(array) | (np.isneginf(array) & (name == "input.bias"))):
                raise ReplayFileError(f"{path}: {name} holds NaN or infinities; expected numbers")  # noqa: TRY301 - as below
        seeds = {n.removeprefix("seed."): v for n, v in arrays.items() if n.startswith("seed.")}
        case = Case(
            meta["score"],
            inputs,
            arrays["grad_context"],
            dtype=made.dtype,
            size=made.setting.name,
            input_class=made.input_class,
            grad_lse=arrays.get("grad_lse"),
            seeds=seeds,
        )
        _known("property", meta["property"], tuple(PROPERTIES), path)
        return Declaration.of(meta["declaration"]), meta["property"], made, case
    except ReplayFileError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ReplayFileError(f"{path}: expected a file of schema {SCHEMA}; {type(error).__name__}: {error}") from error


def _known(what: str, found: Any, known: tuple[str, ...], path: Path) -> None:
    if found not in known:
        raise ReplayFileError(f"{path}: {what} {found!r}; expected {', '.join(known)}")


def again(target: Target, name: str, draw: Draw, case: Case) -> list[Finding]:
    """What the property finds now, at the saved numbers."""
    with holding(target.score, draw, case):
        return [f if f.draw is not None else replace(f, draw=draw) for f in PROPERTIES[name].check(target, draw)]


def _tuple(value: Any) -> Any:
    return None if value is None else tuple(value)
