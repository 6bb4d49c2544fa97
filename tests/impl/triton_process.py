"""Runs the Triton kernels in a process of their own: Triton decides when it is imported how it runs.

One process runs all that the ordinary tests ask for, another the rest, which the slow tests ask for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from filelock import FileLock
from triton_cases import (
    DTYPES,
    HALVES,
    HEIGHTS,
    HOSTILE,
    LAYERS,
    SEEN,
    Array,
    Request,
    hostile,
    large_v,
    layer,
    low_logits,
    textbook,
    tiny_cap,
    wide,
)

from attnproof.verify.outcome import NO_CUDA

ROOT = Path(__file__).resolve().parents[2]
DEVICES = [
    "cpu",
    pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason=NO_CUDA)),
]
# What differs from another one by a dtype, or by less than another one asks.
SLOW = ("float64", "float16", "all", "causal")


def longer(values: Iterable[str]) -> list[Any]:
    """Parameters, of which those that take the second process are slow."""
    return [pytest.param(value, marks=[pytest.mark.slow] * (value in SLOW)) for value in values]


def requests() -> dict[str, Request]:
    """Everything that is asked, by a name whose last word says in which process."""
    found = {}
    for dtype in DTYPES:
        for name in HOSTILE:
            found[f"scores {name} {dtype}"] = Request(dtype, hostile(name, dtype), {"only_scores": True})
        for name, options in LAYERS.items():
            found[f"layer {name} {dtype}"] = Request(dtype, layer(dtype, 5, 7, **options))
        for height in HEIGHTS:
            found[f"height {height} {dtype}"] = Request(dtype, low_logits(dtype, height))
        found[f"tiny cap {dtype}"] = Request(dtype, tiny_cap(dtype))
        for keys in (1, 5):
            found[f"large {keys} {dtype}"] = Request(dtype, large_v(dtype, keys))
    for dtype in HALVES:
        found[f"half {dtype}"] = Request(dtype, layer("float32", 5, 7, narrow=True, masked=True))
    found |= {f"textbook {name}": textbook(name) for name in SEEN}
    found["wide"] = Request("float32", wide())
    return found


def is_slow(name: str) -> bool:
    return name.rpartition(" ")[2] in SLOW


@dataclass(frozen=True)
class Ran:
    """The device, and results by the names of their requests; each process runs once for all of pytest's workers."""

    device: str
    shared: Path

    def results(self, name: str) -> dict[str, Array]:
        slow = is_slow(name)
        folder = self.shared / f"triton-{self.device}-{'longer' if slow else 'ordinary'}"
        with FileLock(folder.with_suffix(".lock")):
            if not (folder / "done").exists():
                folder.mkdir()
                asked = {key: one for key, one in requests().items() if is_slow(key) == slow}
                run(folder, asked, self.device)
                (folder / "done").touch()
        with np.load(folder / f"{name}.out.npz") as file:
            return {key: file[key] for key in file.files}


_RUN = """
import json, os, sys
import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
folder, device = sys.argv[2:]
from attnproof.impl.generated.triton import additive

assert additive.INTERPRETED == (device == "cpu")
if additive.INTERPRETED:
    from attnproof.verify.implementations import interpreter

    interpreter.install()
for name in sorted(n for n in os.listdir(folder) if n.endswith(".in.npz")):
    with np.load(os.path.join(folder, name)) as file:
        arrays = {key: file[key] for key in file.files}
    options = json.loads(str(arrays.pop("options")))
    kind, twice = getattr(torch, options.pop("dtype")), options.pop("twice", False)
    given = {
        key: torch.from_numpy(x).to(device, torch.bool if key == "mask" else kind) for key, x in arrays.items()
    }
    if options.pop("only_scores", False):
        found = {"scores": additive.scores(**given)}
        call = additive._prepared((), given, None, causal=False)
        top = 1 + call.top_a[0].double() * call.top_b[0].double()
        first, second = top.reshape(-1, 2, 2).prod(-1).unbind(-1)
        room = call.numbers[2].double()
        pairs = torch.where((first <= room) & (second <= room), 2, 0)
        found["forms"] = torch.where(first * second <= room, 4, pairs)
    else:
        seed, seed_mass = given.pop("grad_context"), given.pop("grad_log_sum_exp", None)
        mask = given.pop("mask", None)
        leaves = {key: x.requires_grad_() for key, x in given.items()}
        used = dict(leaves)
        if options.pop("broadcast", False):
            used["value"] = used["value"].expand(*seed.shape[:-2], *used["value"].shape[-2:])
        result = additive.attention(**used, mask=mask, **options)
        seeds = [(result.context, seed)] + ([] if seed_mass is None else [(result.log_sum_exp, seed_mass)])
        outputs, cotangents = zip(*seeds)
        gradients = torch.autograd.grad(outputs, list(leaves.values()), [c.to(o.dtype) for o, c in seeds])
        found = {"context": result.context, "log_sum_exp": result.log_sum_exp}
        found |= {f"grad.{key}": x for key, x in zip(leaves, gradients)}
        if twice:
            again = additive.attention_backward(
                seed, **used, mask=mask, grad_log_sum_exp=seed_mass, wanted=frozenset(used) - {"key"}, **options
            )
            assert again.keys() == used.keys() - {"key"}
            for key, x in again.items():
                # fp64; the order of sums is CUDA's
                torch.testing.assert_close(x, found[f"grad.{key}"], rtol=1e-12, atol=1e-12)
    found = {key: x.detach().cpu() for key, x in found.items()}
    found = {key: x.double() if x.is_floating_point() else x for key, x in found.items()}
    np.savez(os.path.join(folder, name.replace(".in.", ".out.")), **{key: x.numpy() for key, x in found.items()})
"""


def run(folder: Path, requests: Mapping[str, Request], device: str) -> None:
    """Put every request's results into the folder; ``device`` is ``cpu`` (the interpreter) or ``cuda``."""
    for name, request in requests.items():
        options = json.dumps({"dtype": request.dtype, **request.options})
        np.savez(folder / f"{name}.in.npz", options=options, **request.arrays)
    environment = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    if device == "cpu":
        environment |= {"TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-c", _RUN, str(ROOT / "src"), str(folder), device]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr


def quotient(device: str, dtype: str) -> float:
    """What a unit is off by beyond one rounding of its division, in u: CUDA's float32 division errs by 2 ulp, at most 4
    u.
    """
    return 2 * 3.0 * 1.01 if device == "cuda" and dtype == "float32" else 0.0
