"""Pins with hashes for a version of a member: ``python -m attnproof.verify.league --lock NAME``."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from attnproof.verify.league.environment import PYTHON, EnvironmentFailedError, settings, uv
from attnproof.verify.league.member import Member


def lock(member: Member) -> list[Path]:
    """Write what is missing of a member's locks; returns them."""
    found = []
    for version in member.versions:
        path = member.lock(version)
        if not path.exists():
            also = [each.format(version=version) for each in member.also]
            _compile(member.base, path, [f"{member.package}=={version}", *also], bare=member.bare)
            found.append(path)
    return found


def _compile(base: Path, path: Path, wanted: list[str], *, bare: bool) -> None:
    """Everything that is needed beside what ``base.txt`` has."""
    based = re.findall(r"^([\w.-]+)==([^\s\\]+)", base.read_text(encoding="utf-8"), re.MULTILINE)
    there = [word for name, _ in based for word in ("--no-emit-package", name)]
    alone = ["--no-deps"] if bare else []
    text = "\n".join([*wanted, *([] if bare else (f"{name}=={version}" for name, version in based))])
    done = subprocess.run(
        [uv(), "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate", "--python-version",
         PYTHON, "--python-platform", "x86_64-manylinux_2_35", *there, *alone, "-"],
        input=text, capture_output=True, text=True, env=settings(), check=False,
    )  # fmt: skip
    if done.returncode:
        raise EnvironmentFailedError(f"{wanted}: {done.stderr.strip()[-2000:]}")
    kept = [line for line in done.stdout.splitlines() if not line.startswith(("--find-links", "#"))]
    path.write_text("\n".join(kept).strip() + "\n", encoding="utf-8")
