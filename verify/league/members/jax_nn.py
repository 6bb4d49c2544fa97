import jax


def attend(query, key, value, mask=None, bias=None, causal=False, scale=None, lengths=None, window=None):
    more = {"key_value_seq_lengths": lengths, "local_window_size": window}
    return jax.nn.dot_product_attention(query, key, value, bias, mask, scale=scale, is_causal=causal, **more)
