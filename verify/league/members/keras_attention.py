from keras.layers import Attention

layer = Attention(dropout=0.5)


def attend(query, key, value, mask=None, causal=False):
    masks = None if mask is None else [None, mask]
    return layer([query, value, key], mask=masks, use_causal_mask=causal, return_attention_scores=True)
