from ring_attention_pytorch.ring_attention import default_attention

from attnproof import Unsupported


def attend(query, key, value, mask=None, causal=False):
    if mask is not None and causal:
        raise Unsupported("it looks at the mask only where it is not causal")
    return default_attention(query, key, value, mask, causal)
