"""Sums of products by labelled axes: ``einsum`` and ``tensordot``."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy.array import Recorded, made, plain, recorded
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.rules import sums
from attnproof.verify.recording.rules.numbers import Numbers, fit

LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def tensordot(memory: Memory, a: Any, b: Any, axes: Any, values: Any) -> Any:
    """The contraction of axes of ``a`` with axes of ``b``; ``values`` is what NumPy gave."""
    tape, values = memory.tape, np.asarray(values)
    one, other = (fit(tape, memory.numbers(x, values.dtype), values.dtype) for x in (a, b))
    mine = list(LETTERS[: one.ids.ndim])
    theirs = list(LETTERS[one.ids.ndim : one.ids.ndim + other.ids.ndim])
    summed = [(n % one.ids.ndim, m % other.ids.ndim) for n, m in zip(*axes, strict=True)]
    for n, m in summed:
        theirs[m] = mine[n]
    output = [x for n, x in enumerate(mine) if n not in [n for n, _ in summed]]
    output += [x for m, x in enumerate(theirs) if m not in [m for _, m in summed]]
    first = tape.elements
    computed = "fp32" if values.dtype.itemsize < 4 else ""
    found = sums.contract(tape, one, other, ("".join(mine), "".join(theirs)), "".join(output), computed=computed)
    tape.correct(first, found.ids, values)
    return made(memory, Numbers(values, found.ids), scalar=not values.ndim)


def einsum(memory: Memory, *operands: Any, out: Any = None, **options: Any) -> Any:
    """By subscripts; operands one after another, from the left."""
    values = np.asarray(np.einsum(*plain(operands), **options))
    arrays, labels, output = parsed(operands)
    if len(arrays) == 1 and isinstance(arrays[0], Recorded) and np.may_share_memory(values, arrays[0]):
        return recorded(memory, values)  # a diagonal, or axes in another order: what is written there is written
    tape, dtype = memory.tape, values.dtype
    numbers = [fit(tape, memory.numbers(x, dtype), dtype) for x in arrays]
    first = tape.elements
    computed = _accumulated(numbers, labels, output)
    parts = [_once(x, text) for x, text in zip(numbers, labels, strict=True)]
    found, text = parts[0]
    for n, (other, theirs) in enumerate(parts[1:], 1):
        later = "".join(output) + "".join(t for _, t in parts[n + 1 :])
        kept = "".join(dict.fromkeys(x for x in text + theirs if x in later))
        found, text = sums.contract(tape, found, other, (text, theirs), kept, computed=computed), kept
    rest = tuple(n for n, x in enumerate(text) if x not in output)
    if rest:
        found = sums.total(tape, found, rest, computed=computed)
        text = "".join(x for x in text if x in output)
    found = found.move(lambda x: x.transpose([text.index(x) for x in output]))
    tape.correct(first, found.ids, values)
    if out is not None:
        memory.place(out, fit(tape, Numbers(values, found.ids), out.dtype))
        return out if isinstance(out, Recorded) else recorded(memory, out)
    return made(memory, Numbers(values, found.ids), scalar=not values.ndim)


def parsed(operands: Any) -> tuple[list[Any], list[str], str]:
    """The arrays, the letters of their axes and those of the result."""
    if isinstance(operands[0], str):
        text, arrays = operands[0].replace(" ", ""), list(operands[1:])
    else:  # array, labels, array, labels …, labels of the result
        pairs, rest = operands[: len(operands) // 2 * 2], operands[len(operands) // 2 * 2 :]
        arrays = list(pairs[::2])
        words = ["".join("..." if x is ... else LETTERS[x] for x in part) for part in (*pairs[1::2], *rest)]
        text = ",".join(words[: len(arrays)]) + (f"->{words[-1]}" if rest else "")
    left, arrow, right = text.partition("->")
    inputs = left.split(",")
    spare = [x for x in LETTERS[::-1] if x not in text]
    hidden = [np.ndim(x) - len(t.replace("...", "")) for x, t in zip(arrays, inputs, strict=True)]
    dots = "".join(spare[: max((n for n, t in zip(hidden, inputs, strict=True) if "..." in t), default=0)])
    labels = [t.replace("...", dots[len(dots) - n :] if n else "") for n, t in zip(hidden, inputs, strict=True)]
    if arrow:
        return arrays, labels, right.replace("...", dots)
    every = "".join(labels)
    return arrays, labels, dots + "".join(sorted(x for x in set(every) if every.count(x) == 1 and x not in dots))


def _once(a: Numbers, labels: str) -> tuple[Numbers, str]:
    """Every label once: a repeated one is a diagonal."""
    unique = "".join(dict.fromkeys(labels))
    return (a, labels) if unique == labels else (a.move(lambda x: np.einsum(f"{labels}->{unique}", x)), unique)


def _accumulated(numbers: list[Numbers], labels: list[str], output: str) -> str:
    """fp16 is summed in fp32 where the summed axis lies innermost in every operand, else rounded at every step."""
    if numbers[0].dtype.itemsize >= 4:
        return ""
    inner = [
        {x for x, n, step in zip(text, a.shape, a.values.strides, strict=True) if n > 1 and step == a.dtype.itemsize}
        for a, text in zip(numbers, labels, strict=True)
    ]
    return "fp32" if all(found and not found & set(output) for found in inner) else ""
