from equinox.nn._attention import dot_product_attention


def attend(query, key, value, mask=None):
    return dot_product_attention(query, key, value, mask)
