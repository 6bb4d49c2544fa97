"""Reports of earlier versions, which have no manifest: nothing shows that their files are as they were written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attnproof.verify.run import manifest

# All the files that one may consist of, those that it always has, and the schemas that some of these name.
_FILES: Final = re.compile(
    r"(run|claims|derivations|model)\.json|results\.jsonl|junit\.xml|(index|\.index-\w+)\.html"
    r"|tables/(\w+\.csv)?|recorded/(\w+\.json)?|(.*/)?\.DS_Store"
)
_REQUIRED: Final = frozenset({"results.jsonl", "junit.xml", "index.html"})
_SCHEMAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "run.json": "attnproof.run/1",
        "claims.json": "attnproof.claims/1",
        "derivations.json": "attnproof.derivations/1",
    }
)


def is_report(folder: Path) -> bool:
    """Whether ``folder`` holds such a report, whole, and nothing of another name or kind."""
    names = set()
    for name in manifest.contents(folder):
        if not _FILES.fullmatch(name) or not (name.endswith("/") or manifest.is_regular(folder / name)):
            return False
        names.add(name)
    return names >= _REQUIRED | set(_SCHEMAS) and all(
        _schema(folder / name) == schema for name, schema in _SCHEMAS.items()
    )


def _schema(path: Path) -> Any:
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return found.get("schema") if isinstance(found, dict) else None
