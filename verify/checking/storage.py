"""What a declaration says about arrays in 8 bits, and what format their target answers in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attnproof.verify.arithmetic.formats import STORED
from attnproof.verify.checking import layouts
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import DTYPES, one_of
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.stored import ARRAYS, on_grid, scale_name
from attnproof.verify.targets.target import Request, Stored, Target

FIRST: Final = Setting("first", n_q=2, n_k=3, d_q=4, d_k=4, d_a=2, d_v=4, batch=(2, 2))


def parse(texts: Sequence[str], declared: layouts.Layouts, arguments: Mapping[str, str]) -> tuple[Stored, ...]:
    """The arrays of ``fp8_e4m3`` or ``key=fp8_e4m3`` …; with their scales, as layouts and names of arguments say.

    Raises ValueError for another array or format, and for the layout of a scale that there is not.
    """
    formats: dict[str, str] = {}
    for text in texts:
        name, equals, fmt = (piece.strip() for piece in text.rpartition("="))
        if equals:
            one_of("array that is stored", name, ARRAYS)
        one_of("format to store in", fmt, STORED)
        formats |= dict.fromkeys((name,) if equals else ARRAYS, fmt)
    for scale in layouts.SCALES:
        if scale in declared.axes and scale.removeprefix("scale_") not in formats:
            raise ValueError(f"layout: {scale} is of nothing that is stored in 8 bits (--stored)")
    return tuple(
        Stored(name, fmt, arguments.get(scale_name(name)) != "", layouts.varies(declared, scale_name(name)))
        for name, fmt in formats.items()
    )


def result_format(target: Target) -> tuple[str, ...]:
    """The format of what the target returns; single precision where it does not answer, or answers in another one: that
    is for the properties to find.
    """
    case = on_grid(make_case(target.score, FIRST, "normal", "fp32", 0), target.stored)
    try:
        found = ask(target, Request(case, dict(case.inputs), target.devices[0], gradients=())).dtypes
    except TargetError:
        return ("fp32",)
    name = found.get(target.outputs[0], "")
    return (name if name in DTYPES else "fp32",)
