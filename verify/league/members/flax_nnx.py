from flax.nnx import dot_product_attention


def attend(query, key, value, mask=None, bias=None):
    return dot_product_attention(query, key, value, bias, mask, deterministic=True)
