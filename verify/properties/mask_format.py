"""A bias in a wider format than the inputs': the same numbers, the same result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import PASS, UNSUPPORTED
from attnproof.verify.properties.asking import asked, case_of, wrong
from attnproof.verify.properties.property import Draw, Finding, Property, drawn, needs
from attnproof.verify.properties.question import TargetError
from attnproof.verify.targets.target import Target, plain

SETTING: Final = Setting("mask_format", n_q=3, n_k=6, d_q=4, d_k=4, d_a=3, d_v=2, bias=True, mask="some")
WIDER: Final = {"fp16": "fp32", "bf16": "fp32", "fp32": "fp64"}


def _finds(target: Target, draw: Draw) -> Iterator[Finding]:
    wider = WIDER[draw.dtype]
    request = plain(case_of(target, draw), draw.device, gradients=(), mask_dtype=wider)
    try:
        found = asked(target, request, quantities=["context"])
    except TargetError as error:
        # Refusing two formats in one call is a choice, not a wrong result.
        yield Finding(UNSUPPORTED, f"takes no {wider} bias with {draw.dtype} inputs: {error}")
    else:
        yield wrong(found, f"bias in {wider}, inputs in {draw.dtype}") or Finding(PASS)


PROPERTIES: Final = (
    Property(
        name="mask format",
        says="a bias in a wider format than the inputs counts with its value",
        applies=needs("bias", otherwise="takes no bias"),
        draws=drawn(lambda _target, _profile, dtype: (SETTING,) if dtype in WIDER else ()),
        finds=_finds,
    ),
)
