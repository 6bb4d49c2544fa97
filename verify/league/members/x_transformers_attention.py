from x_transformers.attend import Attend

attends = {causal: Attend(causal=causal, dropout=0.5).eval() for causal in (False, True)}


def attend(query, key, value, mask=None, bias=None, causal=False):
    return attends[bool(causal)](query, key, value, mask=mask, attn_bias=bias)
