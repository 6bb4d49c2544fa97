"""Files of the formats that are read, written for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

STATED = """
import math
import torch
from torch import nn

batch, length, width = 2, 3, 4
heads_of = 2

class Model(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)

    def forward(self, query, key, value):
        scores = self.project(query) @ key.mT / math.sqrt(query.shape[-1])
        return torch.softmax(scores, -1) @ value

def get_inputs():
    return [torch.rand(batch, length, width) for _ in range(3)]

def get_init_inputs():
    return [width]
""".replace("batch, length, width = 2, 3, 4", "batch = 2\nlength = 3\nwidth = 4")
RIGHT = """
import torch
from torch import nn

class ModelNew(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)

    def forward(self, query, key, value):
        projected = self.project(query)
        return torch.nn.functional.scaled_dot_product_attention(projected, key, value)
"""
MEAN = """
import torch
from torch import nn

class ModelNew(nn.Module):
    def __init__(self, width):
        super().__init__()

    def forward(self, query, key, value):
        return value.mean(-2, keepdim=True).expand_as(query)
"""
REFERENCE = """
import math
import torch

def run(q, k, v, lengths, sm_scale):
    n = k.shape[1]
    logits = torch.einsum("bqd,bkd->bqk", q.float(), k.float()) * sm_scale
    hidden = torch.arange(n)[None, None, :] >= lengths[:, None, None]
    weights = torch.softmax(logits.masked_fill(hidden, -math.inf), -1)
    return (weights @ v.float()).to(q.dtype)
"""
SOLVED = """
import torch

def run(q, k, v, lengths, sm_scale, out):
    seen = torch.arange(k.shape[1])[None, None, :] < lengths[:, None, None]
    out.copy_(torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=seen, scale=sm_scale))
"""
ROWS = ["batch", "rows", "d"]
KEYS = ["batch", "keys", "d"]
DEFINITION = {
    "name": "attend_d4",
    "op_type": "gqa_ragged",
    "axes": {
        "batch": {"type": "var"},
        "rows": {"type": "var"},
        "keys": {"type": "var"},
        "d": {"type": "const", "value": 4},
    },
    "constraints": ["keys == rows + 1"],
    "inputs": {
        "q": {"shape": ROWS, "dtype": "float32"},
        "k": {"shape": KEYS, "dtype": "float32"},
        "v": {"shape": KEYS, "dtype": "float32"},
        "lengths": {"shape": ["batch"], "dtype": "int32"},
        "sm_scale": {"shape": None, "dtype": "float32"},
    },
    "outputs": {"out": {"shape": ROWS, "dtype": "float32"}},
    "reference": REFERENCE,
}
WORKLOAD = {
    "definition": "attend_d4",
    "workload": {
        "axes": {"batch": 2, "rows": 2, "keys": 3},
        "inputs": {
            **{name: {"type": "random"} for name in ("q", "k", "v")},
            "lengths": {"type": "safetensors", "path": "lengths.safetensors", "tensor_key": "lengths"},
            "sm_scale": {"type": "scalar", "value": 0.5},
        },
        "uuid": "w1",
    },
}


def solution(content: str, *, passes: bool = True, **changes: Any) -> dict[str, Any]:
    spec = {"language": "python", "entry_point": "main.py::run", "target_hardware": ["cpu"],
            "destination_passing_style": passes}  # fmt: skip
    found = {"name": "mine", "definition": "attend_d4", "author": "tests", "spec": spec,
             "sources": [{"path": "main.py", "content": content}]}  # fmt: skip
    return {**found, **changes}


def flashinfer_files(folder: Path, proposed: Any, stated: Any = DEFINITION) -> tuple[str, str, str]:
    """Solution, definition and workloads; what is text is written as it is."""
    save_file({"lengths": torch.tensor([2, 3], dtype=torch.int32)}, folder / "lengths.safetensors")
    for name, content in (("solution.json", proposed), ("definition.json", stated)):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "workloads.jsonl").write_text(json.dumps(WORKLOAD) + "\n", encoding="utf-8")
    return str(folder / "solution.json"), str(folder / "definition.json"), str(folder / "workloads.jsonl")
