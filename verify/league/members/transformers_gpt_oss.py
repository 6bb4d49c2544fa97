from types import SimpleNamespace

from transformers.models.gpt_oss.modeling_gpt_oss import eager_attention_forward


def attend(query, key, value, bias=None, scale=None, sinks=None):
    sinks = query.new_full((query.shape[1],), float("-inf")) if sinks is None else sinks
    module = SimpleNamespace(num_key_value_groups=query.shape[1] // key.shape[1], training=False, sinks=sinks)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    return eager_attention_forward(module, query, key, value, bias, scaling=scale, dropout=0.5)
