"""The outcomes a comparison or a table row can have."""

from __future__ import annotations

from typing import Final

PASS: Final = "pass"  # error <= bound, and the bound is meaningful
FAIL: Final = "fail"
ABSTAIN: Final = "abstain"  # bound too loose, assumptions not met, or no power; a reason is given
DIFFERS: Final = "differs by contract"
SKIPPED: Final = "skipped"  # a reason is given: "no CUDA device"
UNSUPPORTED: Final = "unsupported"  # the library has no such format or operation; a reason is given
ERROR: Final = "error"  # the check itself broke; counts as a failure of the run

OUTCOMES: Final = (PASS, FAIL, ABSTAIN, DIFFERS, SKIPPED, UNSUPPORTED, ERROR)
NEEDS_REASON: Final = frozenset(OUTCOMES) - {PASS}
FAILURES: Final = frozenset({FAIL, ERROR})
JUDGED: Final = frozenset({PASS, FAIL, DIFFERS})  # something was compared, and the comparison had power
NO_CUDA: Final = "no CUDA device"


class VerifierError(RuntimeError):
    """The verifier itself broke, which says nothing about the target."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the verifier itself broke, which says nothing about the target: {what}")
