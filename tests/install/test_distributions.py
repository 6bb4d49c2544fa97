"""What travels in a wheel and in an sdist, and what does not."""

from __future__ import annotations

import tarfile
import zipfile

import pytest
from distributions import LEFTOVERS, ROOT, Distributions, Installed

ROOMS = ("derivations", "impl", "verify", "reports")


@pytest.fixture(scope="module")
def packed(distributions: Distributions) -> dict[str, bytes]:
    with zipfile.ZipFile(distributions.wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_of_the_rooms_is_in_the_wheel(packed: dict[str, bytes]) -> None:
    wanted = {
        f"attnproof/{path.relative_to(ROOT).as_posix()}": path.read_bytes()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not {"__pycache__", "out"} & set(path.relative_to(ROOT).parts)
    }
    assert {name.rpartition(".")[2] for name in wanted} >= {"py", "json", "txt", "j2", "css", "js", "typed"}
    inside = {name: text for name, text in packed.items() if name.split("/")[1] in ROOMS}
    assert inside.keys() == wanted.keys()
    assert inside == wanted
    assert {name for name in packed if name not in inside and ".dist-info/" not in name} == {
        "attnproof/__init__.py", "attnproof/__main__.py", "attnproof/nn.py", "attnproof/py.typed",
    }  # fmt: skip


def test_the_wheel_has_the_licence_and_no_ban_on_uploads(packed: dict[str, bytes]) -> None:
    (licence,) = (text for name, text in packed.items() if name.endswith(".dist-info/licenses/LICENSE"))
    (metadata,) = (text.decode() for name, text in packed.items() if name.endswith(".dist-info/METADATA"))
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert "Private ::" not in metadata


def test_a_wheel_made_from_the_sdist_is_the_same(distributions: Distributions, packed: dict[str, bytes]) -> None:
    with zipfile.ZipFile(distributions.rebuilt) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == packed


def test_the_sdist_holds_files_only_and_nothing_that_a_checkout_gathers(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        members = archive.getmembers()
    assert all(member.isfile() or member.isdir() for member in members), "links became files"
    names = {member.name.partition("/")[2] for member in members}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/attnproof/impl/fused.py"} <= names
    assert not names & {*LEFTOVERS, *(f"src/attnproof/{name}" for name in LEFTOVERS)}


def test_nothing_else_appears_in_site_packages(installed: Installed) -> None:
    ours = {path.name for path in installed.packages.iterdir() if not path.is_symlink()}
    version = (
        (installed.packages / "attnproof" / "__init__.py").read_text("utf-8").split('__version__ = "')[1].split('"')[0]
    )
    ours -= {"__pycache__"}  # Python's own, of modules that any test of this environment has imported
    assert ours == {"attnproof", f"attnproof-{version}.dist-info"}
