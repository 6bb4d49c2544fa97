"""The league's files: every member, lock and row is one."""

from __future__ import annotations

import re
from pathlib import Path

import made_league
import pytest

from attnproof.verify import checking
from attnproof.verify.league.gather import gathered
from attnproof.verify.league.member import absent, members, read
from attnproof.verify.league.rows import Row, rows
from attnproof.verify.league.running import RECORDED
from attnproof.verify.targets.contract import CHOICES


def test_every_member_is_one_and_pinned_with_hashes() -> None:
    for member in members().values():
        for version in member.versions:
            text = member.lock(version).read_text(encoding="utf-8")
            pinned = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
            hashes = re.findall(r"^[\w.-]+==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)
            assert len(pinned) == len(hashes), member.lock(version)


def test_no_adapter_hides_a_package() -> None:
    """An adapter lies in the folder that is searched first: of a package's name it would be imported instead."""
    for member in members().values():
        imported = {
            line.split()[1].split(".")[0] for line in member.adapter.splitlines() if line[:5] in ("from ", "impor")
        }
        assert Path(member.target.partition(":")[0]).stem not in imported, member.name


def test_rows_are_at_least_forty_and_unique() -> None:
    listed = rows()
    assert len(listed) >= 40
    assert len({row.id for row in listed}) == len(listed)
    assert all(row.says.endswith(".") for row in listed)


def test_what_is_known_in_public_names_rows_and_addresses() -> None:
    known = {row.id for row in rows()}
    for member in members().values():
        assert member.threads.keys() <= known
        assert all(thread["address"].startswith("https://") for thread in member.threads.values())


def test_what_is_known_in_public_stands_beside_answers_that_are_not_all_well() -> None:
    """A thread on a fault that no version asked has contradicts the cell that it is meant for."""
    for member in gathered()["members"]:
        asked = {version["version"]: version["cells"] for version in member["versions"]}
        for row, thread in members()[member["name"]].threads.items():
            meant = asked.keys() & set(thread.get("versions", asked))
            without = [version for version in meant if "thread" not in asked[version][row]]
            assert not without, (member["name"], row, without)


def test_promises_name_rows_addresses_and_versions() -> None:
    known = {row.id: row for row in rows()}
    promised = [(member, each) for member in members().values() for each in member.promises]
    assert len(promised) >= 20
    for member, each in promised:
        assert each.keys() - {"is", "versions"} == {"row", "says", "address", "read"}, member.name
        assert each["address"].startswith("https://")
        assert {*each.get("versions", ())} <= {*member.versions}, member.name
        choice = known[each["row"]].observed
        assert each["is"] in CHOICES[choice] if choice else "is" not in each, member.name


def test_no_record_takes_a_line_of_ours_for_the_package_s() -> None:
    ours = {path.name for path in Path(checking.__file__).parent.glob("*.py")}
    for path in RECORDED.glob("*.json"):
        named = set(re.findall(r" at (\w+\.py):\d+", path.read_text(encoding="utf-8")))
        assert not named & ours, path.name


def test_absent_members_say_why() -> None:
    assert all({"package", "tried", "why"} == each.keys() and each["why"] for each in absent())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("versions = []\n", "at least one version"),
        ('color = "red"\n', "unknown fields"),
        ('target = "long.py:attend"\n', "an adapter of 11 lines"),
    ],
)
def test_a_file_that_is_no_member_is_named(tmp_path: Path, change: str, words: str) -> None:
    made_league.write(tmp_path)
    path = tmp_path / "members" / "rightattn.toml"
    (tmp_path / "members" / "long.py").write_text("x = 1\n" * 11, encoding="utf-8")
    field = change.split(" ", maxsplit=1)[0]
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{field} ")]
    path.write_text(change + "\n".join(kept), encoding="utf-8")
    with pytest.raises(ValueError, match=f"rightattn.toml.*{words}"):
        read(path)


def test_a_change_of_any_file_makes_another_digest(tmp_path: Path) -> None:
    before = made_league.write(tmp_path)["rightattn"].digest("1.0")
    seen = {before}
    for name in ("rows.toml", "locks/base.txt", "locks/rightattn-1.0.txt", "members/rightattn.toml"):
        path = tmp_path / name
        text = path.read_text(encoding="utf-8").replace("--profile quick", "--profile standard")
        path.write_text(f"{text}# more\n", encoding="utf-8")
        seen.add(read(tmp_path / "members" / "rightattn.toml").digest("1.0"))
    assert len(seen) == 5


def test_a_change_of_a_score_beside_it_makes_another_digest(tmp_path: Path) -> None:
    made_league.write(tmp_path)
    path, score = (tmp_path / "members" / name for name in ("rightattn.toml", "own.py"))
    path.write_text(path.read_text(encoding="utf-8").replace("scaled_dot", "own.py:mine"), encoding="utf-8")
    seen = set()
    for text in ("mine = 1\n", "mine = 2\n"):
        score.write_text(text, encoding="utf-8")
        seen.add(read(path).digest("1.0"))
    assert len(seen) == 2


@pytest.mark.parametrize("word", [{"properties": ("no",)}, {"dtypes": ("fp7",)}, {"features": ("no",)}])
def test_a_row_of_unknown_words_is_none(word) -> None:
    with pytest.raises(ValueError, match="unknown"):
        Row("id", "group", "title", "says", **word)


def test_nothing_recorded_is_no_document(tmp_path: Path) -> None:
    made_league.write(tmp_path)
    assert gathered(tmp_path, tmp_path / "records") is None
