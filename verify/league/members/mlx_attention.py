import mlx.core as mx
import numpy as np

from attnproof import Unsupported


def attend(query, key, value, mask=None, causal=False):
    if causal and mask is not None:
        raise Unsupported("one mask: an array or causal")
    scale, (query, key, value) = query.shape[-1] ** -0.5, map(mx.array, (query, key, value))
    mask = "causal" if causal else None if mask is None else mx.array(mask)
    return np.array(mx.fast.scaled_dot_product_attention(query, key, value, scale=scale, mask=mask))
