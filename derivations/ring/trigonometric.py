"""cos and sin in the ring: the parts of exp(iεt), so that addition theorems hold; π is no period there."""

from __future__ import annotations

import numpy as np

from attnproof.derivations.ring.field import DRAWS, Residues
from attnproof.derivations.ring.series import Series


def cosine_and_sine(arithmetic: Series, t: Residues) -> tuple[Residues, Residues]:
    """Both series, (2, k, *shape), of t (2, m, *shape): c' = −u's and s' = u'c for u = εt, coefficient by
    coefficient.
    """
    field, order = arithmetic.field, arithmetic.order
    ndim = t.ndim - 2
    cosine = np.zeros((DRAWS, order, *t.shape[2:]), np.int64)
    sine = np.zeros_like(cosine)
    cosine[:, 0] = 1
    top = min(t.shape[1], order - 1)
    slopes = field.reduce(t[:, :top] * np.arange(1, top + 1).reshape((1, top) + (1,) * ndim))
    for n in range(1, order):
        used = slopes[:, : min(n, top)]
        back = slice(n - used.shape[1], n)
        inverse = arithmetic.inverses[:, n].reshape((DRAWS,) + (1,) * ndim)
        sine[:, n] = field.reduce(field.reduce(field.reduce(used * cosine[:, back][:, ::-1]).sum(1)) * inverse)
        cosine[:, n] = field.reduce(-field.reduce(field.reduce(used * sine[:, back][:, ::-1]).sum(1)) * inverse)
    return cosine, sine
