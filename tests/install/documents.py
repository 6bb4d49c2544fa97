"""The code in README and docs: commands and Python blocks, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from distributions import ROOT
from markdown_it import MarkdownIt

DOCUMENTS: Final = ("README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")))
PROGRAMS: Final = ("attnproof", "nox", "pip", "python", "python3", "pytest")


@dataclass(frozen=True)
class Block:
    """A block of code; ``language`` is empty for an indented one."""

    document: str
    line: int
    language: str
    text: str


def blocks(document: str) -> Iterator[Block]:
    """All blocks of a document in order."""
    for token in MarkdownIt().parse((ROOT / document).read_text(encoding="utf-8")):
        if token.type in {"fence", "code_block"} and token.map is not None:
            yield Block(document, token.map[0] + 1, token.info, token.content)


def commands() -> dict[str, str]:
    """Every command in a shell's block, as written but for its comment, and where it stands first."""
    found: dict[str, str] = {}
    for document in DOCUMENTS:
        for block in blocks(document):
            if block.language == "bash":
                for line in block.text.replace("\\\n", "").splitlines():
                    found.setdefault(re.sub(r"\s+#\s.*", "", line).strip(), f"{document}:{block.line}")
    return {command: place for command, place in found.items() if command}


def unseen() -> list[Block]:
    """Blocks that hold a command (none with …, which is how one may be written) and do not say so, or in a language not
    run here.
    """
    return [
        block
        for document in DOCUMENTS
        for block in blocks(document)
        if block.language not in {"bash", "python"}
        and (block.language or (block.text.split()[0] in PROGRAMS and "…" not in block.text))
    ]


def mentioned() -> set[str]:
    """Commands within sentences that hold no placeholder: ``attnproof claim X4``."""
    text = "".join((ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS)
    spans = re.findall(r"`(attnproof [a-z]+ [^`…]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return {" ".join(span.split()) for span in spans if not re.search(r"\b[A-Z]{3,}\b", span)}
