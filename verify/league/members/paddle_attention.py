import paddle
from paddle.nn.functional import scaled_dot_product_attention

from attnproof import Unsupported


def attend(query, key, value, bias=None, causal=False):
    if causal and bias is not None:
        raise Unsupported("documented: a mask is ignored where it is causal")
    given = [paddle.to_tensor(each.copy()) for each in (query, key, value, bias) if each is not None]
    return scaled_dot_product_attention(*given, is_causal=bool(causal), training=False).numpy()
