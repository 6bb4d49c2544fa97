"""ONNX's reference evaluator as a program that is recorded."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from attnproof.verify.against.problem import Program
from attnproof.verify.recording.in_numpy.array import Recorded, made, memory_of
from attnproof.verify.recording.rules.elementwise import UNARY

_erf = np.vectorize(math.erf, otypes=[np.float64])


class Erf(OpRun):  # type: ignore[misc] # ONNX has no types
    """The operator: the evaluator's own hands every number to ``math.erf``, where no recorder follows."""

    def _run(self, x: Any) -> tuple[Any]:
        if not isinstance(x, Recorded):
            return (_erf(x).astype(x.dtype),)
        memory = memory_of((x,), {})
        with memory.at_work("erf"):
            return (made(memory, UNARY["erf"](memory.tape, memory.read(x))),)


class Evaluator(ReferenceEvaluator):  # type: ignore[misc] # ONNX has no types
    """With that operator, also inside the functions that others are defined by; attributes are decimals."""

    def __init__(self, proto: Any, *args: Any, new_ops: Any = None, **options: Any) -> None:
        others = [each for each in new_ops or () if each is not Erf]
        super().__init__(proto, *args, new_ops=[*others, Erf], **options)
        for node in self.rt_nodes_:
            for held in (vars(node), getattr(node, "attributes_", {})):
                held.update({name: decimal(x) for name, x in held.items() if isinstance(x, float | np.floating)})


def evaluated(name: str, model: Any, inputs: tuple[str, ...]) -> Program:
    """A model as a program of its inputs, in order."""
    evaluator = Evaluator(model)

    def call(*given: Any) -> Any:
        return tuple(evaluator.run(None, dict(zip(inputs, given, strict=True))))

    call.__wrapped__ = None  # type: ignore[attr-defined] # the evaluator's numbers are not the model's
    return Program(f"{name} (reference evaluator)", call, "numpy")


def decimal(value: float | np.floating[Any]) -> float:
    """The decimal that an attribute was written as: files keep it in single precision, 1e-5 as 9.99999974e-06."""
    with np.errstate(over="ignore"):
        single = np.float32(value)
    return float(str(single)) if float(single) == value else float(value)
