import haiku as hk
import jax.numpy as jnp


def attend(query, key, value, mask=None):
    width, eye = query.shape[-1], {"w": jnp.eye(query.shape[-1], dtype=query.dtype)}

    def called(*given):
        return hk.MultiHeadAttention(1, width, 1.0, with_bias=False)(*given)

    weights = {f"multi_head_attention/{name}": eye for name in ("query", "key", "value", "linear")}
    return hk.transform(called).apply(weights, None, query, key, value, mask)
