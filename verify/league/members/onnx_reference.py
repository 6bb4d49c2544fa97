from onnx import __version__
from onnx.reference.ops.op_attention import _compute_attention

from attnproof import Unsupported


def attend(query, key, value, mask=None, bias=None, causal=False, scale=None, softcap=None):
    if (mask is not None and bias is not None) or (scale is not None and scale < 0):
        raise Unsupported("one attn_mask; specified: queries and keys times the root of the scale")
    if softcap is not None and __version__ < "1.21" and (causal or mask is not None or bias is not None):
        raise Unsupported("specified until 1.21: the soft-cap after the mask, which masks no more then")
    added = bias if mask is None else mask
    return _compute_attention(query, key, value, added, is_causal=int(causal), scale=scale, softcap=softcap)[0]
