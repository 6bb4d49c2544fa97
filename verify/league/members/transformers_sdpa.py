from types import SimpleNamespace

from transformers.integrations.sdpa_attention import sdpa_attention_forward


def attend(query, key, value, mask=None, scale=None):
    module = SimpleNamespace(num_key_value_groups=query.shape[1] // key.shape[1], training=False, is_causal=False)
    return sdpa_attention_forward(module, query, key, value, mask, scaling=scale, is_causal=False)
