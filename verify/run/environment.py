"""What a run ran on: versions, machine, and the commit of the sources."""

from __future__ import annotations

import platform
import shutil
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from attnproof.verify.run.execute import cores

PACKAGES: Final = (
    "attnproof",
    "sympy",
    "numpy",
    "torch",
    "python-flint",
    "mpmath",
    "pandas",
    "safetensors",
    "tokenizers",
)
OPTIONAL_PACKAGES: Final = ("jax", "numba")  # without them rows of theirs are skipped


def versions() -> dict[str, str]:
    """The version of every package that a result may depend on."""
    found = {name: version(name) for name in PACKAGES}
    for name in OPTIONAL_PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def device() -> dict[str, str]:
    """The machine."""
    import torch

    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": str(cores()),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }


def commit() -> str:
    """The commit of the source tree, with ``+changes`` where the tree differs; ``unknown`` outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return "unknown"

    def ask(*words: str) -> str:
        return subprocess.run(
            [git, "-C", str(root), *words], capture_output=True, text=True, check=False
        ).stdout.strip()

    head = ask("rev-parse", "--short=12", "HEAD")
    return (head or "unknown") + ("+changes" if ask("status", "--porcelain") else "")
