"""Models of the one operator, and those who run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import onnx
import onnx.defs
from onnx import helper
from onnx.reference import ReferenceEvaluator

from attnproof.verify.formats.onnx.specified import INPUTS, OUTPUTS, Case

# the oldest form of files that has each set of operators
_IR: Final = {23: 11, 24: 12, 25: 13}
_TOO_NEW: Final = ("opset", "IR version", "Unrecognized attribute")  # what an older runtime says of a newer model
Answers = dict[str, Any]


class NotAskedError(ValueError):
    """The version that is installed is older than what the case is of."""


def model(case: Case) -> Any:
    """The case's operator as a model of its own. Raises NotAskedError where this ONNX has no such set of operators."""
    if onnx.defs.onnx_opset_version() < case.opset:
        raise NotAskedError(f"ONNX {onnx.__version__} has no operator set {case.opset}")
    if unknown := sorted(set(case.attributes) - set(onnx.defs.get_schema("Attention", case.opset, "").attributes)):
        raise NotAskedError(f"ONNX {onnx.__version__} has no attribute {unknown[0]!r}")
    types = {name: helper.np_dtype_to_tensor_dtype(x.dtype) for name, x in case.inputs.items()}
    given = [helper.make_tensor_value_info(name, types[name], x.shape) for name, x in case.inputs.items()]
    results = [helper.make_tensor_value_info(name, types["Q"], None) for name in case.outputs]
    graph = helper.make_graph([_node(case)], "attention", given, results)
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", case.opset)],
        ir_version=_IR[case.opset],
        producer_name="attnproof",
    )


def _node(case: Case) -> Any:
    taken = [name if name in case.inputs else "" for name in INPUTS]
    made = [name if name in case.outputs else "" for name in OUTPUTS]
    return helper.make_node("Attention", _cut(taken), _cut(made), **case.attributes)


def _cut(names: list[str]) -> list[str]:
    """Without the empty ones at the end."""
    return names[: max(k for k, name in enumerate(names) if name) + 1]


def by_evaluator(case: Case) -> Answers:
    """ONNX's reference evaluator."""
    found = ReferenceEvaluator(model(case)).run(None, dict(case.inputs))
    return dict(zip(case.outputs, found, strict=True))


def by_function_body(case: Case) -> Answers:
    """The operator's own definition by other operators, run by ONNX's reference evaluator."""
    (node,) = model(case).graph.node
    schema = onnx.defs.get_schema("Attention", case.opset, "")
    types = [
        helper.make_tensor_type_proto(helper.np_dtype_to_tensor_dtype(case.inputs[name].dtype), case.inputs[name].shape)
        if name
        else onnx.TypeProto()
        for name in node.input
    ]
    body = onnx.FunctionProto()
    body.ParseFromString(
        schema.get_context_dependent_function(node.SerializeToString(), [each.SerializeToString() for each in types])
    )
    given = {inside: case.inputs[name] for inside, name in zip(body.input, node.input, strict=False) if name}
    graph = helper.make_graph(
        list(body.node),
        "body",
        [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
            for name, x in given.items()
        ],
        [onnx.ValueInfoProto(name=inside) for inside, name in zip(body.output, node.output, strict=False) if name],
    )
    found = ReferenceEvaluator(helper.make_model(graph, opset_imports=list(body.opset_import))).run(None, given)
    return dict(zip(case.outputs, found, strict=True))


def by_onnxruntime(case: Case) -> Answers:
    """The runtime on the CPU, with its own optimisations."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    text = model(case).SerializeToString()
    try:
        session = onnxruntime.InferenceSession(text, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises errors of its own, without a base
        if case.opset > 23 and any(word in str(error) for word in _TOO_NEW):
            raise NotAskedError(f"onnxruntime {onnxruntime.__version__} knows no operator set {case.opset}") from error
        raise
    found = session.run(list(case.outputs), dict(case.inputs))
    return dict(zip(case.outputs, found, strict=True))


PARTIES: Final[Mapping[str, tuple[str, Callable[[Case], Answers]]]] = MappingProxyType(
    {  # name -> (package, who answers)
        "reference evaluator": ("onnx", by_evaluator),
        "function body": ("onnx", by_function_body),
        "onnxruntime": ("onnxruntime", by_onnxruntime),
    }
)
