"""The fused Triton module: kernels, and the functions around them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sympy import tanh

from attnproof.derivations.kernels.exponential import Exponential, exponential
from attnproof.derivations.kernels.folding import derivative_in_fraction, unit_in_product
from attnproof.derivations.kernels.ranges import SPARE
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.codegen.targets.fused.kernels import filled
from attnproof.impl.codegen.targets.fused.triton import statements
from attnproof.impl.codegen.targets.fused.triton.documents import attention_doc, backward_doc, module_doc, scores_doc
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import Module, shapes_text

HERE: Final = Path(__file__).parent
FRAMES: Final = ("api.txt", "launch.txt", "kernels.txt", "backward.txt")
#: of the tensors of a score that the frames are written for
INPUTS: Final = ("query", "key", "weight_query", "weight_key", "v", "bias_hidden")
#: the scores that are a sum of ``v tanh(a + b)`` with a from the query alone and b from the key alone, and have no other input
SCORES: Final = tuple(
    name
    for name, family in FAMILIES.items()
    if {tensor.name for tensor in family.system.inputs} == set(INPUTS) and family.system.equations[-1].rhs.has(tanh)
)
NAMES: Final = ("blocks", "check_all", "check_like", "padded", "places", "scalar", "sum_to", "tops")
TRITON: Final = """\
try:
    import triton
    import triton.language as tl
except ModuleNotFoundError as error:
    if error.name != "triton":
        raise
    raise ModuleNotFoundError("the fused CUDA kernels need Triton: pip install triton", name="triton") from error"""


def render(module: Module) -> str:
    """The source text of the module."""
    constant, factor, _ = unit_in_product()
    slope, _ = derivative_in_fraction()
    if constant != 1 or not slope.is_Integer or not factor.is_Integer:
        raise ValueError("the frame of the kernels is for tanh(a + b) = 1 + factor·f with derivative slope·p(f)")
    words = {"factor": f"{int(factor)}.0", "slope": f"{int(slope)}.0", "units": str(statements.UNITS)}
    lines = {
        "exponentials": statements.exponentials().splitlines(),
        "add": statements.add().splitlines(),
        "add_forms": statements.add_forms(),
        "back": statements.back().splitlines(),
        "back_forms": statements.back_forms(),
        "scores_doc": scores_doc(module),
        "attention_doc": attention_doc(module),
        "backward_doc": backward_doc(module),
    }
    head = [
        module_doc(module),
        "",
        "from __future__ import annotations",
        "",
        "import math",
        "from collections.abc import Callable",
        "from typing import Any, NamedTuple",
        "",
        "import torch",
        "from torch import Tensor",
        "",
        f"from attnproof.impl.generated.triton._runtime import {', '.join(NAMES)}",
        "",
        TRITON,
        "",
        f"UNITS = {statements.UNITS}  # of a group with one division",
        "# |a|, |b| up to this have exponentials that are normal numbers; products of 1 + AB are kept below MOST",
        f"EDGE = {{{', '.join(_of_dtypes(lambda e: repr(e.edge / 2)))}}}",
        f"MOST = {{{', '.join(_of_dtypes(lambda e: f'2.0**{e.largest - SPARE}'))}}}",
        "# four warps hold tiles of 32 × 32 in registers; products may be fused into sums",
        'TUNING = {"num_warps": 4, "num_stages": 1, "enable_fp_fusion": True}',
        *_shapes(module),
    ]
    body = [filled(HERE / frame, lines, words).rstrip() for frame in FRAMES]
    return "\n".join(head) + "\n\n\n" + "\n\n\n".join(body) + "\n"


def _of_dtypes(shown: Callable[[Exponential], str]) -> list[str]:
    return [f"torch.{dtype}: {shown(exponential(dtype))}" for dtype in statements.DTYPES]


def _shapes(module: Module) -> list[str]:
    """Shapes, required and positive arguments, as the runtime's check reads them."""
    arguments = module.attention.arguments
    table = shapes_text(arguments).splitlines()
    table.insert(len(table) - 1, f'{INDENT}"mask": ("...", "n_q", "n_k"),')
    required = ", ".join(f'"{t.name}"' for t in arguments if t.name not in module.attention.options)
    return [f"SHAPES = {table[0]}", *table[1:], f"REQUIRED = frozenset({{{required}}})"]
