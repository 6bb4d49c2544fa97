"""README and docs, executed as written, from an installed wheel, in a folder that has nothing of the checkout but what
they name.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from distributions import ROOT, Installed
from documents import DOCUMENTS, blocks, commands, mentioned, unseen

from attnproof.reports.commands.main import parser

COMMANDS = commands()
EXEMPT = {  # by their beginning
    "python3 -m venv .venv && .venv/bin/pip install --quiet nox && .venv/bin/nox -s": "CI runs it: it needs an index",
    "nox -s": "CI runs the sessions: they need an index",
    "pip install": "needs an index; the extras are those of the metadata (below)",
}
RESTRICTED = {  # what is added to a command that would take long: by its beginning
    "attnproof verify --executor": "--profile quick --only A1",
    "PYTHONPATH=. attnproof verify --executor": "--profile quick --only A1",
    "attnproof check mypkg.attn_jax:attend": "--profile quick --property values",
    "attnproof check mypkg.cache": "--profile quick",
    "attnproof check attnproof.nn": "--profile quick --dtype fp64 --property values",
    "attnproof check torchnlp": "--profile quick",
    "attnproof check allennlp_light": "--profile quick",
    "attnproof check torch_multi_head_attention": "--dtype fp64 --property 'masks of a batch'",
}
FAULTY = "attnproof check torch_multi_head_attention"  # the document says so; every other command ends with 0
SLOW = ("attnproof check", "attnproof read", "attnproof verify", "PYTHONPATH=. attnproof verify")
ASKED = {  # what a document's blocks have to leave behind and to print
    "README.md": (
        "scores.shape == weights.shape == (5, 5) and v.grad is not None",
        "J[i,j,l] = α[i,j] (δ[j,l] - α[i,l])",
    ),
    "docs/AGAINST.md": ("not found.ok and found.kind == 'formula'", "FAULT FOUND (formula)"),
    "docs/FORMATS.md": ("found.ok and runtime.ok and not wrong.ok", "FAULT FOUND (formula)"),
    "docs/CLOSE.md": ("actual.shape == query.shape", "Seen: it is 1.01 times what is right."),
    "docs/FORMULAS.md": ("found.text()", "'chain rule, every equation, at every size': True"),
    "docs/KERNELS.md": ("torch.equal(context, torch.from_numpy(found.context))", "Way(kernel='numba', reason='')"),
    "docs/NN.md": ("context.shape == (8, 3, 64) and each['v'].shape == (8, 48)", "True True"),
    "docs/PROOFS.md": ("all(step.by.holds() for step in steps)", "True"),
    "docs/SCORES.md": ("cosine.name == 'cosine'", ""),
}
RUN = """
import sys
space = {"__name__": "__main__"}
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), space)
assert eval(sys.argv[1], space)
"""
SCHEDULER = "tcp://scheduler:8786"  # where the reader's own cluster would be
CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


def starting(command: str, table: dict[str, str]) -> str | None:
    return next((value for start, value in table.items() if command.startswith(start)), None)


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """A folder as a reader has it: attentions and packages of their own, and the examples of the docs."""
    folder = tmp_path / "reader"
    shutil.copytree(Path(__file__).parent / "reader", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    return folder


@contextlib.contextmanager
def cluster(installed: Installed, folder: Path) -> Iterator[str]:
    """The address of a scheduler with one worker that has the project installed."""
    (folder / "cluster.py").write_text(CLUSTER, encoding="utf-8")
    command = [installed.bin / "python", folder / "cluster.py"]
    with subprocess.Popen(
        command, cwd=folder, env=installed.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate("\n")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, id=f"{place} {command[:40]}", marks=[pytest.mark.slow] * command.startswith(SLOW))
        for command, place in COMMANDS.items()
        if starting(command, EXEMPT) is None
    ],
)
def test_a_command_runs(command: str, installed: Installed, reader: Path) -> None:
    more = starting(command, RESTRICTED)
    with contextlib.ExitStack() as stack:
        if "mycluster" in command:
            (module,) = (block for block in blocks("docs/EXECUTORS.md") if block.text.startswith("# mycluster.py"))
            assert SCHEDULER in module.text
            text = module.text.replace(SCHEDULER, stack.enter_context(cluster(installed, reader)))
            (reader / "mycluster.py").write_text(text, encoding="utf-8")
        done = installed.shell(command if more is None else f"{command} {more}", cwd=reader)
    assert done.returncode == command.startswith(FAULTY), done.stdout + done.stderr
    assert done.stdout.strip()
    assert "Traceback" not in done.stderr


def test_what_is_exempt_or_restricted_is_there() -> None:
    assert len(COMMANDS) > 15
    for start in (*EXEMPT, *RESTRICTED, FAULTY):
        assert any(command.startswith(start) for command in COMMANDS), start
    assert not unseen(), "a shell's block says bash"


@pytest.mark.parametrize("command", sorted(mentioned()))
def test_a_command_within_a_sentence_is_understood(command: str) -> None:
    assert parser().parse_args(command.split()[1:])


def test_the_extras_named_exist(installed: Installed) -> None:
    (metadata,) = installed.packages.glob("attnproof-*.dist-info/METADATA")
    text = metadata.read_text(encoding="utf-8")
    for command in COMMANDS:
        if command.startswith("pip install") and "[" in command:
            assert f"Provides-Extra: {command.split('[')[1].split(']')[0]}" in text


def python(document: str, *, cuda: bool) -> list[str]:
    """The Python blocks of a document, but for the module that a command imports; those for a GPU, or the others."""
    found = [block.text for block in blocks(document) if block.language == "python"]
    return [text for text in found if ('device="cuda"' in text) == cuda and not text.startswith("# mycluster.py")]


def ran(environment: Installed, folder: Path, document: str, texts: list[str], asked: str) -> str:
    """What a document's blocks print when they run one after the other, as their reader would have them run."""
    paths = [folder / f"{Path(document).stem}_{number}.py" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    done = environment.run("python", "-c", RUN, asked, *paths, cwd=folder)
    assert done.returncode == 0, done.stderr
    return unicodedata.normalize("NFC", done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(
    "document", ["README.md", "docs/CLOSE.md", "docs/FORMULAS.md", "docs/PROOFS.md", "docs/SCORES.md"]
)
def test_python_runs_without_any_extra(document: str, bare: Installed, reader: Path) -> None:
    asked, printed = ASKED[document]
    found = ran(bare, reader, document, python(document, cuda=False), asked)
    assert printed in found
    assert "False" not in found, "every check holds"


@pytest.mark.slow
def test_the_kernels_run(installed: Installed, reader: Path) -> None:
    pytest.importorskip("numba")
    document = "docs/KERNELS.md"
    asked, printed = ASKED[document]
    assert printed in ran(installed, reader, document, python(document, cuda=False), asked)


@pytest.mark.slow
def test_the_layers_run(installed: Installed, reader: Path) -> None:
    pytest.importorskip("jax")
    document = "docs/NN.md"
    asked, printed = ASKED[document]
    found = ran(installed, reader, document, python(document, cuda=False), asked)
    assert printed in found
    assert "False" not in found, "every check holds"


@pytest.mark.slow
def test_the_judge_runs(installed: Installed, reader: Path) -> None:
    document = "docs/AGAINST.md"
    asked, printed = ASKED[document]
    assert printed in ran(installed, reader, document, python(document, cuda=False), asked)


@pytest.mark.slow
def test_the_formats_run(installed: Installed, reader: Path) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    document = "docs/FORMATS.md"
    asked, printed = ASKED[document]
    assert printed in ran(installed, reader, document, python(document, cuda=False), asked)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_kernels_for_cuda_run(installed: Installed, reader: Path) -> None:
    texts = python("docs/KERNELS.md", cuda=True)
    assert texts
    ran(installed, reader, "docs/KERNELS.md", texts, "query.grad.shape == query.shape")


def test_every_python_block_is_run() -> None:
    assert {document for document in DOCUMENTS if python(document, cuda=False)} == ASKED.keys()
