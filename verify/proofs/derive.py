"""The derivations of a run: every system and its adjoint, typeset, re-checked by the second roads, with its code.

``derivations.json`` is ``{"schema": "attnproof.derivations/1", "scores": [DerivationRow]}``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from attnproof.derivations.attention.derive import Derivation, derive, option_sets
from attnproof.derivations.formulas import names
from attnproof.derivations.language.system import Equation
from attnproof.derivations.moments.calculus import Undefined
from attnproof.derivations.moments.multilinear import ASSUMPTIONS, enumerated, variance
from attnproof.derivations.recheck.planted import plant
from attnproof.derivations.recheck.recheck import recheck_derivation
from attnproof.derivations.scores.own import family, is_own, label, unpinned
from attnproof.derivations.typesetting.latex import equation_latex, equation_text, expr_latex, expr_text, letter_latex
from attnproof.impl import generated
from attnproof.impl.codegen import own
from attnproof.impl.codegen.targets import TARGETS
from attnproof.verify.options import Options
from attnproof.verify.proofs.derive_bounds import bounds_of
from attnproof.verify.unit import OPTIONAL, Result, Row, RunFigure, Unit

SCHEMA: Final = "attnproof.derivations/1"


@dataclass(frozen=True, kw_only=True)
class DerivationRow(Result):
    """A score of ``derivations.json``.

    variants  {options, forward: [{target, latex, text, name?}], adjoint: the same}
    rechecks  {system, road, sizes, quantity, holds, detail}; ``holds`` is None where the ring has no answer
    planted   {name, rejected, detail}
    bounds    what ``attnproof.verify.proofs.derive_bounds`` says; nothing in quick
    code      {target, path, source}
    own       of a user score: {file, inputs: [{name, latex, shape, positive}], variance: {latex, text, assumptions} or
              {reason}}
    """

    name: str
    title: str = ""
    source: str = ""
    domain: str = ""
    variants: list[Row] = field(default_factory=list)
    rechecks: list[Row] = field(default_factory=list)
    planted: list[Row] = field(default_factory=list)
    bounds: Row = field(default_factory=dict)
    code: list[Row] = field(default_factory=list)
    own: Row | None = field(default=None, metadata=OPTIONAL)


def plan(options: Options) -> list[Unit]:
    """One unit for each score and, but in quick, one that times the whole derivation from nothing."""
    scores = [
        Unit(f"derive/{label(name)}", "derive", "attnproof.verify.proofs.derive:run", {"score": name}, cost=6.0)
        for name in options.scores
    ]
    built_in = any(not is_own(name) for name in options.scores)
    timing = (
        [Unit("derive/time", "derive", "attnproof.verify.proofs.derive:time_everything", cost=2.0)]
        if options.profile != "quick" and built_in
        else []
    )
    return [*scores, *timing]


_TIMED: Final = """
import time
from attnproof.derivations.attention.derive import derive_all
start = time.perf_counter()
count = len(derive_all())
print(count, time.perf_counter() - start)
"""


def time_everything(arguments: Mapping[str, Any], options: Options) -> list[RunFigure]:
    """Seconds to derive every system and adjoint of every score and option, in a fresh process: nothing is cached."""
    del arguments, options
    printed = subprocess.run([sys.executable, "-c", _TIMED], capture_output=True, text=True, check=True).stdout
    count, seconds = printed.split()
    return [RunFigure("derivation_seconds", round(float(seconds), 3)), RunFigure("systems_derived", int(count))]


def run(arguments: Mapping[str, Any], options: Options) -> list[DerivationRow]:
    """Derive, typeset and re-check one score."""
    score: str = arguments["score"]
    known = family(score)
    derivations = [derive(score, *present) for present in option_sets(score)]
    quick = options.profile == "quick"
    everything = derivations[-1]
    rechecks = [
        row
        for found in derivations
        for row in recheck_derivation(found, quick=quick, second=found is everything, seed=options.seed)
    ]
    own, below = _own(score)
    return [
        DerivationRow(
            name=known.name,
            title=known.title,
            source=known.source,
            domain=known.domain,
            variants=[_variant(derivation, score) for derivation in derivations],
            rechecks=[
                {
                    "system": found.system,
                    "road": found.road,
                    "sizes": ", ".join(f"{name}={value}" for name, value in found.sizes),
                    "quantity": found.quantity,
                    "holds": found.holds,
                    "detail": found.detail,
                }
                for found in rechecks
            ]
            + below,
            planted=[
                {
                    "name": found.name,
                    "rejected": found.rejected,
                    "detail": f"wrong: {', '.join(found.gradients)}" if found.rejected else "not rejected",
                }
                for found in plant(everything.forward, everything.adjoint, seed=options.seed)
            ],
            bounds={} if quick else bounds_of(derivations[0]),
            code=[_code(target, score) for target in (TARGETS if is_own(score) else ("numpy", "torch"))],
            own=own,
        )
    ]


def _variant(derivation: Derivation, score: str) -> Row:
    sides = {"forward": derivation.forward.equations, "adjoint": derivation.adjoint.equations}
    printed = {side: [_printed(each, score, derivation.present) for each in found] for side, found in sides.items()}
    return {"options": list(derivation.present), **printed}


def _own(score: str) -> tuple[Row | None, list[Row]]:
    """What a user score has besides: its file, its variance where the calculus reaches, with a second road."""
    if not is_own(score):
        return None, []
    system = family(score).system.resolve(*family(score).system.options)
    found = variance(system)
    inputs = [
        {"name": t.name, "latex": letter_latex(t.symbol), "shape": ", ".join(map(str, t.shape)), "positive": t.positive}
        for t in system.inputs
    ]
    about = {"file": Path(unpinned(score)).name, "inputs": inputs}
    if isinstance(found, Undefined):
        return about | {"variance": {"reason": found.reason}}, []
    stated = {"latex": expr_latex(found), "text": expr_text(found), "assumptions": ASSUMPTIONS}
    roads = [
        {
            "system": system.name,
            "road": "enumerated",
            "sizes": ", ".join(f"{name}={value}" for name, value in row.sizes.items()),
            "quantity": "Var scores",
            "holds": row.holds,
            "detail": f"mean of e² over {row.choices} choices of entries",
        }
        for row in enumerated(system, found)
    ]
    return about | {"variance": stated}, roads


def _printed(equation: Equation, score: str, present: tuple[str, ...]) -> dict[str, str]:
    """One equation; ``name``: what ``attnproof show`` calls its quantity, where it has a name.

    The name of a user's score begins with its file, without the folders: it is known in the file's own folder.
    """
    target, options = equation.target.name, "".join(f"+{option}" for option in present)
    found = {"target": target, "latex": equation_latex(equation), "text": equation_text(equation)}
    for name in (f"{target}{options}", f"adjoint.{target.removeprefix('grad_')}{options}"):
        if f"{score}.{name}" in names(score, *present):
            return found | {"name": f"{Path(unpinned(score)).name}.{name}"}
    return found


def _code(target: str, score: str) -> dict[str, str]:
    if is_own(score):
        return {"target": target, "path": f"{target}/{label(score)}.py", "source": own.source(target, score)}
    path = Path(next(iter(generated.__path__))) / target / f"{score}.py"
    return {"target": target, "path": f"impl/generated/{target}/{score}.py", "source": path.read_text(encoding="utf-8")}
