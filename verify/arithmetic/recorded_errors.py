"""The errors of exp, tanh and log over all fp32 inputs as recorded, and whether the record was made by the code that
runs here.

``recorded/function_errors.json`` has one row for each library, function and path
(``attnproof.verify.arithmetic.exhaustive_errors``). It holds where all of

    version      the library's
    capability   what the library says it dispatches to: NumPy for this very function, torch for its CPU kernels
    fingerprint  a digest of the results at inputs spread over all patterns

are the same. The last is there because the first two do not settle it: torch's exp, tanh and log on the CPU are MKL's,
which chooses its code by the processor whatever torch's own capability.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import numpy as np

from attnproof.verify.arithmetic.function_errors import Framework, FunctionError

WITNESSES: Final = 1 << 14  # patterns that are fingerprinted
STEP: Final = (1 << 18) - 5  # odd, so that low bits vary too


@cache
def record() -> tuple[dict[str, Any], ...]:
    """The rows of the record: library, version, capability, fingerprint, function, format, path, grade, relative,
    absolute …
    """
    text = (files("attnproof.verify") / "recorded" / "function_errors.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


@cache
def place(library: Framework, function: str) -> dict[str, str]:
    """version, capability and fingerprint of a library's function in fp32, here."""
    if library == "torch":
        import torch

        version, capability = torch.__version__.split("+")[0], torch.backends.cpu.get_cpu_capability()
    else:
        loops = np.lib.introspect.opt_func_info(func_name=f"^{function}$", signature="float32")
        version, capability = np.__version__, loops[function]["ff"]["current"]
    return {"version": version, "capability": capability, "fingerprint": _fingerprint(library, function)}


def _fingerprint(library: Framework, function: str) -> str:
    bits = (np.arange(WITNESSES, dtype=np.uint64) * STEP).astype(np.uint32)
    inputs = bits.view(np.float32)
    if library == "torch":
        import torch

        found = getattr(torch, function)(torch.from_numpy(inputs)).numpy()
    else:
        with np.errstate(all="ignore"):
            found = getattr(np, function)(inputs)
    # Of a NaN only that it is one is looked at: its payload is not specified.
    found = np.where(np.isnan(found), np.float32(np.nan), found)
    return hashlib.sha256(found.astype("<f4").tobytes()).hexdigest()[:16]


@cache
def recorded(library: Framework, function: str) -> FunctionError | None:
    """The largest recorded error over every fp32 input and path, where the record holds here; None where it does
    not.
    """
    here = place(library, function)
    rows = [row for row in record() if (row["library"], row["function"]) == (library, function)]
    rows = [row for row in rows if row["grade"] == "exhaustive" and all(row[key] == here[key] for key in here)]
    if {row["path"] for row in rows} != {"contiguous", "strided"}:
        return None
    grade: Literal["exhaustive"] = "exhaustive"
    origin = f"{library} {here['version']} on {here['capability']}: {function} at all 2³² inputs of fp32, recorded"
    return FunctionError(max(row["relative"] for row in rows), max(row["absolute"] for row in rows), grade, origin)
