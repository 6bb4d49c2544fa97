"""The fused Numba module: kernels, and the functions around them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sympy import tanh

from attnproof.derivations.kernels.exponential import Exponential, exponential
from attnproof.derivations.kernels.folding import derivative_in_fraction, unit_in_product
from attnproof.derivations.kernels.ranges import BACKWARD, FORWARD, SPARE
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.codegen.targets.fused.kernels import filled
from attnproof.impl.codegen.targets.fused.numba import statements
from attnproof.impl.codegen.targets.fused.numba.documents import attention_doc, backward_doc, module_doc, scores_doc
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import Module, shapes_text

HERE: Final = Path(__file__).parent
PACKS: Final = Path(__file__).resolve().parents[4] / "generated/numba/_packs.py"
#: of the tensors of a score that the frames are written for
INPUTS: Final = ("query", "key", "weight_query", "weight_key", "v", "bias_hidden")
#: the scores that are a sum of ``v tanh(a + b)`` with a from the query alone and b from the key alone, and have no other input
SCORES: Final = tuple(
    name
    for name, family in FAMILIES.items()
    if {tensor.name for tensor in family.system.inputs} == set(INPUTS) and family.system.equations[-1].rhs.has(tanh)
)
ROWS: Final = 64  # queries of a block
TILE: Final = 256  # keys of a tile
DEPTH: Final = 128  # terms of a sum that a product takes at once
STRIP: Final = 2  # packs of keys, and
PAIR: Final = 2  # queries, whose fractions are kept at once: so much stays in the nearest cache
NAMES: Final = (
    "Array", "aligned", "check", "check_like", "head", "heads", "padded", "scalar", "up_to",
)  # fmt: skip
PACK_NAMES: Final = (
    "LANES", "absolute", "constant", "fill", "fma", "fnma", "get", "lanes", "larger", "largest", "load", "power_of_two", "signed", "store",
    "total", "where_at_most", "where_less",
)  # fmt: skip


def render(module: Module) -> str:
    """The source text of the module."""
    constant, factor, _ = unit_in_product()
    slope, _ = derivative_in_fraction()
    if constant != 1 or not slope.is_Integer or not factor.is_Integer:
        raise ValueError("the frame of the kernels is for tanh(a + b) = 1 + factor·f with derivative slope·p(f)")
    words = {"factor": f"{int(factor)}.0", "slope": f"{int(slope)}.0"}
    lines = {
        "exponentials": statements.exponentials().splitlines(),
        "folded_sums": statements.folded_sums().splitlines(),
        "sum_forms": statements.sum_forms(),
        "spreads": statements.spreads(STRIP, PAIR).splitlines(),
        "fractions": statements.fractions().splitlines(),
        "fraction_forms": statements.fraction_forms(),
        "scores_doc": scores_doc(module),
        "attention_doc": attention_doc(module),
        "backward_doc": backward_doc(module),
        **statements.block(),
        **statements.strip(STRIP),
    }
    # Numba's cache looks at this file alone: a change of the packs must change it too
    digest = hashlib.sha256(PACKS.read_bytes()).hexdigest()[:16]
    body = [filled(HERE / frame, lines, words).rstrip() for frame in ("api.txt", "kernels.txt")]
    head = [
        module_doc(module),
        "",
        "from __future__ import annotations",
        "",
        "from typing import Any, NamedTuple",
        "",
        "import numpy as np",
        "from numba import njit",
        "from numba.extending import overload",
        "",
        "from attnproof.impl.generated.numba._packs import (",
        *(f"{INDENT}{name}," for name in PACK_NAMES),
        ")",
        "from attnproof.impl.generated.numba._runtime import (",
        *(f"{INDENT}{name}," for name in NAMES),
        ")",
        "",
        f'PACKS = "{digest}"  # digest of the packs that this was generated with',
        f"ROWS, TILE, BLOCK = {ROWS}, {TILE}, {statements.BLOCK}  # queries of a block, keys of a tile, rows and packs of a product's block",
        f"STRIP, PAIR = {STRIP}, {PAIR}  # packs of keys, and queries, whose fractions are kept at once",
        f"DEPTH = {DEPTH}  # of a product's panel",
        f"UNITS, BACK_UNITS = {FORWARD[0]}, {BACKWARD[0]}  # of a group with one division",
        "# |a|, |b| up to this have exponentials that are normal numbers; products of 1 + AB are kept below MOST",
        f"EDGE = {{{', '.join(_of_dtypes(lambda e: repr(e.edge / 2)))}}}",
        f"MOST = {{{', '.join(_of_dtypes(lambda e: f'2.0**{e.largest - SPARE}'))}}}",
        'OPTIONS = {"error_model": "numpy", "nogil": True, "cache": True}',
        'INNER = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}',
        'INLINED = {"error_model": "numpy", "forceinline": True}',
        *_shapes(module),
    ]
    return "\n".join(head) + "\n\n\n" + "\n\n\n".join(body) + "\n"


def _of_dtypes(shown: Callable[[Exponential], str]) -> list[str]:
    return [f'"{dtype}": {shown(exponential(dtype))}' for dtype in ("float32", "float64")]


def _shapes(module: Module) -> list[str]:
    """Shapes and required arguments, as the runtime's check reads them."""
    arrays = [tensor for tensor in module.attention.arguments if tensor.shape or tensor.batched]
    table = shapes_text(arrays).splitlines()
    table.insert(len(table) - 1, f'{INDENT}"mask": ("...", "n_q", "n_k"),')
    required = ", ".join(f'"{t.name}"' for t in arrays if t.name not in module.attention.options)
    return [f"SHAPES = {table[0]}", *table[1:], f"REQUIRED = frozenset({{{required}}})"]
