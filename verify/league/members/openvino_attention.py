import numpy as np
from openvino import Model, Type, compile_model, opset13

from attnproof import Unsupported


def attend(query, key, value, bias=None, causal=False):
    if causal and bias is not None:
        raise Unsupported("specified: a mask is ignored where it is causal")
    given = [np.ascontiguousarray(each) for each in (query, key, value, bias) if each is not None]
    named = [opset13.parameter(each.shape, Type(each.dtype)) for each in given]
    model = Model([opset13.scaled_dot_product_attention(*named, causal=bool(causal))], named)
    return compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(given)[0]
