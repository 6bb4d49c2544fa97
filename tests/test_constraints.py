"""The pins are those of the metadata, once each; that they fit together where the project runs is nox -s lint's to
check.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Not read from torch's metadata alone: builds without CUDA, as for continuous integration, say nothing of Triton.
TRITON = {"2.13.0": "3.7.1"}  # torch's version: what its Linux builds on PyPI require

ENVIRONMENTS = {
    f"{system} {machine} {python}": {
        "sys_platform": system,
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[system],
        "platform_machine": machine,
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_version": f"{python}.0",
        "extra": "",
    }
    for system, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"))
    for python in ("3.11", "3.12", "3.13")
}


def lines(path: Path) -> list[Requirement]:
    """The requirements in a file, one a line."""
    stripped = (re.sub(r"(^|\s)#.*", "", line).strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in stripped if line]


def named() -> list[Requirement]:
    """Every requirement that pyproject.toml and constraints.in name."""
    project = PYPROJECT["project"]
    lists: list[list[Any]] = [project["dependencies"], *project["optional-dependencies"].values()]
    lists += PYPROJECT["dependency-groups"].values()
    found = [Requirement(entry) for entries in lists for entry in entries if isinstance(entry, str)]
    return found + lines(ROOT / "constraints.in")


def there(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


PINS = lines(ROOT / "constraints.txt")


def pins(environment: dict[str, str]) -> dict[str, list[str]]:
    """Name: the versions pinned."""
    found: dict[str, list[str]] = {}
    for pin in PINS:
        if there(pin, environment):
            found.setdefault(canonicalize_name(pin.name), []).extend(one.version for one in pin.specifier)
    return found


def test_every_line_is_a_pin() -> None:
    assert len(PINS) > 50
    loose = [str(pin) for pin in PINS if [one.operator for one in pin.specifier] != ["=="] or pin.extras or pin.url]
    assert not loose
    assert not [str(pin) for pin in PINS if str(pin.specifier).endswith(".*")]


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_no_name_is_pinned_twice(environment: dict[str, str]) -> None:
    assert not {name: versions for name, versions in pins(environment).items() if len(versions) > 1}


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_every_requirement_is_pinned_to_a_version_it_allows(environment: dict[str, str]) -> None:
    pinned = pins(environment)
    wrong = {}
    for requirement in named():
        if there(requirement, environment):
            versions = pinned.get(canonicalize_name(requirement.name), [])
            if [requirement.specifier.contains(one) for one in versions] != [True]:
                wrong[str(requirement)] = versions
    assert not wrong


def test_triton_is_the_one_that_torch_requires() -> None:
    pinned = pins(ENVIRONMENTS["linux x86_64 3.11"])
    (torch,) = pinned["torch"]
    assert pinned["triton"] == [TRITON[torch]], "look up what torch's Linux builds on PyPI require, and enter it above"
    for requirement in map(Requirement, requires("torch") or []):
        if requirement.name == "triton" and there(requirement, ENVIRONMENTS["linux x86_64 3.11"]):
            assert requirement.specifier.contains(pinned["triton"][0])


def test_triton_has_no_bound_of_its_own() -> None:
    # torch requires one exact version, so that a bound here could only contradict it; there are wheels for Linux only
    asked = {str(requirement) for requirement in named() if requirement.name == "triton"}
    assert asked == {'triton; sys_platform == "linux"'}


def test_environments_are_those_that_lint_resolves_for() -> None:
    resolved = [Requirement(f"x; {marker}") for marker in PYPROJECT["tool"]["uv"]["environments"]]
    counts = {name: sum(there(one, environment) for one in resolved) for name, environment in ENVIRONMENTS.items()}
    assert counts == dict.fromkeys(ENVIRONMENTS, 1)


def test_no_list_repeats_another() -> None:
    project = PYPROJECT["project"]
    listed = [*project["optional-dependencies"].values(), *PYPROJECT["dependency-groups"].values()]
    several = [tuple(map(str, entries)) for entries in listed if len(entries) > 1]
    assert len(several) == len(set(several))


def test_pre_commit_has_the_same_versions() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    pins = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split() if "==" in line
    )
    ruff = re.search(r"ruff-pre-commit\n    rev: v(\S+)", hooks)
    assert ruff is not None
    assert ruff[1] == pins["ruff"]
    assert f"nox=={pins['nox']}" in hooks
