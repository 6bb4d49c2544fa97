"""What tests need to know about an HTML page, by the standard library's parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "input", "br", "hr", "img"}
SKIPPED = {"script", "style"}


@dataclass
class Page(HTMLParser):
    """ids, links, loaded resources, the text outside scripts and outside code, formulas, and unbalanced tags."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    scripts: int = 0
    open: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        self.loads += [given[name] or "" for name in ("src", "srcset", "poster", "data") if name in given]
        if tag == "link":
            self.loads.append(given.get("href") or "")
        self.scripts += tag == "script"
        if tag == "math":
            self.formulas.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if SKIPPED & set(self.open):
            return
        if "math" in self.open:
            self.formulas[-1] += data
        if "code" not in self.open and "pre" not in self.open:
            self.prose.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.prose).split())


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def part(source: str, begin: str, end: str) -> str:
    """From ``begin`` to before ``end``, on one line."""
    return " ".join(source[source.index(begin) :].partition(end)[0].split())
