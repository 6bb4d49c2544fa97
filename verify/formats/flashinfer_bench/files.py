"""Reading a Definition, a Solution and a Workload: what of their fields is used here, checked."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jsonschema

FLOATS: Final = MappingProxyType({"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"})
WHOLE: Final = ("int64", "int32", "int16", "int8", "bool")
UNREAD: Final = ("float8_e4m3fn", "float8_e5m2", "float4_e2m1")

_TENSOR: Final = {
    "type": "object",
    "required": ["shape", "dtype"],
    "properties": {
        "shape": {"type": ["array", "null"], "items": {"type": "string"}},
        "dtype": {"enum": [*FLOATS, *WHOLE, *UNREAD]},
    },
}
_TENSORS: Final = {"type": "object", "additionalProperties": _TENSOR, "minProperties": 1}
_AXIS: Final = {
    "oneOf": [
        {
            "required": ["type", "value"],
            "properties": {"type": {"const": "const"}, "value": {"type": "integer", "minimum": 0}},
        },
        {"required": ["type"], "properties": {"type": {"const": "var"}}},
    ]
}
_DEFINITION: Final = {
    "type": "object",
    "required": ["name", "axes", "inputs", "outputs", "reference"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "axes": {"type": "object", "additionalProperties": _AXIS},
        "inputs": _TENSORS,
        "outputs": _TENSORS,
        "reference": {"type": "string", "minLength": 1},
        "constraints": {"type": "array", "items": {"type": "string"}},
    },
}
_SOLUTION: Final = {
    "type": "object",
    "required": ["name", "definition", "spec", "sources"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "definition": {"type": "string"},
        "spec": {
            "type": "object",
            "required": ["language", "entry_point"],
            "properties": {
                "language": {"type": "string"},
                "entry_point": {"type": "string", "pattern": "^[^:]+::[^:]+$"},
                "destination_passing_style": {"type": "boolean"},
            },
        },
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["path", "content"],
                "properties": {"path": {"type": "string"}, "content": {"type": "string"}},
            },
        },
    },
}
_INPUT: Final = {
    "oneOf": [
        {"required": ["type"], "properties": {"type": {"const": "random"}}},
        {
            "required": ["type", "value"],
            "properties": {"type": {"const": "scalar"}, "value": {"type": ["number", "boolean"]}},
        },
        {
            "required": ["type", "path", "tensor_key"],
            "properties": {
                "type": {"const": "safetensors"},
                "path": {"type": "string"},
                "tensor_key": {"type": "string"},
            },
        },
    ]
}
_WORKLOAD: Final = {
    "type": "object",
    "required": ["definition", "workload"],
    "properties": {
        "definition": {"type": "string"},
        "workload": {
            "type": "object",
            "required": ["axes", "inputs", "uuid"],
            "properties": {
                "axes": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
                "inputs": {"type": "object", "additionalProperties": _INPUT},
                "uuid": {"type": "string"},
            },
        },
    },
}


@dataclass(frozen=True)
class Tensor:
    """An input or an output: its axes by name, None for a scalar, and its dtype as PyTorch names it."""

    axes: tuple[str, ...] | None
    dtype: str


@dataclass(frozen=True)
class Definition:
    """A definition; ``axes``: the number of a constant axis, None of a variable one."""

    file: Path
    name: str
    axes: Mapping[str, int | None]
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    reference: str
    constraints: tuple[str, ...]

    @property
    def free(self) -> tuple[str, ...]:
        """The variable axes."""
        return tuple(name for name, value in self.axes.items() if value is None)


@dataclass(frozen=True)
class Solution:
    """A solution in Python; ``passes``: whether it takes its outputs as the last arguments."""

    file: Path
    name: str
    definition: str
    entry: tuple[str, str]
    sources: Mapping[str, str]
    passes: bool


@dataclass(frozen=True)
class Workload:
    """A workload: ``plain`` is what the file has, which traces repeat."""

    folder: Path
    axes: Mapping[str, int]
    inputs: Mapping[str, Mapping[str, Any]]
    plain: Mapping[str, Any]


def definition(file: Path) -> Definition:
    """Raises ValueError, in one line, for what is no definition, or one of a format that is not read."""
    found = _checked(file, _json(file), _DEFINITION, "Definition")
    tensors = {
        side: {name: Tensor(None if x["shape"] is None else tuple(x["shape"]), x["dtype"]) for name, x in given.items()}
        for side, given in (("inputs", found["inputs"]), ("outputs", found["outputs"]))
    }
    for name, tensor in (*tensors["inputs"].items(), *tensors["outputs"].items()):
        if tensor.dtype in UNREAD:
            raise ValueError(f"{file}: {name} is {tensor.dtype}, a format that is not read here")
        if unknown := [axis for axis in tensor.axes or () if axis not in found["axes"]]:
            raise ValueError(f"{file}: {name} has an axis {unknown[0]!r} that is not among the axes")
    _has_function(file, "reference", found["reference"], "run")
    axes = {name: each.get("value") for name, each in found["axes"].items()}
    given, made = tensors["inputs"], tensors["outputs"]
    return Definition(file, found["name"], axes, given, made, found["reference"], tuple(found.get("constraints", ())))


def solution(file: Path) -> Solution:
    """Raises ValueError for what is no solution, or one in a language that is not run here."""
    found = _checked(file, _json(file), _SOLUTION, "Solution")
    spec = found["spec"]
    if spec["language"] != "python":
        raise ValueError(f"{file}: a solution in {spec['language']}; those in python are run here")
    sources = {each["path"]: each["content"] for each in found["sources"]}
    path, name = spec["entry_point"].split("::")
    if path not in sources:
        raise ValueError(f"{file}: no source {path!r}, which the entry point names")
    _has_function(file, path, sources[path], name)
    passes = spec.get("destination_passing_style", True)
    return Solution(file, found["name"], found["definition"], (path, name), sources, passes)


def workloads(file: Path, of: str) -> tuple[Workload, ...]:
    """Those of one definition, in a file with a trace a line. Raises ValueError for lines that are none."""
    found = []
    for number, line in enumerate(_text(file).splitlines(), 1):
        if line.strip():
            trace = _checked(file, _parsed(file, line, f"line {number}: "), _WORKLOAD, "Trace", f"line {number}: ")
            own = trace["workload"]
            if trace["definition"] == of:
                found.append(Workload(file.parent, own["axes"], own["inputs"], own))
    if not found:
        raise ValueError(f"{file} has no workload of {of}")
    return tuple(found)


def is_definition(file: Path) -> bool:
    """Whether it is a JSON file with what a definition has."""
    if file.suffix != ".json":
        return False
    found = _json(file)
    return isinstance(found, dict) and {"axes", "inputs", "outputs", "reference"} <= found.keys()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from error


def _json(file: Path) -> Any:
    return _parsed(file, _text(file))


def _parsed(file: Path, text: str, where: str = "") -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{file}: {where}no JSON: {error}") from error


def _checked(file: Path, found: Any, schema: Mapping[str, Any], what: str, where: str = "") -> Any:
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(found))
    if error is not None:
        raise ValueError(f"{file}: {where}no {what}: {error.json_path}: {error.message[:200]}")
    return found


def _has_function(file: Path, part: str, source: str, name: str) -> None:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"{file}: {part} is no Python: {error}") from error
    if not any(isinstance(each, ast.FunctionDef) and each.name == name for each in tree.body):
        raise ValueError(f"{file}: {part} has no function {name!r} at its top")
