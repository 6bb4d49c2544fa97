"""A failing input as one file of data: arrays, and JSON that names nothing to import; and asking again.

What the target was called is recorded beside the declaration (``Replay.names``), to be shown. ``Replay.declaration``
takes names from its caller: nothing here goes from the file to an import.
"""

from __future__ import annotations

import io
import json
import math
import os
import shlex
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy

from attnproof.verify.arithmetic.formats import Array
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
# The largest setting that a property draws makes a file of about 100 KB: what is much larger is none of ours.
MOST_BYTES: Final = 4 * 2**20
MOST_ARRAYS: Final = 64
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
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        raise FileExistsError(f"{path} is there and no regular file")
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # so that the file is whole or not there
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, meta=np.array(json.dumps(meta, ensure_ascii=False)), **arrays)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)


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
        found = _checked(path, _arrays(path))
        if "score" in found.described:  # else it is one's own, for the caller to name
            _case(found.declaration({"target": "nothing:imported"}).formula, found.draw, found.arrays)
    except Exception as error:  # whatever a damaged or forged file makes of the reading is one refusal that names it
        raise _refused(path, error) from error
    return found


def _refused(path: Path, error: Exception) -> ReplayFileError:
    text = str(error) if type(error) is ValueError else said(error)
    return ReplayFileError(f"{path}: {text}; expected a file of schema {SCHEMA}")


def _arrays(path: Path) -> dict[str, Any]:
    """The arrays of the file, each no larger than the file is."""
    if path.exists() and not path.is_file():  # opening a pipe or a device may never end
        raise ValueError("no regular file")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise ValueError(f"{size} bytes; a file of ours has at most {MOST_BYTES}")
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if any(each.compress_type != zipfile.ZIP_STORED for each in members):
                raise ValueError("compressed arrays")
            if len(members) > MOST_ARRAYS or sum(each.file_size for each in members) > size:
                raise ValueError("more or longer arrays than the file has room for")
            return {each.filename.removesuffix(".npy"): _array(each.filename, archive.read(each)) for each in members}


def _array(name: str, content: bytes) -> Any:
    """An array of float64 or text from the content of a ``.npy`` file, whose header has to say what follows it."""
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"{name}: unknown version {version} of the format npy")
    shape, fortran, dtype = npy.read_array_header_1_0(stream)
    if dtype != np.float64 and not (dtype.kind == "U" and dtype.isnative and shape == ()):
        raise ValueError(f"{name}: numbers of type {dtype}; expected float64")
    rest = content[stream.tell() :]
    if any(length < 1 for length in shape) or math.prod(shape) * dtype.itemsize != len(rest):
        raise ValueError(f"{name}: shape {shape} is not that of the {len(rest)} bytes that follow")
    return np.frombuffer(rest, dtype).reshape(shape, order="F" if fortran else "C")


def _checked(path: Path, arrays: dict[str, Any]) -> Replay:
    """What the arrays and the text say, every part of it looked at."""
    text = arrays.pop("meta", np.zeros(1))
    if text.dtype.kind != "U":
        raise ValueError("no text named meta")
    meta = _mapping("meta", json.loads(str(text)))
    one_of("schema", meta.get("schema"), (SCHEMA,))
    one_of("property", meta.get("property"), PROPERTIES)
    names = _mapping("names", meta.get("names"))
    for name, value in names.items():
        one_of("name", name, NAMED)
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError(f"{name} is no printable text")
    described = _mapping("declaration", meta.get("declaration"))
    if "score" not in described and "score" not in names:
        raise ValueError("declaration: no score is named")
    return Replay(path, described, names, meta["property"], _draw(_mapping("draw", meta.get("draw"))), arrays)


def _draw(given: Mapping[str, Any]) -> Draw:
    draw = _same_fields("draw", given, Draw)
    setting = _same_fields("setting", _mapping("setting", draw["setting"]), Setting)
    for name in SIZES:
        _whole(name, setting[name])
    for name in BATCHES:
        if setting[name] is not None or name not in ("key_batch", "value_batch"):
            if not isinstance(setting[name], list):
                raise ValueError(f"{name} is {str(setting[name])[:40]!r}; expected a list of lengths")
            setting[name] = tuple(_whole(name, each) for each in setting[name])
    for name in FLAGS:
        if not isinstance(setting[name], bool):
            raise ValueError(f"{name} is {str(setting[name])[:40]!r}; expected true or false")
    one_of("mask", setting["mask"], ("none", "some", "row"))
    one_of("profile", setting["profile"], ("quick", "standard", "thorough"))
    one_of("dtype", draw["dtype"], DTYPES)
    one_of("device", draw["device"], DEVICES)
    if not isinstance(setting["name"], str) or not isinstance(draw["input_class"], str):
        raise ValueError("setting and input class are texts")
    _whole("seed", draw["seed"], least=0, most=LARGEST_SEED)
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


def _mapping(what: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {str(value)[:40]!r}; expected names and values")
    return dict(value)


def _same_fields(what: str, given: dict[str, Any] | Mapping[str, Any], kind: Any) -> dict[str, Any]:
    expected = {each.name for each in fields(kind)}
    if set(given) != expected:
        raise ValueError(f"{what} has the fields {', '.join(sorted(given))}; expected {', '.join(sorted(expected))}")
    return dict(given)


def _whole(what: str, value: Any, *, least: int = 1, most: int = MOST_BYTES) -> int:
    if type(value) is not int or not least <= value <= most:  # True is an int, too
        raise ValueError(f"{what} is {str(value)[:40]}; expected a whole number from {least} to {most}")
    return int(value)


def again(target: Target, name: str, draw: Draw, case: Case) -> list[Finding]:
    """What the property finds now, at the saved numbers."""
    with holding(target.score, draw, case):
        return PROPERTIES[name].check(target, draw)
