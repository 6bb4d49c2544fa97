"""A league of its own for tests: two packages, made as wheels, one right and one wrong; no network is needed."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from attnproof.verify.league import environment
from attnproof.verify.league.member import Member, members

SOURCE = """
import torch

def attend(query, key, value):
    scores = query @ key.transpose(-1, -2) / {divisor}
    return torch.softmax(scores, -1) @ value
"""
DIVISORS = {"rightattn": "key.shape[-1] ** 0.5", "wrongattn": "key.shape[-1]"}
ROWS = """
[["Formula"]]
id = "formula"
title = "formula"
says = "It is the formula."
properties = ["algebra"]
quantity = "^context$"

[["Values"]]
id = "fp64"
title = "values"
says = "Values are within bounds."
properties = ["values"]
quantity = "^context$"
dtypes = ["fp64"]

[["Features"]]
id = "softcap"
title = "soft-cap"
says = "Scores are capped."
properties = ["algebra"]
features = ["softcap"]
"""


def write(folder: Path) -> dict[str, Member]:
    """The league's files in ``folder``; its members."""
    for name in ("members", "locks", "wheels"):
        (folder / name).mkdir(parents=True)
    (folder / "rows.toml").write_text(ROWS, encoding="utf-8")
    (folder / "absent.toml").write_text("absent = []\n", encoding="utf-8")
    (folder / "locks" / "base.txt").write_text("# what asks is there already\n", encoding="utf-8")
    for package, divisor in DIVISORS.items():
        digest = _wheel(folder / "wheels", package, SOURCE.format(divisor=divisor))
        pinned = f"{package}==1.0 --hash=sha256:{digest}\n"
        (folder / "locks" / f"{package}-1.0.txt").write_text(pinned, encoding="utf-8")
        (folder / "members" / f"{package}.toml").write_text(
            f'title = "attend"\npackage = "{package}"\nversions = ["1.0"]\ntarget = "{package}:attend"\n'
            'ask = ["--score scaled_dot --profile quick --dtype fp64 --property algebra --property values"]\n',
            encoding="utf-8",
        )
    return members(folder)


def _wheel(folder: Path, package: str, source: str) -> str:
    """A wheel of one module; returns its digest."""
    path, info = folder / f"{package}-1.0-py3-none-any.whl", f"{package}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{package}.py", source)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def offline(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Environments of this Python, from the wheels in ``folder`` alone, that see what is installed here."""
    patch.setattr(environment, "PYTHON", f"{sys.version_info.major}.{sys.version_info.minor}")
    patch.setenv("PIP_FIND_LINKS", str(folder / "wheels"))
    patch.setenv("UV_OFFLINE", "1")
    patch.setenv("UV_CACHE_DIR", str(folder / "uv"))
    patch.setattr(environment, "_make", _with_what_is_here(environment._make))


def _with_what_is_here(make):
    def made(place: Path, python: Path, locks) -> None:
        make(place, python, locks)
        (packages,) = place.glob("lib/python*/site-packages")
        here = next(path for path in sys.path if path.endswith("site-packages"))
        (packages / "here.pth").write_text(f"{here}\n", encoding="utf-8")

    return made
