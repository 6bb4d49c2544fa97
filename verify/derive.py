"""The derivations of a run: every system and its adjoint, typeset, re-checked by the second roads, with its code.

``derivations.json`` is ``{"schema": "attnproof.derivations/1", "scores": [...]}``; a score is

    name, title, source, domain,
    variants: [{options, forward: [{target, latex, text}], adjoint: [{target, latex, text}]}],
    rechecks: [{system, road, sizes, quantity, holds, detail}], planted: [{name, rejected, detail}],
    code: [{target, path, source}]
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import impl.generated
from derivations.derive import derive, option_sets
from derivations.latex import equation_latex, equation_text
from derivations.planted import plant
from derivations.recheck import recheck_derivation
from derivations.scores import FAMILIES
from derivations.system import Equation
from verify.options import Options
from verify.unit import Row, Unit

SCHEMA: Final = "attnproof.derivations/1"


def plan(options: Options) -> list[Unit]:
    """One unit for each score and, but in quick, one that times the whole derivation from nothing."""
    scores = [
        Unit(f"derive/{name}", "derive", "verify.derive:run", {"score": name}, cost=6.0) for name in options.scores
    ]
    timing = (
        [] if options.profile == "quick" else [Unit("derive/time", "derive", "verify.derive:time_everything", cost=2.0)]
    )
    return [*scores, *timing]


_TIMED: Final = """
import time
from derivations.derive import derive_all
start = time.perf_counter()
count = len(derive_all())
print(count, time.perf_counter() - start)
"""


def time_everything(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Seconds to derive every system and adjoint of every score and option, in a fresh process: nothing is cached."""
    del arguments, options
    printed = subprocess.run([sys.executable, "-c", _TIMED], capture_output=True, text=True, check=True).stdout
    count, seconds = printed.split()
    return [
        {"table": "figure", "name": "derivation_seconds", "value": round(float(seconds), 3)},
        {"table": "figure", "name": "systems_derived", "value": int(count)},
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Derive, typeset and re-check one score."""
    score: str = arguments["score"]
    family = FAMILIES[score]
    derivations = [derive(score, *present) for present in option_sets(score)]
    quick = options.profile == "quick"
    rechecks = [row for found in derivations for row in recheck_derivation(found, quick=quick, seed=options.seed)]
    everything = derivations[-1]
    return [
        {
            "table": "derivations",
            "name": score,
            "title": family.title,
            "source": family.source,
            "domain": family.domain,
            "variants": [
                {
                    "options": list(derivation.present),
                    "forward": [_printed(equation) for equation in derivation.forward.equations],
                    "adjoint": [_printed(equation) for equation in derivation.adjoint.equations],
                }
                for derivation in derivations
            ],
            "rechecks": [
                {
                    "system": found.system,
                    "road": found.road,
                    "sizes": ", ".join(f"{name}={value}" for name, value in found.sizes),
                    "quantity": found.quantity,
                    "holds": found.holds,
                    "detail": found.detail,
                }
                for found in rechecks
            ],
            "planted": [
                {
                    "name": found.name,
                    "rejected": found.rejected,
                    "detail": f"wrong: {', '.join(found.gradients)}" if found.rejected else "not rejected",
                }
                for found in plant(everything.forward, everything.adjoint, seed=options.seed)
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
