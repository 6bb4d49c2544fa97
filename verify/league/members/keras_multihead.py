import torch
from keras.layers import MultiHeadAttention


def attend(query, key, value, mask=None, causal=False):
    width = query.shape[-1]
    layer = MultiHeadAttention(1, width, use_bias=False, dropout=0.5)
    layer.build(query.shape, value.shape, key.shape)
    layer.set_weights([torch.eye(width).reshape(each.shape).numpy() for each in layer.weights[:4]])
    return layer(query, value, key, attention_mask=mask, use_causal_mask=causal, return_attention_scores=True)[0]
