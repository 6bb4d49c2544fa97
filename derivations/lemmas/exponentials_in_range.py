"""For which arguments the exponentials of the separated form are normal numbers of a format."""

from __future__ import annotations

from functools import partial

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.lemmas.checks.separated_tanh import normal_and_finite, safe_forward
from attnproof.derivations.proof.claim import Lemma, Step

LEMMA = Lemma(
    name="exponentials_in_range",
    title="Exponentials that are normal numbers",
    statement=(
        r"For $|a| \le \tfrac{k}{2} \ln 2$ with a whole $k \le e_{\max} - 1$, $e^{2a}$ lies in $[2^{-k}, 2^k]$, whose "
        r"ends are normal numbers of the format: rounding it is a factor within $1 \pm u$. The largest k is 14 in "
        r"fp16, 126 in bf16 and fp32, 1022 in fp64."
    ),
    assumptions={"Formats whose smallest normal number is 2^(1 − e_max); rounding is monotone.": "rounding"},
    steps=tuple(
        Step(
            f"{name}",
            rf"e^{{2a}},\ |a| \le \tfrac{{{safe_forward(name)}}}{{2}} \ln 2"
            rf" => \in [2^{{-{safe_forward(name)}}}, 2^{{{safe_forward(name)}}}]",
            partial(normal_and_finite, name, safe_forward(name)),
        )
        for name in FORMATS
    ),
    altered={
        f"one exponent more in {name}": partial(normal_and_finite, name, safe_forward(name) + 1) for name in FORMATS
    },
)
