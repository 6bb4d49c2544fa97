"""Programs of user scores: generated into a temporary folder of this process and imported from there.

Nothing below ``impl/generated/`` changes: the modules import its runtimes, which are the same for every score.
"""

from __future__ import annotations

import importlib.util
import tempfile
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores.own import family, pinned, unpinned
from attnproof.impl.codegen.targets import TARGETS
from attnproof.impl.codegen.text.documents import GENERATED
from attnproof.impl.codegen.text.module import Module, build


def source(target: str, score: str) -> str:
    """The text of the module that ``target`` has for the score ``file.py:name``.

    Raises KeyError for an unknown target, ValueError for a mistake in the file and for what has no program.
    """
    if target not in TARGETS:
        raise KeyError(f"unknown target {target!r}; known targets: {', '.join(TARGETS)}")
    name = pinned(score)
    origin = f"Generated from ``{Path(unpinned(name)).name}``; edits are lost."
    return TARGETS[target].render(_module(name)).replace(GENERATED, origin, 1)


def program(target: str, score: str) -> ModuleType:
    """That module, imported: ``scores``, ``attention``, ``attention_backward``. Raises as ``source`` does."""
    return _imported(target, pinned(score))


@lru_cache(maxsize=16)
def _module(score: str) -> Module:
    return build(family(score), attention(score))


@lru_cache(maxsize=64)
def _imported(target: str, score: str) -> ModuleType:
    name = family(score).name
    path = Path(_folder().name) / target / score.rpartition("#")[2] / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source(target, score), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"attnproof_own.{target}.{name}", path)
    assert spec is not None  # a .py file has a loader
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="attnproof-")
