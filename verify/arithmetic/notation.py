"""Numbers as text, in one notation: decimal and hexadecimal, both exact, and arrays that can be pasted into Python."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import STORED, STORED_TYPES, TYPES

MOST_PASTED: Final = 40  # elements of an array that is written out
# How a framework calls its module and its constructor of arrays.
_WORDS: Final = {"torch": ("torch", "tensor"), "jax": ("jnp", "array")}


def number(value: float | str) -> str:
    """``0.1 (0x1.999999999999ap-4)``: decimal and hexadecimal, which ``float`` and ``float.fromhex`` read back.

    value  a float, or its text in either notation; a decimal with more digits is rounded to the nearest float
    """
    found = float.fromhex(value) if isinstance(value, str) and "0x" in value else float(value)
    if not np.isfinite(found):
        return repr(found)
    digits, p, exponent = found.hex().partition("p")
    return f"{found!r} ({digits.rstrip('0').removesuffix('.') if '.' in digits else digits}{p}{exponent})"


def pasted(value: Any, dtype: str, framework: str) -> str | None:
    """Python text for a value: ``torch.tensor([[0.5, -torch.inf]], dtype=torch.float32)``; None: too big to print.

    value      an array of floats, booleans or whole numbers, or a flag or number
    dtype      the format of floats: ``fp32`` …, ``fp8_e4m3``
    framework  ``torch`` or ``jax``; any other: NumPy
    """
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size > MOST_PASTED:
        return None
    module, call = _WORDS.get(framework, ("np", "array"))
    if value.dtype == np.bool_:
        kind = f"{module}.bool_" if module != "torch" else "torch.bool"
    elif np.issubdtype(value.dtype, np.integer):
        kind = f"{module}.int64"
    else:
        kind = "np.float64" if (module, dtype) == ("np", "bf16") else _kind(module, dtype)
    text = repr(value.tolist()).replace("inf", f"{module}.inf").replace("nan", f"{module}.nan")
    return f"{module}.{call}({text}, dtype={kind})"


def _kind(module: str, dtype: str) -> str:
    name = {**TYPES, **STORED_TYPES}[dtype]
    return f"{'ml_dtypes' if module == 'np' and dtype in STORED else module}.{name}"
