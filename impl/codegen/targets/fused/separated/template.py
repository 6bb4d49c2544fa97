"""The separated modules: a frame of tensor expressions for torch and one for JAX, with the derived numbers and expressions put in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sympy import Expr, Symbol, fraction

from attnproof.derivations.kernels.exponential import exponential
from attnproof.derivations.kernels.folding import FRACTION, PRODUCT, derivative_in_fraction, unit_in_product
from attnproof.impl.codegen.targets.fused.kernels import filled
from attnproof.impl.codegen.targets.fused.separated.documents import attention_doc, module_doc, scores_doc
from attnproof.impl.codegen.targets.fused.triton.template import SCORES
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.module import Module

HERE: Final = Path(__file__).parent
DTYPES: Final = ("float32", "float64")
CPU_BLOCK: Final = 1 << 20  # bytes: half of an ordinary second-level cache
CUDA_BLOCK: Final = 1 << 28
LIBRARIES: Final = {
    "torch": (
        "from collections.abc import Callable",
        "from typing import Any, NamedTuple",
        "",
        "import torch",
        "from torch import Tensor",
        "",
        "from attnproof.impl.generated.torch._runtime import check, scalar, sum_to",
    ),
    "jax": (
        "from collections.abc import Callable",
        "from typing import NamedTuple",
        "",
        "import jax",
        "import jax.numpy as jnp",
        "from jax import Array",
        "",
        "from attnproof.impl.generated.jax._runtime import check, scalar, sum_to",
    ),
}


def render_torch(module: Module) -> str:
    """The source text of the module for torch."""
    blocks = [
        "# bytes of the units of a block of queries: on another device, on the CPU",
        f"BLOCK = ({CUDA_BLOCK}, {CPU_BLOCK})",
    ]
    return _rendered(module, "torch", [f"torch.{name}: {_edge(name)}" for name in DTYPES], blocks)


def render_jax(module: Module) -> str:
    """The source text of the module for JAX."""
    unit = ["Unit = Callable[[Array, Array], Array]"]
    return _rendered(module, "jax", [f'"{name}": {_edge(name)}' for name in DTYPES], unit)


def _rendered(module: Module, library: str, edges: list[str], constants: list[str]) -> str:
    constant, factor, inverse = unit_in_product()
    slope, rest = derivative_in_fraction()
    if inverse != 1 / (1 + PRODUCT) or rest != FRACTION - FRACTION**2 or not factor.is_Integer or factor >= 0:
        raise ValueError(
            "the frames are for tanh(a + b) = constant + factor/(1 + P), factor < 0, with derivative slope·(f − f²)"
        )
    words = {
        "constant": str(constant),
        "factor": str(factor),
        "factor_signed": f"- {-factor}",
        "slope": str(slope),
        "product": "product",
        "inverse": _text(inverse.subs(PRODUCT, Symbol("product"))),
        "rest": _text(rest),
    }
    lines = {"scores_doc": scores_doc(module), "attention_doc": attention_doc(module)}
    head = [
        module_doc(module, library),
        "",
        "from __future__ import annotations",
        "",
        *LIBRARIES[library],
        "",
        "# |a|, |b| up to this have exponentials that are normal numbers",
        f"EDGE = {{{', '.join(edges)}}}",
        *constants,
        pieces.tables(module.attention),
    ]
    return "\n".join(head) + "\n\n\n" + filled(HERE / f"{library}.txt", lines, words)


def _edge(name: str) -> str:
    """Half of the largest argument with a normal exponential: of e^{2a}."""
    return repr(exponential(name).edge / 2)


def _text(expr: Expr) -> str:
    """A quotient, or a sum with its positive terms first, as Python."""
    top, bottom = fraction(expr)
    if bottom != 1:
        return f"{top} / ({_text(bottom)})"
    terms = sorted(expr.as_ordered_terms(), key=lambda term: (term.could_extract_minus_sign(), str(term)))
    return "".join(f" - {-term}" if term.could_extract_minus_sign() else f" + {term}" for term in terms).removeprefix(
        " + "
    )


__all__ = ["SCORES", "render_jax", "render_torch"]
