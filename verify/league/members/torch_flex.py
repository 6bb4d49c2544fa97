from torch.nn.attention.flex_attention import flex_attention


def attend(query, key, value, bias=None, scale=None):
    def add(score, b, h, q, k):
        return score if bias is None else score + bias[b, h, q, k]

    return flex_attention(query, key, value, score_mod=add, scale=scale)
