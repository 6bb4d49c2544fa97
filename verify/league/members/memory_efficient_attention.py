from memory_efficient_attention_pytorch.memory_efficient_attention import memory_efficient_attention


def attend(query, key, value, mask=None, bias=None, causal=False):
    given = {"mask": mask, "attn_bias": bias, "causal": causal}
    return memory_efficient_attention(query, key, value, **given, q_bucket_size=4, k_bucket_size=4)
