"""Members of the league, as their files describe them."""

from __future__ import annotations

import hashlib
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import attnproof

HERE: Final = Path(__file__).resolve().parent
MOST_LINES: Final = 10  # of an adapter: what needs more is no adapter any more
FIELDS: Final = {
    "title",
    "package",
    "versions",
    "also",
    "bare",
    "documentation",
    "target",
    "promise",
    "ask",
    "thread",
    "backend",
}


@dataclass(frozen=True)
class Member:
    """An implementation.

    name           of its files
    title          as the page calls it
    package        as it is installed
    versions       that are asked, the oldest first
    also           requirements beside the package: a backend, say; ``{version}`` is the package's own
    bare           whether what the package requires is left out, but for ``also``
    target         ``file.py:attribute`` beside this, or ``module:attribute``
    asks           options of ``attnproof check``, one list for each time that it is asked
    promises       what the documentation says, each of a row: the word of the contract, if it is about a choice, where
                   and in which version it was read, and of which versions it says so
    threads        a row -> what is known of it in public, and where
    """

    name: str
    title: str
    package: str
    versions: tuple[str, ...]
    target: str
    asks: tuple[tuple[str, ...], ...]
    documentation: str = ""
    backend: str = ""
    also: tuple[str, ...] = ()
    bare: bool = False
    promises: tuple[Mapping[str, Any], ...] = ()
    threads: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folder: Path = HERE

    @property
    def adapter(self) -> str:
        """The text of the adapter; empty where the package is asked as it is."""
        path = self.folder / "members" / self.target.partition(":")[0]
        return path.read_text(encoding="utf-8") if path.suffix == ".py" else ""

    def promised(self, version: str) -> dict[str, Mapping[str, Any]]:
        """What the documentation promises of a version, by the row that asks it."""
        return {each["row"]: each for each in self.promises if version in each.get("versions", self.versions)}

    @property
    def base(self) -> Path:
        """The file that pins what asking needs."""
        return self.folder / "locks" / "base.txt"

    def lock(self, version: str) -> Path:
        """The file that pins what is installed for a version."""
        return self.folder / "locks" / f"{self.package}-{version}.txt"

    def _scores(self) -> list[str]:
        """The texts of files beside it that define a score."""
        named = {word.partition(":")[0] for words in self.asks for word in words if ".py:" in word}
        return [(self.folder / "members" / name).read_text(encoding="utf-8") for name in sorted(named)]

    def digest(self, version: str) -> str:
        """Of all that a result depends on: how it is asked, the adapter, what is installed, the rows, this version."""
        locks = (self.base, self.lock(version))
        promised = sorted((row, each.get("is", "")) for row, each in self.promised(version).items())
        asked = repr((self.package, self.target, self.asks, self.backend, promised))
        texts = [path.read_text(encoding="utf-8") for path in (*locks, self.folder / "rows.toml")]
        whole = "\0".join([asked, *texts, self.adapter, version, attnproof.__version__, *self._scores()])
        return hashlib.sha256(whole.encode()).hexdigest()


def members(folder: Path = HERE) -> dict[str, Member]:
    """All, by name."""
    return {path.stem: read(path) for path in sorted((folder / "members").glob("*.toml"))}


def read(path: Path) -> Member:
    """The member that a file describes. Raises ValueError naming the file and what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _member(path, data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {type(error).__name__}: {error}") from error


def _member(path: Path, data: Mapping[str, Any]) -> Member:
    if unknown := data.keys() - FIELDS:
        raise ValueError(f"unknown fields {sorted(unknown)}; expected {sorted(FIELDS)}")
    found = Member(
        path.stem,
        data["title"],
        data["package"],
        tuple(data["versions"]),
        data["target"],
        tuple(tuple(shlex.split(each)) for each in data["ask"]),
        data.get("documentation", ""),
        data.get("backend", ""),
        tuple(data.get("also", ())),
        data.get("bare", False),
        tuple(data.get("promise", ())),
        {row: each for each in data.get("thread", ()) for row in each["rows"]},
        path.parents[1],
    )
    if not found.asks or not found.versions:
        raise ValueError("expected at least one version and one way of asking")
    if (lines := len(list(filter(str.strip, found.adapter.splitlines())))) > MOST_LINES:
        raise ValueError(f"an adapter of {lines} lines; expected at most {MOST_LINES}")
    return found


def absent(folder: Path = HERE) -> list[dict[str, str]]:
    """What could not be asked, and why."""
    found: list[dict[str, str]] = tomllib.loads((folder / "absent.toml").read_text(encoding="utf-8"))["absent"]
    return found
