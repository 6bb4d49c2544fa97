"""The formats as torch's types, beside what does not need torch: importing it takes longer than all else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import torch

from attnproof.verify.arithmetic.formats import TYPES

TORCH_DTYPES: Final[Mapping[str, torch.dtype]] = MappingProxyType({n: getattr(torch, t) for n, t in TYPES.items()})
