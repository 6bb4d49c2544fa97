"""Inputs for the Triton kernels, and the program that runs them in a process of its own: Triton decides when it is
imported how it runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from attnproof.derivations.kernels.exponential import exponential
from attnproof.derivations.kernels.ranges import SPARE

ROOT = Path(__file__).resolve().parents[2]
Array = np.ndarray[Any, np.dtype[Any]]
HOSTILE = (
    "plain",
    "opposite",
    "beyond",
    "edges",
    "past the edge",
    "saturated",
    "no v",
    "huge v",
    "fold 6",
    "fold 4",
    "fold 3",
    "fold 2",
)
UNITS = 12  # of the hostile inputs: three groups
CLOSE = {"float32": 61.0, "float64": 500.0}  # beyond the exponentials' range


@dataclass(frozen=True)
class Request:
    """What the other process is asked for.

    dtype    of the tensors there; the arrays hold numbers of that dtype
    arrays   arguments by name; ``grad_context`` and ``grad_log_sum_exp`` are the seeds of the gradients
    options  ``causal``; ``only_scores``; ``broadcast``: expand value's batch without a copy;
             ``twice``: compare with ``attention_backward``
    """

    dtype: str
    arrays: Mapping[str, Array]
    options: Mapping[str, Any] = field(default_factory=dict)


def limit(dtype: str) -> float:
    """The largest |a| that has an exponential."""
    return exponential(dtype).edge / 2


def most(dtype: str) -> float:
    """The largest product of 1 + AB that a folded form may have, ``‖v‖₁ <= 1``."""
    return 2.0 ** (exponential(dtype).largest - SPARE)


def hostile(name: str, dtype: str) -> dict[str, Array]:
    """Pre-activations of queries (6) and keys (9) as queries and keys, unit matrices, and v."""
    rng = np.random.default_rng(3)
    kind = np.dtype(dtype).type
    edge = kind(limit(dtype))
    a, b, v = rng.standard_normal((6, UNITS)), rng.standard_normal((9, UNITS)), rng.standard_normal(UNITS)
    match name:
        case "opposite":  # a + b about 0, sizes from nothing to the format's limit
            sizes = np.array([1e-30, 1e-9, 0.3, 1.02 * edge, CLOSE[dtype], float(np.finfo(kind).max) / 4])
            a = sizes[:, None] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, np.nextafter(-a.astype(kind), kind(0))[:3].astype(float)])
        case "beyond":  # both exponentials leave the format, their product does not
            a = CLOSE[dtype] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, -a[:3]])
        case "edges":  # of the exponentials' range; in the first group alone
            a[:3, :4] = np.array([np.nextafter(edge, kind(0)), edge, np.nextafter(edge, kind(np.inf))])[:, None]
            b[:6, :4] = -a[:, :4]
        case "past the edge":  # where the exponential's 2^k would have the wrong sign, and no other number is large
            a[3, :4], b[3, :4] = 1.05 * edge, -1.05 * edge
        case "fold 6" | "fold 4" | "fold 3" | "fold 2":
            # as many factors 1 + e^{2(a + b)} of the first group reach the limit; one more rounding is beyond it
            size = np.log(most(dtype)) / (4 * int(name[-1]))
            a[:, :4], b[:, :4] = size, size
            a[0, :4] = np.nextafter(kind(size), kind(np.inf))
        case "saturated":
            a, b = 20 * a, 20 * b
        case "no v":
            v[::2] = 0
        case "huge v":
            v = v * 1e30
    one = np.eye(UNITS, dtype=dtype)  # projects exactly
    return {"query": a.astype(kind), "key": b.astype(kind), "weight_query": one, "weight_key": one, "v": v.astype(kind)}


def layer(
    dtype: str,
    n_q: int,
    n_k: int,
    *,
    spread: float = 1.0,
    masked: bool = False,
    softcap: float | None = None,
    narrow: bool = False,
) -> dict[str, Array]:
    """Inputs of ragged sizes with numbers of float32 (``narrow``: of bfloat16 and float16); the bias is there so that
    its gradient is.
    """
    rng = np.random.default_rng(5)
    shapes = {
        "query": (n_q, 3),
        "key": (n_k, 4),
        "value": (n_k, 5),
        "weight_query": (7, 3),
        "weight_key": (7, 4),
        "v": (7,),
    }
    shapes["grad_context"] = (n_q, 5)
    if softcap is not None:
        shapes["bias_hidden"] = (7,)
    found = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    found["query"] *= np.float32(spread)
    found["key"] *= np.float32(spread)
    if narrow:
        found = {name: (np.round(x * 32) / 32).astype(np.float32) for name, x in found.items()}
    found["bias"] = np.zeros((n_q, n_k), np.float32)
    if masked:
        found["bias"][rng.random((n_q, n_k)) < 0.4] = -np.inf
        found["bias"][1] = -np.inf
    if softcap is not None:
        found["softcap"] = np.asarray(softcap, np.float32)
    return {name: x.astype(dtype) for name, x in found.items()}


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


def results(folder: Path, name: str) -> dict[str, Array]:
    """What a request gave."""
    with np.load(folder / f"{name}.out.npz") as file:
        return {key: file[key] for key in file.files}
