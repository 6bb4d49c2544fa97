"""The ledger holds every claim on the list, each under its own id, and imports a claim when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from derivations.claims import CLAIMS, ORDER


@pytest.mark.parametrize("name", ORDER)
def test_each_claim_stands_under_its_own_id(name: str) -> None:
    claim = CLAIMS[name]
    assert claim.id == name
    assert claim.title
    assert claim.usual
    assert claim.steps or claim.open_reason
    assert all(sentence.strip() for sentence in claim.assumptions)


def test_the_mapping_is_complete_and_closed() -> None:
    assert tuple(CLAIMS) == ORDER
    assert len(CLAIMS) == len(set(ORDER)) == 36
    assert "Z9" not in CLAIMS
    with pytest.raises(KeyError, match="Z9"):
        CLAIMS["Z9"]


def test_asking_for_one_claim_does_not_build_the_others() -> None:
    code = (
        "import sys; from derivations.claims import CLAIMS; CLAIMS['S5']; print('derivations.claims.s6' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
