"""NaN and infinities in keys and values that nothing may see: they must not come through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import case_of, request_of
from attnproof.verify.properties.property import Draw, Finding, Property, at, needs
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Target

# Nobody sees the last two keys: they are masked for every query.
SETTING: Final = Setting("poisoned", n_q=3, n_k=7, d_q=4, d_k=4, d_a=3, d_v=2)
HIDDEN: Final = 2
POISONS: Final = (("NaN", np.nan), ("infinity", np.inf))


def _finds(target: Target, draw: Draw) -> Iterator[Finding]:
    bias = np.zeros((draw.setting.n_q, draw.setting.n_k))
    bias[:, -HIDDEN:] = -np.inf
    clean = request_of(target, case_of(target, draw).having(bias=bias), draw.device, gradients=())
    expected = ask(target, clean).outputs["context"]
    leaks = []
    for word, poison in POISONS:
        for name in ("key", "value"):
            array = clean.given[name].copy()
            array[..., -HIDDEN:, :] = poison
            found = ask(target, replace(clean, given={**clean.given, name: array})).outputs["context"]
            # Bit for bit: what nobody sees takes part in no rounding. (A sum may be ordered by what is masked, never by
            # its values.)
            if not np.array_equal(found, expected):
                leaks.append(f"{word} in a masked {name}")
    observed = {"masked_nan": "leaks" if leaks else "blocked"}
    if not leaks:
        yield Finding(PASS, observed=observed)
        return
    reason = f"{', '.join(leaks)} changes the context of queries that may not see it"
    declared = target.contract.masked_nan
    if declared == "blocked":
        yield Finding(FAIL, f"{reason}; declared: blocked", "context", observed=observed)
        return
    said = "as declared" if declared == "leaks" else "not declared"
    yield Finding(DIFFERS, f"{reason} (0 · NaN); {said}", "context", observed=observed)


PROPERTIES: Final = (
    Property(
        name="poison",
        says="NaN and infinities in masked keys and values change nothing",
        applies=needs("bias", "mask", otherwise="takes neither a mask nor a bias"),
        draws=at(SETTING),
        finds=_finds,
    ),
)
