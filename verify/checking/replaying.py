"""A failing input as one file of data: arrays, and JSON that names nothing to import; and asking again.

What the target was called is recorded beside the declaration (``Replay.names``), to be shown. ``Replay.declaration``
takes names from its caller: nothing here goes from the file to an import.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.checking.archives import MOST_BYTES, mapping, meta_of, read, whole, write
from attnproof.verify.checking.checked import Example
from attnproof.verify.checking.declared import NAMED, Declaration
from attnproof.verify.composing.row import Row
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import DEVICES, DTYPES, one_of
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.asking import holding
from attnproof.verify.targets.saying import said
from attnproof.verify.targets.target import Target

SCHEMA: Final = "attnproof.replay/2"
SIZES: Final = ("n_q", "n_k", "d_q", "d_k", "d_a", "d_v")
BATCHES: Final = ("batch", "key_batch", "value_batch", "bias_batch")
FLAGS: Final = ("softcap", "bias", "bias_hidden")
MOST_ASKED: Final = 64
LARGEST_SEED: Final = 2**63  # that ``check`` takes


class ReplayFileError(ValueError):
    """The file is no replay file, or a damaged one."""


@dataclass(frozen=True, eq=False)
class Replay:
    """What a file holds.

    described  the declaration without names (``Declaration.plain``)
    names      what was imported, built and called when the file was written, a score of one's own too: text to be shown
    arrays     the saved numbers
    """

    path: Path
    described: Mapping[str, Any]
    names: Mapping[str, str]
    property: str
    draw: Draw
    arrays: Mapping[str, Array]

    def declaration(self, names: Mapping[str, str]) -> Declaration:
        """The declaration of the target that the caller names: ``target``, and what else of ``NAMING`` it needs.

        Raises ValueError for a declaration that is none.
        """
        return Declaration.described(self.described, **names)

    def case(self, score: str) -> Case:
        """The saved numbers as a case of the score. Raises ReplayFileError where they are none of it."""
        try:
            return _case(score, self.draw, self.arrays)
        except Exception as error:  # whatever forged numbers make of a case is one refusal that names the file
            raise _refused(self.path, error) from error


def save(path: Path, declared: Declaration, example: Example) -> None:
    """Write the example so that ``load`` gives it back. Raises OSError where the file cannot be written."""
    case, finding = example.case, example.finding
    meta = {
        "schema": SCHEMA,
        "declaration": declared.plain(),
        "names": declared.names(),
        "property": example.property,
        "draw": asdict(example.draw),
        "quantity": finding.quantity,
        "outcome": finding.outcome,
        "reason": finding.reason,
    }
    arrays = {f"input.{n}": v for n, v in case.inputs.items()} | {f"seed.{n}": v for n, v in case.seeds.items()}
    arrays["grad_context"] = case.grad_context
    if case.grad_lse is not None:
        arrays["grad_lse"] = case.grad_lse
    write(path, meta, arrays)


def command(path: str, declared: Declaration) -> str:
    """The command that asks again, to be pasted; MODULE:ATTRIBUTE stands for what has no name that can be imported."""
    names = declared.names()
    target = names.pop("target")
    if ":" not in target or "<" in target or target.startswith("__main__:"):
        target = "MODULE:ATTRIBUTE"
    options = [word for name, value in names.items() for word in (f"--{name}", value)]
    return shlex.join(["attnproof", "replay", path, target, *options])


def load(path: Path) -> Replay:
    """What the file holds. Raises ReplayFileError naming the file and what is wrong with it; nothing is imported."""
    try:
        found = _checked(path, read(path))
        if "score" in found.described:  # else it is one's own, for the caller to name
            _case(found.declaration({"target": "nothing:imported"}).formula, found.draw, found.arrays)
    except Exception as error:  # whatever a damaged or forged file makes of the reading is one refusal that names it
        raise _refused(path, error) from error
    return found


def _refused(path: Path, error: Exception) -> ReplayFileError:
    text = str(error) if type(error) is ValueError else said(error)
    return ReplayFileError(f"{path}: {text}; expected a file of schema {SCHEMA}")


def _checked(path: Path, arrays: dict[str, Any]) -> Replay:
    """What the arrays and the text say, every part of it looked at."""
    meta = meta_of(arrays, SCHEMA)
    one_of("property", meta.get("property"), PROPERTIES)
    names = mapping("names", meta.get("names"))
    for name, value in names.items():
        one_of("name", name, NAMED)
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError(f"{name} is no printable text")
    described = mapping("declaration", meta.get("declaration"))
    if "score" not in described and "score" not in names:
        raise ValueError("declaration: no score is named")
    return Replay(path, described, names, meta["property"], _draw(mapping("draw", meta.get("draw"))), arrays)


def _draw(given: Mapping[str, Any]) -> Draw:
    draw = _same_fields("draw", given, Draw)
    setting = _same_fields("setting", mapping("setting", draw["setting"]), Setting)
    for name in SIZES:
        whole(name, setting[name])
    for name in BATCHES:
        if setting[name] is not None or name not in ("key_batch", "value_batch"):
            if not isinstance(setting[name], list):
                raise ValueError(f"{name} is {str(setting[name])[:40]!r}; expected a list of lengths")
            setting[name] = tuple(whole(name, each) for each in setting[name])
    for name in FLAGS:
        if not isinstance(setting[name], bool):
            raise ValueError(f"{name} is {str(setting[name])[:40]!r}; expected true or false")
    one_of("mask", setting["mask"], ("none", "some", "row"))
    one_of("profile", setting["profile"], ("quick", "standard", "thorough"))
    one_of("dtype", draw["dtype"], DTYPES)
    one_of("device", draw["device"], DEVICES)
    if not isinstance(setting["name"], str) or not isinstance(draw["input_class"], str):
        raise ValueError("setting and input class are texts")
    whole("seed", draw["seed"], least=0, most=LARGEST_SEED)
    made = Setting(**setting)
    if not isinstance(draw["asked"], list) or len(draw["asked"]) > MOST_ASKED:
        raise ValueError(f"asked is no list of at most {MOST_ASKED} questions")
    for spec in draw["asked"]:
        Row.of(spec, made)  # raises where it is none
    return Draw(**(draw | {"setting": made, "asked": tuple(draw["asked"])}))


def _case(score: str, draw: Draw, arrays: Mapping[str, Any]) -> Case:
    """The numbers in place of those that the draw makes: the same arrays of the same shapes, or ValueError."""
    setting = draw.setting
    batch = math.prod((*setting.batch, *(setting.key_batch or ()), *(setting.value_batch or ()), *setting.bias_batch))
    widths = setting.d_q + setting.d_k + setting.d_v + setting.d_a
    if batch * (setting.n_q + widths) * (setting.n_k + widths) > MOST_BYTES:
        raise ValueError("sizes beyond those of any file of ours")
    drawn = make_case(score, setting, draw.input_class, draw.dtype, draw.seed)
    made = {f"input.{n}": v for n, v in drawn.inputs.items()} | {f"seed.{n}": v for n, v in drawn.seeds.items()}
    made["grad_context"] = drawn.grad_context
    if drawn.grad_lse is not None:
        made["grad_lse"] = drawn.grad_lse
    if {n: v.shape for n, v in made.items()} != {n: v.shape for n, v in arrays.items()}:
        raise ValueError(f"arrays {', '.join(sorted(arrays))} of other names or shapes than the draw makes")
    for name, array in arrays.items():
        # −∞ in a bias masks; anything else that is not finite is no number to be certain of.
        if not np.all(np.isfinite(array) | (np.isneginf(array) & (name == "input.bias"))):
            raise ValueError(f"{name} holds NaN or infinities; expected numbers")
    return replace(
        drawn,
        inputs={n: arrays[f"input.{n}"] for n in drawn.inputs},
        seeds={n: arrays[f"seed.{n}"] for n in drawn.seeds},
        grad_context=arrays["grad_context"],
        grad_lse=arrays.get("grad_lse"),
    )


def _same_fields(what: str, given: dict[str, Any] | Mapping[str, Any], kind: Any) -> dict[str, Any]:
    expected = {each.name for each in fields(kind)}
    if set(given) != expected:
        raise ValueError(f"{what} has the fields {', '.join(sorted(given))}; expected {', '.join(sorted(expected))}")
    return dict(given)


def again(target: Target, name: str, draw: Draw, case: Case) -> list[Finding]:
    """What the property finds now, at the saved numbers."""
    with holding(target.score, draw, case):
        return PROPERTIES[name].check(target, draw)
