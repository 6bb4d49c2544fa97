"""Names come from where they are defined: nobody keeps a second list of all scores or of all formats."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from attnproof.derivations.scores import FAMILIES
from attnproof.verify.options import DTYPES

ROOT = Path(__file__).resolve().parent.parent
#: what may say them again: independent of the rest, readers of files alone, a room before the definition
ALLOWED = {
    "impl/reference/torch_attention.py": "independent of everything here",
    "impl/reference/numpy_attention.py": "independent of everything here",
    "derivations/scores/__init__.py": "the scores are defined there",
    "verify/league/textbook.py": "independent of everything here",
    "verify/options.py": "the formats are defined there",
    "reports/words.py": "pages import nothing of verify",
}
FILES = [path for room in ("derivations", "impl", "verify", "reports") for path in sorted((ROOT / room).rglob("*.py"))]
LISTS = {"scores": frozenset(FAMILIES), "formats": frozenset(DTYPES)}


def listed(source: str) -> Iterator[frozenset[str]]:
    """The strings of every tuple, list and set that is written out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield frozenset(
                one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


def test_nobody_keeps_a_second_list() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in FILES
        if "out" not in path.parts
        and any(names >= all_ for names in listed(path.read_text(encoding="utf-8")) for all_ in LISTS.values())
    ]
    assert set(found) <= ALLOWED.keys()


def test_a_second_list_is_seen() -> None:
    assert any(names >= LISTS["scores"] for names in listed(f"ALL = {(*FAMILIES, 'other')!r}"))
    assert not any(names >= LISTS["scores"] for names in listed(f"SOME = {tuple(FAMILIES)[1:]!r}"))
