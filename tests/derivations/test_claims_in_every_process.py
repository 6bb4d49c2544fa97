"""What is printed of a proof does not depend on the process: one with a hash seed of its own prints the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS


def printed() -> list[list[str]]:
    """Of claims without S6, whose derivatives take as long as all others."""
    subjects = (*(claim for claim in CLAIMS.values() if claim.id != "S6"), *LEMMAS.values())
    return [
        [subject.called, *(part for step in subject.steps for part in (step.before, step.after))]
        for subject in subjects
    ]


@pytest.mark.slow
def test_another_process_prints_the_same() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True, env=environment)
    for other, here in zip(json.loads(done.stdout), printed(), strict=True):
        assert other == here


if __name__ == "__main__":
    print(json.dumps(printed()))
