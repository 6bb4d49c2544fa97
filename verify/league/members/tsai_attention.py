from tsai.models.layers import ScaledDotProductAttention


def attend(query, key, value, mask=None):
    layer = ScaledDotProductAttention(query.shape[1] * query.shape[-1], query.shape[1], attn_dropout=0.5)
    return layer.to(query.dtype).eval()(query, key.transpose(-1, -2), value, attn_mask=mask)
