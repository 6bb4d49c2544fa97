"""What is printed of a formula does not depend on the process: one with a hash seed of its own prints the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from attnproof.derivations.formulas import formula, names
from attnproof.impl.export.formula import code

CODE = ("concat.adjoint.softcap+softcap+sink_score", "additive.tangent.context", "bilinear.lse.adjoint.weight")


def printed() -> list[str]:
    found = map(formula, names("additive", "softcap"))
    texts = [part for f in found for part in (f.described(), f.latex(), f.sympy_code())]
    return texts + [code(formula(name), target) for name in CODE for target in ("numba", "triton")]


def test_another_process_prints_the_same() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True, env=environment)
    assert json.loads(done.stdout) == printed()


if __name__ == "__main__":
    print(json.dumps(printed()))
