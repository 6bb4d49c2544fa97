"""A wheel and an sdist of the checkout, and environments that have the project from the wheel and its sources from
nowhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from attnproof.impl.extras import EXTRAS

ROOT: Final = Path(__file__).resolve().parents[2]
NEEDED: Final = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "MANIFEST.in",
    "src",
    "derivations",
    "impl",
    "verify",
    "reports",
)
LEFTOVERS: Final = {  # what a checkout may hold and a distribution may not
    "reports/out/index.html": "<!doctype html>",
    "reports/out/run.json": "{}",
    "reports/out/tables/variance.csv": "id",
    "tests/verify/data.json": "{}",
    "tests/test_one.py": "",
    "attnproof.egg-info/entry_points.txt": "[pytest11]\nattnproof = verify.checking.pytest_plugin\n",
}
TIMEOUT: Final = 900  # seconds that no command takes
LIBRARIES: Final = (*EXTRAS, "jaxlib", "llvmlite", "dask")


@dataclass(frozen=True)
class Distributions:
    """Both files, and a wheel that was made from the sdist alone."""

    wheel: Path
    sdist: Path
    rebuilt: Path


@dataclass(frozen=True)
class Installed:
    """An environment of its own."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", "venv", {"base": str(self.folder)}))

    def run(
        self, command: str, *arguments: str | Path, cwd: Path, env: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment (``python``, ``attnproof`` …) in ``cwd``; nothing of the checkout is in
        sight.
        """
        return self._run([str(self.bin / command), *map(str, arguments)], cwd, env)

    def shell(self, text: str, *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Give a line to the shell, with the commands of this environment on its path."""
        return self._run(["sh", "-c", text], cwd, {})

    def _run(self, command: list[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=cwd, env=self.environment(env), capture_output=True, text=True, check=False, timeout=TIMEOUT
        )

    def environment(self, extra: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
        """The variables that a command sees: those of the tests without what leads to the sources, and ``extra``."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL"))
        }
        return {**kept, "PATH": f"{self.bin}{os.pathsep}{kept['PATH']}", "PYTHONUTF8": "1", **extra}


def build(folder: Path) -> None:
    """Build all three below ``folder`` from a copy of the checkout."""
    source = copied(folder / "source")
    _built("wheel", source, folder / "dist")
    _built("sdist", source, folder / "dist")
    sdist = found(folder).sdist
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    _built("wheel", folder / sdist.name.removesuffix(".tar.gz"), folder / "again")


def copied(source: Path) -> Path:
    """A copy of the checkout that holds ``LEFTOVERS``."""
    source.mkdir(parents=True)
    for name in NEEDED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "out", "*.egg-info")
            shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source)
    for name, text in LEFTOVERS.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    return source


def found(folder: Path) -> Distributions:
    """What ``build`` has left in ``folder``."""
    (wheel, *_), (sdist, *_) = [*(folder / "dist").glob("*.whl")], [*(folder / "dist").glob("*.tar.gz")]
    return Distributions(wheel, sdist, folder / "again" / wheel.name)


def _built(kind: str, source: Path, to: Path) -> None:
    """Ask the build backend, as ``pip`` and ``build`` do without isolation."""
    ask = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", ask, str(to)], cwd=source, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def install(what: Path, folder: Path, *options: str, without: Collection[str] = ()) -> Installed:
    """An environment with a wheel or checkout, and links to all that the running one has but for the project and
    ``without``.
    """
    venv.create(folder, symlinks=os.name != "nt")
    made = Installed(folder)
    for entry in _others(without):
        (made.packages / entry.name).symlink_to(entry)
    pip = [sys.executable, "-m", "pip", "--python", str(made.bin / "python"), "install"]
    alone = ["--no-deps", "--no-index", "--no-build-isolation", "--no-compile"]
    done = subprocess.run([*pip, *alone, *options, str(what)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


def _others(without: Collection[str]) -> Iterable[Path]:
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        distribution = entry.name.split("-")[0].removeprefix("__editable__.")
        if distribution not in {"attnproof", "__editable___attnproof_finder", "__pycache__", *without}:
            yield entry
