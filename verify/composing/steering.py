"""Numbers that give every score a sign of one's own choice and one size, exactly, through query and key.

Products: k_j has one feature, the j-th, and q_i has the wanted signs. Sums under tanh: hidden unit a sees the a-th sign
of the query where the key's number is a, and is −1 otherwise; one more unit is always 1 and makes up for those.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.derivations.scores.following import alone
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting

PRODUCTS: Final = ("dot", "scaled_dot", "bilinear")
HIDDEN: Final = ("additive", "concat")
SATURATED: Final = 32.0  # tanh of it is 1 in every format

Signs = npt.NDArray[np.float64]


def steerable(score: str, setting: Setting) -> Setting:
    """The same with the widths that ``steered`` needs. Raises ValueError for scores that it does not know."""
    n = setting.n_k
    widths = {"d_q": n, "d_k": n} if score in PRODUCTS else {"d_q": n + 1, "d_k": n, "d_a": n + 1}
    if score not in (*PRODUCTS, *HIDDEN):
        raise ValueError(f"no numbers are known that steer the {score} score; expected {', '.join(PRODUCTS + HIDDEN)}")
    found = Setting(setting.name, setting.n_q, n, d_v=setting.d_v, batch=setting.batch)
    return Setting(**{**vars(found), **widths})


def steered(case: Case, signs: Signs, exponent: int) -> dict[str, Array]:
    """Inputs with ``scores = ± 2^exponent`` (for ``scaled_dot`` divided by √n_k), every rounding exact but that root's.

    signs  ±1, batch + (n_q, n_k)
    Raises ValueError for a case whose widths are not those of ``steerable``.
    """
    n_q, n_k = signs.shape[-2:]
    full = np.broadcast_to(signs, (*case.batch, n_q, n_k)).copy()
    one = np.broadcast_to(np.eye(n_k), (*case.batch, n_k, n_k)).copy()
    score = alone(case.score)
    if score in PRODUCTS:
        if case.inputs["key"].shape[-1] != n_k or case.inputs["query"].shape[-1] != n_k:
            raise ValueError(f"steering needs {n_k} features for {n_k} keys")
        half = exponent // 2
        found = {"query": full * 2.0 ** (exponent - half), "key": one * 2.0**half}
        return {**case.inputs, **found, **({"weight": np.eye(n_k)} if score == "bilinear" else {})}
    if case.inputs["v"].shape != (n_k + 1,) or case.inputs["query"].shape[-1] != n_k + 1:
        raise ValueError(f"steering needs {n_k + 1} hidden units for {n_k} keys")
    size = 2.0**exponent
    query = np.concatenate([full, np.ones((*full.shape[:-1], 1))], -1)
    weights = {"weight_query": np.eye(n_k + 1), "weight_key": np.eye(n_k + 1, n_k)}
    if score == "concat":
        weights = {"weight_concat": np.concatenate(list(weights.values()), -1)}
    found = {name: SATURATED * array for name, array in weights.items()}
    v = np.full(n_k + 1, size)
    v[-1] = size * (n_k - 1)
    if math.log2(n_k - 1) > 7:
        raise ValueError(f"{n_k} keys: their number has to be exact in every format")
    return {**case.inputs, **found, "query": query, "key": 2.0 * (one - 1.0), "v": v}
