from pytorch_forecasting.models.temporal_fusion_transformer.sub_modules import ScaledDotProductAttention

layer = ScaledDotProductAttention(dropout=0.5).eval()
layer.mask_bias = float("-inf")  # documented, for mixed precision; the default is -1e9


def attend(query, key, value, mask=None):
    return layer(query, key, value, mask)
