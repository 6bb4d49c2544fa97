"""An ONNX model as a reference, and what is to compute the same: another model, a runtime, or a Python function.

The reference is run by ONNX's reference evaluator, which computes in NumPy and so is recorded like any program. What an
operator takes out of NumPy is named, and what follows from it is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.impl.extras import require
from attnproof.verify.against.problem import Draw, Problem, Program
from attnproof.verify.unit import generator

RUNS: Final = ("onnxruntime", "evaluator")
FORMAT_OF: Final = MappingProxyType({1: "fp32", 10: "fp16", 11: "fp64", 16: "bf16"})  # TensorProto's numbers
_BOOL: Final = 9
_SIZES: Final = (2, 3, 5, 4, 6, 7)  # that free axes get, in the order in which they come: no two alike at first
_HIGH: Final = 2  # whole numbers are 0 and 1: they may be indices


def recognises(path: Path) -> bool:
    """Whether it is called a model; what it holds is found out when it is opened."""
    return path.suffix == ".onnx"


def problem(
    candidate: str,
    reference: str,
    *,
    by: str = "onnxruntime",
    framework: str | None = None,
    dtype: str | None = None,
    gradients: bool = False,
    at: Mapping[str, int] | None = None,
) -> Problem:
    """The problem of a candidate against a model.

    candidate  a model, run ``by`` onnxruntime or the reference evaluator; or ``file.py:name``, ``module:name``, a
               function of the model's inputs in their order, of arrays of ``framework`` (None: found out)
    dtype      a format in place of the model's own
    gradients  no: ONNX's evaluator has none
    at         sizes of the axes that the model names, or leaves open (``input 0``: the first axis of ``input``)
    Raises MissingExtraError without ONNX, and ValueError for what is no model, for inputs that are no tensors of
    numbers, and where gradients are asked for.
    """
    if gradients:
        raise ValueError("ONNX models have no gradients: values alone are judged")
    require("onnx")
    from attnproof.verify.formats.onnx.evaluator import evaluated

    stated = _Model.read(reference)
    chosen = stated.sizes(at or {})
    if Path(candidate).suffix == ".onnx":
        proposed = _model_program(candidate, by)
        theirs = _Model.read(candidate)
        if [each.name for each in theirs.inputs] != [each.name for each in stated.inputs]:
            raise ValueError(f"{candidate} takes {theirs.names}; {reference} takes {stated.names}")
    else:
        proposed = _function_program(candidate, framework)
    floating = {each.name: dtype or FORMAT_OF[each.kind] for each in stated.inputs if each.kind in FORMAT_OF}
    first = next(iter(floating.values()), "fp32")
    return Problem(
        Path(reference).stem,
        evaluated(reference, stated.proto, stated.names),
        proposed,
        stated.names,
        {"normal": stated.draw(chosen, 1.0), "wide": stated.draw(chosen, 4.0)},
        first,
        {name: own for name, own in floating.items() if own != first},
        results=tuple(each.name for each in stated.proto.graph.output),
        sizes=chosen,
        at=lambda other: problem(candidate, reference, by=by, framework=framework, dtype=dtype, at={**chosen, **other}),
    )


@dataclass(frozen=True)
class _Input:
    """A model's input: its axes are numbers, or names of sizes."""

    name: str
    kind: int
    axes: tuple[str | int, ...]

    def draw(self, random: np.random.Generator, sizes: Mapping[str, int], spread: float) -> Any:
        shape = tuple(axis if isinstance(axis, int) else sizes[axis] for axis in self.axes)
        if self.kind in FORMAT_OF:
            return random.standard_normal(shape) * spread
        if self.kind == _BOOL:
            return random.random(shape) < 0.5
        import onnx

        return random.integers(0, _HIGH, shape).astype(onnx.helper.tensor_dtype_to_np_dtype(self.kind))


@dataclass(frozen=True, eq=False)
class _Model:
    """A model's file."""

    proto: Any
    inputs: tuple[_Input, ...]

    @classmethod
    def read(cls, file: str) -> _Model:
        """Raises ValueError for what is no model."""
        import onnx

        try:
            proto = onnx.load(file)
            onnx.checker.check_model(proto)
        except Exception as error:  # protobuf's errors, the checker's, and those of files
            raise ValueError(f"{file} is no ONNX model: {type(error).__name__}: {_line(error)}") from error
        kept = {each.name for each in proto.graph.initializer}
        return cls(proto, tuple(_input(file, each) for each in proto.graph.input if each.name not in kept))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.inputs)

    def sizes(self, given: Mapping[str, int]) -> dict[str, int]:
        """Of every axis without a number. Raises ValueError for one that there is not."""
        free = dict.fromkeys(axis for each in self.inputs for axis in each.axes if isinstance(axis, str))
        if unknown := sorted(set(given) - set(free)):
            raise ValueError(f"the model has no free axis {unknown[0]!r}; it has {', '.join(free) or 'none'}")
        return {axis: given.get(axis, _SIZES[k % len(_SIZES)]) for k, axis in enumerate(free)}

    def draw(self, sizes: Mapping[str, int], spread: float) -> Draw:
        def draw(seed: int) -> tuple[Any, ...]:
            random = generator(seed, "formats", "onnx", f"{spread}")
            return tuple(each.draw(random, sizes, spread) for each in self.inputs)

        return draw


def _input(file: str, value: Any) -> _Input:
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        raise ValueError(f"{file}: input {value.name} is a {str(kind).removesuffix('_type')}; expected a tensor")
    tensor = value.type.tensor_type
    axes = tuple(
        each.dim_value if each.HasField("dim_value") else each.dim_param or f"{value.name} {k}"
        for k, each in enumerate(tensor.shape.dim)
    )
    return _Input(value.name, tensor.elem_type, axes)


def _model_program(file: str, by: str) -> Program:
    if by not in RUNS:
        raise ValueError(f"models are run by {' or '.join(RUNS)}, not by {by!r}")
    model = _Model.read(file)
    if by == "evaluator":
        from attnproof.verify.formats.onnx.evaluator import evaluated

        return evaluated(file, model.proto, model.names)
    require("onnxruntime")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's errors have no base of their own
        raise ValueError(f"{file}: onnxruntime does not take it: {_line(error)}") from error

    def call(*given: Any) -> Any:
        plain = (np.asarray(x).view(np.ndarray) for x in given)
        return tuple(session.run(None, dict(zip(model.names, plain, strict=True))))

    return Program(f"{file} (onnxruntime)", call, "numpy", "onnxruntime runs compiled code")


def _function_program(name: str, framework: str | None) -> Program:
    from attnproof.verify.against.making import framework_of
    from attnproof.verify.checking.loading import load

    function: Callable[..., Any] = load(name)
    if not callable(function):
        raise ValueError(f"{name} is {type(function).__name__}; expected a function of the model's inputs")
    return Program(name, function, framework or framework_of(function))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
