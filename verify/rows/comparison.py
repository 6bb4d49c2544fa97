"""A line of ``results.jsonl``: one comparison. ``verify/schemas/results.schema.json`` describes the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from attnproof.verify.unit import OPTIONAL, Result

SCHEMA: Final = "attnproof.results/1"
OPERATIONS: Final = "operations"


@dataclass(frozen=True, kw_only=True)
class ComparisonRow(Result):
    """What was compared, and what came of it.

    quantity                           ``*`` for every quantity of a combination that cannot run
    outcome, reason                    ``attnproof.verify.outcome``; no reason for a pass only
    error, bound, ratio, ulps, worst   as in ``attnproof.verify.oracle.compare.Comparison``; None where nothing was
                                       compared
    judged_by                          ``operations``: the bound tells nothing, and the pass is by what the recorded
                                       operations may err by (``attnproof.verify.reading.rounding``); None: the bound
    reproduce                          a command that repeats it
    traceback                          of a unit that broke
    """

    schema: str = SCHEMA
    id: str
    score: str = ""
    implementation: str = ""
    dtype: str = ""
    device: str = ""
    size: str = ""
    input_class: str = ""
    quantity: str = "*"
    outcome: str
    reason: str | None = None
    error: float | None = field(default=None, metadata=OPTIONAL)
    bound: float | None = field(default=None, metadata=OPTIONAL)
    ratio: float | None = field(default=None, metadata=OPTIONAL)
    ulps: float | None = field(default=None, metadata=OPTIONAL)
    worst: Mapping[str, Any] | None = field(default=None, metadata=OPTIONAL)
    judged_by: str | None = field(default=None, metadata=OPTIONAL)
    reproduce: str | None = field(default=None, metadata=OPTIONAL)
    traceback: str | None = field(default=None, metadata=OPTIONAL)
