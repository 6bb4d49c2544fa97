"""Write the generated modules, or check that they are what the derivations give.

``python -m attnproof.impl.codegen.generate``          rewrites ``impl/generated/``
``python -m attnproof.impl.codegen.generate --check``  names every stale file and exits with 1 if there is one
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from attnproof.derivations.scores import FAMILIES
from attnproof.impl.codegen import definitions, listing, statements
from attnproof.impl.codegen.targets import FUSED, TARGETS
from attnproof.impl.codegen.text.module import build
from attnproof.impl.extras import EXTRAS
from attnproof.impl.replacing import replacing

ROOT = Path(__file__).resolve().parents[1] / "generated"


def sources() -> dict[str, str]:
    """The text of every generated file, by its path below ``impl/generated/``."""
    found = {listing.NAME: listing.text(listing.derived()), **definitions.sources(), **statements.sources()}
    modules = [build(family) for family in FAMILIES.values()]
    for target in (*TARGETS.values(), *FUSED.values()):
        found[f"{target.name}/__init__.py"] = _package(target.name)
        for module in modules:
            if target.scores is None or module.family.name in target.scores:
                found[f"{target.name}/{module.family.name}.py"] = target.render(module)
    return found


def _package(name: str) -> str:
    """A target's ``__init__.py``; where its library is an extra, whoever lacks it is told so in one line."""
    library = name.removesuffix("_separated")
    require = f'\nfrom attnproof.impl.extras import require\n\nrequire("{library}")\n' if library in EXTRAS else ""
    return f'"""Programs for {name}, a module for each score that it has one for."""\n{require}'


def generate(*, check: bool = False, root: Path = ROOT) -> list[Path]:
    """Write every generated file (``check``: write nothing) and return those that were stale, extra ones included.

    A Python or Coq file below ``root`` that nothing generates is stale too; it is removed. What generated modules
    import, in files with a leading underscore, is written by hand.
    """
    wanted = {root / path: text.encode("utf-8") for path, text in sources().items()}
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text]
    extra = [
        path
        for path in root.rglob("*.*")
        if path.suffix in {".py", ".v"} and not path.name.startswith("_") and path not in wanted
    ]
    if not check:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as file:
                file.write(wanted[path])
        for path in extra:
            path.unlink()
    return sorted(stale + extra)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 if ``--check`` found a stale file."""
    parser = argparse.ArgumentParser(prog="python -m attnproof.impl.codegen.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    check = parser.parse_args(arguments).check
    for path in (stale := generate(check=check)):
        sys.stdout.write(f"{'stale' if check else 'written'}: {path.relative_to(ROOT.parents[1])}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
