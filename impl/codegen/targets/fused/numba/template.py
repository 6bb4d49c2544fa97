"""The fused Numba module: what its templates are filled with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from attnproof.derivations.kernels.ranges import BACKWARD, FORWARD
from attnproof.impl.codegen.targets.fused import derived
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import (
    GRADIENTS,
    LOG_SUM_EXP_SEED,
    VISIBLE,
    backward_doc,
    function_doc,
    module_doc,
    result,
)
from attnproof.impl.codegen.text.module import Module
from attnproof.impl.codegen.text.templates import rendered

HERE: Final = Path(__file__).parent
PACKS: Final = Path(__file__).resolve().parents[4] / "generated/numba/_packs.py"
STRIP: Final = 2  # packs of keys, and
PAIR: Final = 2  # queries, whose fractions are kept at once: so much stays in the nearest cache
BLOCK: Final = 4  # rows, and packs of columns, of a matrix product's inner block
METHOD: Final = (
    "One pass over the keys in tiles with the streaming softmax: no array of n_q × n_k elements, none of n_q × n_k × "
    "d_a. With A = e^{2a}, B = e^{2b} a unit is tanh(a + b) = 1 − 2/(1 + AB), so that (n_q + n_k) d_a exponentials are "
    "taken and the constant part leaves the softmax; fractions are merged over a common denominator. A group of units "
    "takes the widest form whose range holds for its query and its strip of keys, at last e^{−2|a + b|}, which holds "
    "for every a and b. Backward, the fractions f of two queries and a strip are kept for the score and then for its "
    "derivatives, 4 (f − f²)."
)
ACCURACY: Final = (
    "Errors are relative to ‖v‖₁, not to the score: where a + b is about 0 a unit is as far off as where it is about "
    "1. So are those of tanh's derivative, taken as 1 − tanh²: relative to 1, not to itself. (Beside them, of each "
    "product the smallest number of the dtype, which shows where ‖v‖₁ is not far above it.)"
)
SCORES_OF_ALL: Final = "Scores of every key against every query, n_q × n_k of them: for those who want to look at them."
RETURNED: Final = (
    "log_sum_exp (..., n_q), −∞ for a query that sees no key; its context is 0;\n"
    "    normaliser (..., 2, n_q), for ``attention_backward``: the largest logit (less what all share),\n"
    "    ln Σ_j exp(t_ij − largest)"
)
FORWARD_RESULT: Final = (
    "forward : Attention, optional\n    what ``attention`` returned for the same arguments; absent: computed again"
)
WANTED: Final = 'wanted : frozenset[str], optional\n    without "bias" its gradient, an array of n_q × n_k, is left out'
SEEN: Final = ("mask: Array | None = None", "causal: bool = False")


def render(module: Module) -> str:
    """The source text of the module."""
    scores, layer = module.scores, module.attention
    title = module.family.title
    backward = (
        *SEEN,
        "grad_log_sum_exp: Array | None = None",
        "forward: Attention | None = None",
        "wanted: frozenset[str] | None = None",
    )
    scores_doc = function_doc(module, scores, "Array", summary=SCORES_OF_ALL)
    attention_doc = function_doc(
        module,
        layer,
        f"Attention\n    {result(layer, 'context')};\n    {RETURNED}",
        summary=f"Attention with the {title}: the context, and ln Σ_j exp(t_ij) of every query.",
        more=VISIBLE,
    )
    return rendered(
        HERE / "module.j2",
        **derived.statements(),
        module_doc=module_doc(module, "Numba, fused, forward and backward", METHOD, ACCURACY),
        digest=hashlib.sha256(PACKS.read_bytes()).hexdigest()[:16],  # Numba's cache looks at the generated file alone
        edge=derived.edges('"{}"'),
        most=derived.limits('"{}"'),
        tables=pieces.tables(layer, scalars=False, mask=True),
        scores_head=derived.opening(scores, "Array", "Array", scores_doc),
        attention_head=derived.opening(layer, "Attention", "Array", attention_doc, SEEN),
        backward_head=derived.opening(
            layer,
            "dict[str, Array]",
            "Array",
            backward_doc(module, "Array", fused=GRADIENTS, more=(*VISIBLE, LOG_SUM_EXP_SEED, FORWARD_RESULT, WANTED)),
            backward,
            backward=True,
        ),
        given_scores=derived.given(scores),
        given_layer=derived.given(layer, "mask", scalars=False),
        forward=FORWARD,
        backward=BACKWARD,
        packs=range(STRIP),
        pair=PAIR,
        block=BLOCK,
        cells=[(i, c) for i in range(BLOCK) for c in range(BLOCK)],
    )
