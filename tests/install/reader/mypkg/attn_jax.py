"""An attention in JAX, a right one."""

import jax


def attend(query, key, value):
    return jax.nn.softmax(query @ key.mT / query.shape[-1] ** 0.5, axis=-1) @ value
