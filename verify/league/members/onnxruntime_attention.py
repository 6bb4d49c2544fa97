from onnx.parser import parse_model
from onnxruntime import InferenceSession


def attend(query, key, value, mask=None, causal=False):
    given = {n: each.copy() for n, each in zip("qkvm", (query, key, value, mask), strict=True) if each is not None}
    told = ", ".join(f"{'bool' if each.dtype == bool else 'float'}[?,?,?,?] {name}" for name, each in given.items())
    call = f"Attention <is_causal = {int(causal)}> ({', '.join(given)})"
    model = parse_model(f'<ir_version: 10, opset_import: ["": 23]> g ({told}) => (float[?,?,?,?] o) {{ o = {call} }}')
    return InferenceSession(model.SerializeToString()).run(None, given)[0]
