"""The separated modules: what the template of tensor expressions for torch, and that for JAX, is filled with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sympy import Expr, Symbol, fraction

from attnproof.derivations.kernels.folding import FRACTION, PRODUCT, derivative_in_fraction, unit_in_product
from attnproof.impl.codegen.targets.fused import derived
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import CONVENTIONS, ERRORS, function_doc, module_doc, result
from attnproof.impl.codegen.text.module import Module
from attnproof.impl.codegen.text.templates import rendered

HERE: Final = Path(__file__).parent
METHOD: Final = (
    "With A = e^{2a}, B = e^{2b} of the projected queries a and keys b a unit is tanh(a + b) = 1 − 2 f, f = 1/(1 + "
    "AB), and its derivative 4 (f − f²): (n_q + n_k) d_a exponentials are taken, and the gradient of the scores is "
    "written out. Where an |a| or |b| is beyond EDGE, or ‖v‖₁ beyond a quarter of the largest number, the whole call "
    "computes tanh itself instead; it is some times slower and as right."
)
ACCURACY: Final = (
    "Errors are relative to ‖v‖₁, not to the score: where a + b is about 0 a unit is as far off as where it is about "
    "1, and a derivative is off by roundings of 1. ``attnproof.derivations.kernels.separated`` has the bound."
)
IN_TORCH: Final = (
    "Plain torch computes blocks of queries whose units stay in the cache; under torch.compile, fullgraph=True "
    "included, the expression is one and the compiler fuses it. Beside the scores' gradient everything is left to "
    "autograd; a second derivative (not under torch.compile) takes n_q × n_k × d_a numbers."
)
IN_JAX: Final = (
    "The scores are summed unit after unit, their gradients query after query, under jit, grad and vmap; no array of "
    "n_q × n_k × d_a. vmap turns the choice of the form into a selection that computes both: give the batch as leading "
    "axes instead. Reverse mode only."
)


def render_torch(module: Module) -> str:
    """The source text of the module for torch."""
    return _rendered(module, "torch", "Tensor", "torch.{}", IN_TORCH)


def render_jax(module: Module) -> str:
    """The source text of the module for JAX."""
    return _rendered(module, "JAX", "Array", '"{}"', IN_JAX)


def _rendered(module: Module, library: str, array: str, dtype: str, way: str) -> str:
    constant, factor, inverse = unit_in_product()
    slope, rest = derivative_in_fraction()
    if inverse != 1 / (1 + PRODUCT) or rest != FRACTION - FRACTION**2 or not factor.is_Integer or factor >= 0:
        raise ValueError(
            "the templates are for tanh(a + b) = constant + factor/(1 + P), factor < 0, with derivative slope·(f − f²)"
        )
    scores, layer = module.scores, module.attention
    kind, shape = ERRORS
    errors = (f"{kind},\n    or is neither float32 nor float64", shape)
    attention_doc = function_doc(
        module,
        layer,
        f"{result(layer, 'context')};\nlog_sum_exp (..., n_q), −∞ for a query whose keys are all masked",
        summary=f"Attention with the {module.family.title}: the context, and ln Σ_j exp(t_ij) of every query.",
        errors=errors,
    )
    return rendered(
        HERE / f"{library.lower()}.j2",
        module_doc=module_doc(module, f"{library}, separated into exponentials", METHOD, way, ACCURACY, CONVENTIONS),
        edge=derived.edges(dtype),
        tables=pieces.tables(layer),
        scores_head=derived.opening(scores, array, array, function_doc(module, scores, array, errors=errors)),
        attention_head=derived.opening(layer, "Attention", array, attention_doc),
        given_scores=derived.given(scores),
        given_layer=derived.given(layer, softcap="cap"),
        constant=constant,
        factor=factor,
        factor_signed=f"- {-factor}",
        slope=slope,
        product="product",
        inverse=_text(inverse.subs(PRODUCT, Symbol("product"))),
        rest=_text(rest),
    )


def _text(expr: Expr) -> str:
    """A quotient, or a sum with its positive terms first, as Python."""
    top, bottom = fraction(expr)
    if bottom != 1:
        return f"{top} / ({_text(bottom)})"
    terms = sorted(expr.as_ordered_terms(), key=lambda term: (term.could_extract_minus_sign(), str(term)))
    return "".join(f" - {-term}" if term.could_extract_minus_sign() else f" + {term}" for term in terms).removeprefix(
        " + "
    )
