"""The derivations of a run: every system and its adjoint, typeset, re-checked by the second roads, with its code.

``derivations.json`` is ``{"schema": "attnproof.derivations/1", "scores": [...]}``; a score is

    name, title, source, domain,
    variants: [{options, forward: [{target, latex, text}], adjoint: [{target, latex, text}]}],
    rechecks: [{system, road, sizes, holds, detail}], planted: [{name, rejected, detail}],
    code: [{target, path, source}]
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import chain, combinations
from pathlib import Path
from typing import Any, Final

from derivations.derive import derive, derive_all
from derivations.latex import equation_latex, equation_text
from derivations.recheck import recheck, rechecks_of_planted_errors

import impl.generated
from derivations.attention import attention
from derivations.scores import FAMILIES
from derivations.system import Equation
from verify.options import Options
from verify.unit import Row, Unit

SCHEMA: Final = "attnproof.derivations/1"


def plan(options: Options) -> list[Unit]:
    """One unit for each score, and one that times the whole derivation from nothing."""
    scores = [
        Unit(f"derive/{name}", "derive", "verify.derive:run", {"score": name}, cost=3.0) for name in options.scores
    ]
    return [*scores, Unit("derive/time", "derive", "verify.derive:time_everything", {}, cost=2.0)]


def option_sets(score: str) -> list[tuple[str, ...]]:
    """Every choice of optional inputs of a score's attention, in order of size."""
    names = attention(score).options
    return list(chain.from_iterable(combinations(names, count) for count in range(len(names) + 1)))


def time_everything(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Seconds to derive every system and adjoint of every score and option, nothing cached."""
    del arguments, options
    start = time.perf_counter()
    count = len(derive_all(fresh=True))
    seconds = time.perf_counter() - start
    return [
        {"table": "figure", "name": "derivation_seconds", "value": seconds},
        {"table": "figure", "name": "systems_derived", "value": count},
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Derive, typeset and re-check one score."""
    score: str = arguments["score"]
    family = FAMILIES[score]
    variants = []
    for present in option_sets(score):
        derivation = derive(score, *present)
        variants.append(
            {
                "options": list(present),
                "forward": [_printed(equation) for equation in derivation.forward.equations],
                "adjoint": [_printed(equation) for equation in derivation.adjoint.equations],
            }
        )
    quick = options.profile == "quick"
    return [
        {
            "table": "derivations",
            "name": score,
            "title": family.title,
            "source": family.source,
            "domain": family.domain,
            "variants": variants,
            "rechecks": [
                {
                    "system": found.system,
                    "road": found.road,
                    "sizes": str(found.sizes),
                    "holds": found.holds,
                    "detail": found.detail,
                }
                for found in recheck(score, seed=options.seed, quick=quick)
            ],
            "planted": [
                {"name": found.name, "rejected": found.rejected, "detail": found.detail}
                for found in rechecks_of_planted_errors(score, seed=options.seed, quick=quick)
            ],
            "code": [_code(target, score) for target in ("numpy", "torch")],
        }
    ]


def _printed(equation: Equation) -> dict[str, str]:
    return {
        "target": equation.target.name,
        "latex": equation_latex(equation),
        "text": equation_text(equation),
    }


def _code(target: str, score: str) -> dict[str, str]:
    path = Path(next(iter(impl.generated.__path__))) / target / f"{score}.py"
    return {
        "target": target,
        "path": f"impl/generated/{target}/{score}.py",
        "source": path.read_text(encoding="utf-8"),
    }
