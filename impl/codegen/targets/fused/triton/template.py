"""The fused Triton module: what its templates are filled with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attnproof.derivations.kernels.ranges import BACKWARD, FORWARD
from attnproof.impl.codegen.targets.fused import derived
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import (
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
UNITS: Final = 4  # of a group: eight would need more registers than a thread has
METHOD: Final = (
    "One pass over the keys in tiles with the streaming softmax, and two passes for the gradients, which compute the "
    "scores again: no array of n_q × n_k elements (but a bias's own gradient), none of n_q × n_k × d_a. With A = "
    "e^{2a}, B = e^{2b} a unit is tanh(a + b) = 1 − 2/(1 + AB), so that (n_q + n_k) d_a exponentials are taken and the "
    "constant part leaves the softmax; fractions are merged over a common denominator. A group of units takes the "
    "widest form whose range holds for a whole tile, at last e^{−2|a + b|}, which holds for every a and b."
)
ACCURACY: Final = (
    "Errors are relative to ‖v‖₁, not to the score: where a + b is about 0 a unit is as far off as where it is about "
    "1; derivatives of a unit likewise are off by roundings of 1. float16 and bfloat16 are computed in float32, and "
    "what is returned is rounded once. The projections and the products around the kernels are torch's and obey its "
    "setting of TF32; within the kernels nothing is narrower than float32. Divisions in float32 are CUDA's, off by at "
    "most 2 ulp; in Triton's interpreter they are exact."
)
ERRORS: Final = (
    (
        "TypeError\n    for an argument that is no tensor, is missing, or has another dtype than the first\n"
        "    (float16, bfloat16, float32 or float64)"
    ),
    (
        "ValueError\n    for a shape that does not fit, naming the argument, what was given and what was expected;\n"
        "    for tensors that are not on one CUDA device (on the CPU only Triton's interpreter runs:\n"
        "    TRITON_INTERPRET=1 before Triton is imported)"
    ),
)
SCORES_OF_ALL: Final = (
    "Scores of every key against every query, without gradient, n_q × n_k of them: for those who want to look at them."
)
LOG_SUM_EXP: Final = "log_sum_exp (..., n_q), at least float32, −∞ for a query that sees no key; its context is 0"
WANTED: Final = (
    "wanted : frozenset[str], optional\n"
    "    names of the inputs whose gradients are computed; absent: of all that are given"
)
SEEN: Final = ("mask: Tensor | None = None", "causal: bool = False")


def render(module: Module) -> str:
    """The source text of the module."""
    scores, layer = module.scores, module.attention
    title = module.family.title
    scores_doc = function_doc(module, scores, "Tensor", summary=SCORES_OF_ALL, errors=ERRORS)
    attention_doc = function_doc(
        module,
        layer,
        f"Attention\n    {result(layer, 'context')}, in the dtype of the query;\n    {LOG_SUM_EXP}",
        summary=f"Attention with the {title}: context, and ln Σ_j exp(t_ij) of every query; both differentiable, once.",
        more=VISIBLE,
        errors=ERRORS,
    )
    gradients = backward_doc(
        module,
        "Tensor",
        fused="for every such input its gradient, in the input's shape and dtype",
        more=(*VISIBLE, LOG_SUM_EXP_SEED, WANTED),
        errors=ERRORS,
    )
    backward = (*SEEN, "grad_log_sum_exp: Tensor | None = None", "wanted: frozenset[str] | None = None")
    return rendered(
        HERE / "module.j2",
        **derived.statements(),
        module_doc=module_doc(module, "Triton, fused, forward and backward", METHOD, ACCURACY),
        edge=derived.edges("torch.{}"),
        most=derived.limits("torch.{}"),
        tables=pieces.tables(layer, mask=True),
        scores_head=derived.opening(scores, "Tensor", "Tensor", scores_doc),
        attention_head=derived.opening(layer, "Attention", "Tensor", attention_doc, SEEN),
        backward_head=derived.opening(layer, "dict[str, Tensor]", "Tensor", gradients, backward, backward=True),
        given_scores=derived.given(scores),
        units=UNITS,
        folded=[count for count in FORWARD if count <= UNITS],
        inverted=[count for count in BACKWARD if count <= UNITS],
    )
