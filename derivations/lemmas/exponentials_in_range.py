"""For which arguments the exponentials of the separated form are normal numbers of a format."""

from __future__ import annotations

from sympy import Integer, Symbol, exp, log

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.lemmas.checks.separated_tanh import safe_forward
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Cases, FromZero
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, le

K = Symbol("k", integer=True, positive=True)
ROOM = Symbol("r", nonnegative=True)
HIGHEST = Symbol("e", integer=True)  # e_max


def normal(name: str, bits: int) -> Cases:
    """2^(−bits) and 2^bits are normal numbers of the format."""
    values = ((K, (Integer(bits),)), (HIGHEST, (Integer(FORMATS[name][1]),)))
    return Cases(Both((le(1 - HIGHEST, -K), le(K, HIGHEST))), values)


def inside(sign: int, slope: int) -> FromZero:
    """``e^(2a) <= 2^k`` at ``a = (k/2) ln 2 − slope r / 2``, r >= 0; with ``sign`` −1 the same for −a."""
    moved = exp(K * log(2) - slope * ROOM)
    return FromZero(moved, "≤", 2**K, variable=ROOM) if sign > 0 else FromZero(2**-K, "≤", 1 / moved, variable=ROOM)


LEMMA = Lemma(
    name="exponentials_in_range",
    title="Exponentials that are normal numbers",
    statement=(
        r"For $|a| \le \tfrac{k}{2} \ln 2$ with a whole $k \le e_{\max} - 1$, $e^{2a}$ lies in $[2^{-k}, 2^k]$, whose "
        r"ends are normal numbers of the format: rounding it is a factor within $1 \pm u$. The largest k is 14 in "
        r"fp16, 126 in bf16 and fp32, 1022 in fp64."
    ),
    assumptions={"Formats whose smallest normal number is 2^(1 − e_max); rounding is monotone.": "rounding"},
    steps=(
        closed("from above, 2a = k ln 2 − r", inside(1, 1)),
        closed("from below, 2a = r − k ln 2", inside(-1, 1)),
        *(closed(f"{name}: k, and e = e_max", normal(name, safe_forward(name))) for name in FORMATS),
    ),
    altered={
        "arguments on the other side of the end": inside(1, -1),
        **{f"one exponent more in {name}": normal(name, safe_forward(name) + 1) for name in FORMATS},
    },
)
