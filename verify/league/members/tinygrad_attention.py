from tinygrad import Tensor

from attnproof import Unsupported


def attend(query, key, value, mask=None, causal=False):
    if mask is not None and causal:
        raise Unsupported("one mask at a time")
    given = [None if each is None else Tensor(each.copy()) for each in (query, key, value, mask)]
    return Tensor.scaled_dot_product_attention(*given, is_causal=bool(causal)).numpy()
