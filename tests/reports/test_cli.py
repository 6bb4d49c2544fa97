from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from made_reports import report

from attnproof.derivations.claims import CLAIMS
from attnproof.reports.commands import main as cli
from attnproof.reports.commands import verify
from attnproof.reports.commands.status import TerminatedError
from attnproof.verify.options import DTYPES, SCORES
from attnproof.verify.run import manifest
from attnproof.verify.run.execute import ExecutorError


def options(*words: str):
    return verify.options(cli.parser().parse_args(["verify", *words]))


def test_default_is_everything() -> None:
    found = options()
    assert (found.profile, found.seed, found.scores, found.dtypes, found.claims) == (
        "standard",
        0,
        SCORES,
        DTYPES,
        None,
    )


def test_only_a_score_keeps_its_claims() -> None:
    found = options("--only", "additive")
    assert found.scores == ("additive",)
    assert found.claims is not None
    assert all("additive" in CLAIMS[name].scores for name in found.claims)


def test_only_a_claim_keeps_its_scores_and_tables() -> None:
    found = options("--only", "B1")
    assert found.claims == ("B1",)
    assert found.scores == tuple(name for name in SCORES if name in CLAIMS["B1"].scores)
    assert "bias_invariance" in verify.parts(found)
    assert "variance" not in verify.parts(found)
    assert "evidence" in verify.parts(found)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "aditive"], "unknown score or claim 'aditive'; did you mean additive?"),
        (["--only", "Z9"], "Scores: dot, scaled_dot"),
    ],
)
def test_an_unknown_name_lists_the_known_ones_and_exits_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", *words]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["verify", "--dtype", "fp8"], "fp64"),
        (["verify", "--device", "tpu"], "cuda"),
        (["verify", "--profile", "fast"], "thorough"),
        (["verify", "--seed", "-1"], "'-1' is not an integer from 0 to 9223372036854775807"),
        (["verify", "--seed", "x"], "'x' is not an integer from 0 to"),
        (["verify", "--seed", "1.5"], "'1.5' is not an integer from 0 to"),
        (["verify", "--seed", "99999999999999999999999"], "'99999999999999999999999' is not an integer"),
        (["verify", "--seed", "9" * 5000], "99' is not an integer"),
        (["verify", "--workers", "0"], "'0' is not an integer from 1 to"),
        (["verify", "--workers", "-3"], "'-3' is not an integer from 1 to"),
        (["verify", "--workers", "100000"], "'100000' is not an integer from 1 to"),
        (["verify", "--out", ""], "the name of the folder is empty"),
        (["report", "--out", ""], "the name of the folder is empty"),
        (["verify", "stray"], "stray"),
        (["verfy"], "verify"),
        ([], "verify | report | claim"),
    ],
)
def test_bad_arguments_exit_with_2_and_say_what_was_expected(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.parser().parse_args(words)  # not the command: a test that fails must not start 100000 processes
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert named in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("name", ["thesis.tex", "tables/mine.csv", "recorded/mine.json", "index.html"])
def test_what_no_run_wrote_stops_a_run_and_stays(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = report(tmp_path / "out") / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("years of work")
    assert cli.main(["verify", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert f"out: holds what no run wrote: {name}" in said
    assert said.count("\n") == 1
    assert path.read_text() == "years of work"


def test_a_file_is_not_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f").write_text("x")
    assert cli.main(["verify", "--out", str(tmp_path / "f")]) == 2
    assert "is a file; expected a folder" in capsys.readouterr().err


def test_where_nothing_can_be_written_is_found_before_anything_is_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "f").write_text("x")
    assert cli.main(["verify", "--out", str(tmp_path / "f" / "sub" / "report")]) == 2
    assert "is a file; expected a folder" in capsys.readouterr().err
    assert cli.main(["verify", "--out", "/proc/report"]) == 2  # nobody, not even root, can make a folder there
    assert "/proc/report: " in capsys.readouterr().err


class Stub:
    """What a run would have found; its folder is not read."""

    def __init__(self, ok: bool, judged: int, aside: Path | None = None) -> None:
        self.ok, self.judged, self.folder, self.seconds, self.aside = ok, judged, Path("r"), 1.0, aside
        self.counts, self.claims = {"skipped": 1}, {}
        self.failures = () if ok else (("a [b]", "c [/d]"),)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Puts a function in the place of the run."""
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    monkeypatch.setattr(verify, "default_executor", lambda workers: ThreadPoolExecutor(1))
    return lambda run: monkeypatch.setattr("attnproof.verify.run.runner.run", lambda *_, **__: run())


def verified(out: Path) -> int:
    return cli.main(["verify", "--only", "S5", "--out", str(out)])


@pytest.mark.parametrize(("ok", "judged", "status"), [(True, 5, 0), (False, 5, 1), (False, 0, 1), (True, 0, 3)])
def test_a_run_that_judged_nothing_is_not_a_success(
    ok: bool, judged: int, status: int, tmp_path: Path, runs, capsys: pytest.CaptureFixture[str]
) -> None:
    runs(lambda: Stub(ok, judged))
    assert verified(tmp_path / "new") == status
    said = capsys.readouterr().out
    assert ("No implementation was judged" in said) == (judged == 0)
    assert ("failed a [b]: c [/d]" in said) == (not ok)


def test_what_was_moved_aside_is_named(tmp_path: Path, runs, capsys: pytest.CaptureFixture[str]) -> None:
    runs(lambda: Stub(True, 1, tmp_path / "new-aside-1"))
    assert verified(tmp_path / "new") == 0
    assert f"Moved aside, since no run of this version wrote it: {tmp_path}/new-aside-1\n" in capsys.readouterr().out


class OddError(BaseException):
    """None that a handler of Exceptions sees."""


ENDINGS = [
    (OSError(28, "No space left on device"), 1, "error: [Errno 28] No space left on device"),
    (BrokenProcessPool("killed"), 1, "a worker process died (killed)"),
    (ExecutorError("lost a unit"), 1, "lost a unit"),
    (RecursionError("too deep"), 1, "error: RecursionError: too deep"),
    (MemoryError("too much"), 1, "error: MemoryError: too much"),
    (SystemExit(0), 1, "error: SystemExit: 0"),
    (OddError("two\nlines"), 1, "error: OddError: two lines"),
    (KeyboardInterrupt(), 130, "interrupted"),
    (TerminatedError(), 143, "terminated"),
]


@pytest.mark.parametrize("there", [False, True], ids=["no report", "a report"])
@pytest.mark.parametrize(("error", "status", "message"), ENDINGS, ids=[type(each[0]).__name__ for each in ENDINGS])
def test_however_a_run_ends_it_is_one_line_and_says_of_a_report_that_is_there_what_became_of_it(
    error: BaseException, status: int, message: str, there: bool, tmp_path: Path, runs, capsys
) -> None:
    def end() -> None:
        raise error

    runs(end)
    if there:
        report(tmp_path / "out")
    error.__notes__ = []  # it is raised twice
    assert verified(tmp_path / "out") == status
    note = "; the previous report is untouched" if there else ""
    assert capsys.readouterr().err == f"attnproof: {message}{note}\n"


def test_an_end_after_the_new_report_is_in_place_says_so(tmp_path: Path, runs, capsys) -> None:
    def late() -> None:
        report(tmp_path / "out")
        raise KeyboardInterrupt

    runs(late)
    assert verified(tmp_path / "out") == 130
    assert capsys.readouterr().err == "attnproof: interrupted; the new report is in place\n"


def test_a_mistake_of_ours_keeps_its_traceback(tmp_path: Path, runs) -> None:
    runs(lambda: {}["missing"])
    with pytest.raises(KeyError, match="missing"):
        verified(tmp_path / "out")


@pytest.mark.parametrize("words", [["verify", "--only", "S5"], ["show", "additive.scores"], ["--help"]])
def test_a_terminal_without_greek_gets_escapes(words: list[str], tmp_path: Path, runs, monkeypatch) -> None:
    runs(lambda: Stub(False, 0, Path("αside")))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    try:
        status = cli.main([*words, "--out", str(tmp_path / "out")] if words[0] == "verify" else words)
    except SystemExit as ended:
        status = ended.code
    assert status == (1 if words[0] == "verify" else 0)
    assert written.getvalue().isascii()
    assert b"\\u03" in written.getvalue() or words == ["--help"]


@pytest.mark.slow
def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with Path("/dev/full").open("w") as full:
        for words in (["claim", "S5"], ["show", "dot.scores"]):
            command = [sys.executable, "-m", "attnproof", *words]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            assert (done.returncode, done.stderr) == (1, "attnproof: error: [Errno 28] No space left on device\n")
            done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
            assert (done.returncode, done.stderr) == (0 if words[0] == "show" else 141, "")
    os.close(writer)


def test_report_without_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--out", str(tmp_path)]) == 2
    assert "no run.json there" in capsys.readouterr().err


@pytest.fixture
def run_with_manifest(run_folder: Path) -> Path:
    manifest.write(run_folder, manifest.of_files_in(run_folder))
    return run_folder


def test_report_makes_the_page_part_of_the_report(run_with_manifest: Path, capsys) -> None:
    (run_with_manifest / "tables" / "mine.csv").write_text("mine")  # which no page shows
    for _ in range(2):
        assert cli.main(["report", "--out", str(run_with_manifest)]) == 0
        assert capsys.readouterr().out == f"Report: {run_with_manifest}/index.html\n"
        files = manifest.read(run_with_manifest)
        assert all(
            manifest.is_part(run_with_manifest, name, files) == (name != "tables/mine.csv")
            for name in manifest.contents(run_with_manifest)
        )
    assert [path.name for path in run_with_manifest.parent.iterdir()] == [run_with_manifest.name]


@pytest.mark.parametrize("name", ["results.jsonl", "claims.json", "tables/variance.csv", "run.json"])
def test_report_shows_no_results_that_were_edited(run_with_manifest: Path, name: str, capsys) -> None:
    path = run_with_manifest / name
    path.write_text(path.read_text().replace("fail", "pass") + "\n")
    assert cli.main(["report", "--out", str(run_with_manifest)]) == 2
    said = capsys.readouterr().err
    assert f"--out {run_with_manifest}: edited since the run: {name}; expected the files as the run wrote" in said
    assert said.count("\n") == 1
    assert not (run_with_manifest / "index.html").exists()


def test_report_of_a_run_without_a_manifest(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--out", str(run_folder)]) == 2
    assert "no manifest.json of a run there" in capsys.readouterr().err


def test_at_the_end_nothing_is_searched_for_cycles() -> None:
    script = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 0))  # runs after what is registered later
from attnproof.reports.commands.main import main
main(["claim", "X9"])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
