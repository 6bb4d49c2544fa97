from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from attnproof import Unsupported


def attend(query, key, value, mask=None, causal=False, scale=None):
    if causal and mask is not None:
        raise Unsupported("documented: not both a mask and is_causal")
    with sdpa_kernel(SDPBackend.MATH):
        return scaled_dot_product_attention(query, key, value, mask, is_causal=causal, scale=scale)
