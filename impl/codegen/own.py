"""Programs of user scores: generated into a temporary folder of this process and imported from there.

Nothing below ``impl/generated/`` changes: the modules import its runtimes, which are the same for every score. Fused
kernels (``numba``) go to the user's cache folder instead, where what Numba compiled of them is found again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Final

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores.own import family, pinned, unpinned
from attnproof.impl.codegen.targets import TARGETS
from attnproof.impl.codegen.targets.fused import pairs
from attnproof.impl.codegen.text.documents import GENERATED
from attnproof.impl.codegen.text.module import Module, build

NUMBA: Final = "numba"


def source(target: str, score: str) -> str:
    """The text of the module that ``target`` has for the score ``file.py:name``.

    Raises KeyError for an unknown target, ValueError for a mistake in the file and for what has no program.
    """
    if target not in (*TARGETS, NUMBA):
        raise KeyError(f"unknown target {target!r}; known targets: {', '.join((*TARGETS, NUMBA))}")
    name = pinned(score)
    origin = f"Generated from ``{Path(unpinned(name)).name}``; edits are lost."
    render = pairs.render if target == NUMBA else TARGETS[target].render
    return render(_module(name)).replace(GENERATED, origin, 1)


@lru_cache(maxsize=64)
def why_not_fused(score: str) -> str:
    """Why there is no fused kernel for the score ``file.py:name``; empty: there is one."""
    return pairs.why_not(family(pinned(score)))


def program(target: str, score: str) -> ModuleType:
    """That module, imported: ``scores``, ``attention``, ``attention_backward``. Raises as ``source`` does."""
    return _imported(target, pinned(score))


@lru_cache(maxsize=16)
def _module(score: str) -> Module:
    return build(family(score), attention(score))


@lru_cache(maxsize=64)
def _imported(target: str, score: str) -> ModuleType:
    name = family(score).name
    text = source(target, score)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = (_lasting() if target == NUMBA else Path(_folder().name)) / target / digest / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"attnproof_own_{target}_{digest}_{name}", path)
    assert spec is not None  # a .py file has a loader
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where Numba looks when it loads what it compiled
    spec.loader.exec_module(module)
    return module


def _lasting() -> Path:
    """``attnproof`` in the user's cache folder; the temporary folder where that cannot be written."""
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else Path("~/.cache").expanduser()) / "attnproof"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(_folder().name)
    return folder if os.access(folder, os.W_OK) else Path(_folder().name)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="attnproof-")
