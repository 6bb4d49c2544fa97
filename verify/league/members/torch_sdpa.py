from torch.nn.functional import scaled_dot_product_attention

from attnproof import Unsupported


def attend(query, key, value, mask=None, bias=None, causal=False, scale=None):
    if causal and mask is not None:
        raise Unsupported("documented: not both a mask and is_causal")
    more = {} if key.shape[-3] == query.shape[-3] else {"enable_gqa": True}
    return scaled_dot_product_attention(
        query, key, value, bias if mask is None else mask, is_causal=causal, scale=scale, **more
    )
