"""Exported files, run where the project does not exist, against certified values within derived bounds."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import os
import pty
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import attnproof.impl.codegen.targets as all_targets
from attnproof import __version__
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.export.score import ExistsError, exported, targets, write
from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified
from attnproof.verify.oracle.compare import compare
from attnproof.verify.outcome import FAIL, PASS

ROOT = Path(__file__).resolve().parents[2]
TARGETS = tuple(all_targets.TARGETS)
HIDDEN = {"bias_hidden": True, "softcap": True, "bias": True}
CASES = {
    "plain": lambda score: make_case(score, SETTINGS["base"], "normal", "fp64", 3),
    "options": lambda score: make_case(score, replace(SETTINGS["masked_row"], **HIDDEN), "normal", "fp64", 3),
    "batches": lambda score: make_case(score, SETTINGS["broadcast"], "normal", "fp32", 3),
}
ISOLATED = """
import importlib.util, os, sys
import os.path

folder, library, *packages = sys.argv[1:]
OURS = {"attnproof", "flint"}
sys.path[:] = [p for p in sys.path if p and os.path.abspath(p) != os.getcwd()] + packages

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in OURS:
            raise ModuleNotFoundError(f"the exported file asks for {name}", name=name)

sys.meta_path.insert(0, Absent())
try:
    import attnproof
except ModuleNotFoundError:
    pass
else:
    raise SystemExit("the project is there after all")
import numpy as np

if library == "torch":
    import torch

    DTYPES = {np.dtype("f8"): torch.float64, np.dtype("f4"): torch.float32}
    array = lambda x: torch.tensor(x, dtype=DTYPES[x.dtype])
elif library == "jax":
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    array = jnp.asarray
else:
    array = np.asarray
plain = lambda x: np.asarray(x.detach() if library == "torch" else x)

for score in sorted(os.listdir(folder)):
    where = os.path.join(folder, score)
    spec = importlib.util.spec_from_file_location(score, os.path.join(where, "exported.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in sorted(n for n in os.listdir(where) if n.endswith(".in.npz")):
        with np.load(os.path.join(where, name)) as file:
            given = {key: file[key] for key in file.files}
        seed = array(given.pop("grad_context"))
        arrays = {key: array(value) for key, value in given.items()}
        result = module.attention(**arrays)
        alone = {k: v for k, v in arrays.items() if k not in ("value", "softcap", "bias")}
        found = {"scores": result.scores, "weights": result.weights, "context": result.context}
        found["alone"] = module.scores(**alone)
        found |= {f"grad.{k}": v for k, v in module.attention_backward(seed, **arrays).items()}
        if library == "torch":
            leaves = {k: v.clone().requires_grad_() for k, v in arrays.items()}
            back = torch.autograd.grad(module.attention(**leaves).context, list(leaves.values()), seed)
            found |= {f"auto.{k}": v for k, v in zip(leaves, back)}
        np.savez(os.path.join(where, name.replace(".in.", ".out.")), **{k: plain(v) for k, v in found.items()})
strangers = {name.split(".")[0] for name in sys.modules} & OURS
if strangers:
    raise SystemExit(f"imported after all: {strangers}")
"""


def library_of(target: str) -> str:
    return {"triton": "torch"}.get(target, target.removesuffix("_separated"))


@cache
def case(score: str, kind: str) -> Case:
    return CASES[kind](score)


def run(folder: Path, target: str, empty: Path) -> subprocess.CompletedProcess[str]:
    """Run every ``exported.py`` below ``folder`` in a Python that knows NumPy's and torch's folder and nothing else."""
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    command = [sys.executable, "-I", "-S", "-c", ISOLATED, str(folder), library_of(target), *sorted(packages)]
    return subprocess.run(command, cwd=empty, capture_output=True, text=True, check=False, timeout=600)


def put(folder: Path, score: str, text: str) -> None:
    where = folder / score
    where.mkdir(parents=True)
    (where / "exported.py").write_text(text, encoding="utf-8")
    for kind in CASES:
        made = case(score, kind)
        width = np.float64 if made.dtype == "fp64" else np.float32
        arrays = {name: array.astype(width) for name, array in made.inputs.items()}
        np.savez(where / f"{kind}.in.npz", grad_context=made.grad_context.astype(width), **arrays)


def judged(folder: Path, score: str, kind: str, target: str) -> dict[str, str]:
    """The outcome for every quantity that the exported file gave."""
    made = case(score, kind)
    limits = bounds(made, backend(library_of(target), made.dtype, "cpu"))
    exact = certified(made, {name: limit.bound for name, limit in limits.items()})
    with np.load(folder / score / f"{kind}.out.npz") as file:
        found: Mapping[str, np.ndarray] = {name: file[name].astype(np.float64) for name in file.files}
    names = {"alone": "scores"} | {name: name.replace("auto.", "grad.") for name in found if name != "alone"}
    assert set(names.values()) == set(exact), "every quantity is there"
    form = FORMATS[made.dtype]
    return {name: compare(found[name], exact[q], limits[q], form).outcome for name, q in names.items()}


def needing(target: str) -> pytest.ParameterSet:
    """A parameter that is skipped, and said to be, where the target's library is not installed."""
    library = "triton" if target == "triton" else library_of(target)
    missing = importlib.util.find_spec(library) is None
    return pytest.param(target, marks=pytest.mark.skipif(missing, reason=f"no {library}"))


@pytest.fixture(scope="module", params=[needing(target) for target in TARGETS])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    target = request.param
    folder, empty = tmp_path_factory.mktemp(f"exported-{target}"), tmp_path_factory.mktemp("empty")
    for score in FAMILIES:
        put(folder, score, exported(score, target))
    done = run(folder, target, empty)
    assert done.returncode == 0, done.stderr
    return target, folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("score", FAMILIES)
def test_an_exported_file_is_right_where_the_project_is_not(ran: tuple[str, Path], score: str, kind: str) -> None:
    target, folder = ran
    outcomes = judged(folder, score, kind, target)
    assert set(outcomes.values()) == {PASS}, outcomes


def test_the_check_sees_a_wrong_file(tmp_path: Path) -> None:
    right = "np.tanh(preactivation)"
    text = exported("additive", "numpy")
    assert right in text
    put(tmp_path / "in", "additive", text.replace(right, "np.sin(preactivation)"))
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "in", "numpy", tmp_path / "empty").returncode == 0
    outcomes = judged(tmp_path / "in", "additive", "plain", "numpy")
    assert outcomes["scores"] == outcomes["context"] == FAIL


def test_the_check_sees_an_import_of_ours(tmp_path: Path) -> None:
    put(tmp_path / "in", "dot", exported("dot", "numpy") + "\nimport attnproof.derivations\n")
    (tmp_path / "empty").mkdir()
    done = run(tmp_path / "in", "numpy", tmp_path / "empty")
    assert done.returncode == 1
    assert "the exported file asks for attnproof" in done.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_the_head_has_formula_shapes_licence_and_version(target: str) -> None:
    text = exported("additive", target)
    head = text[: text.index("from __future__")]
    assert f"attnproof {__version__}" in head
    assert "# SPDX-License-Identifier: BSD-3-Clause" in head.splitlines()
    for line in (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines():
        assert f"# {line}".rstrip() in head.splitlines()
    assert "    e[i,j] = Σ_a v[a] tanh(z[i,j,a])" in head
    assert "    weight_query  (d_a, d_q)       W_s\n" in head
    assert "    bias_hidden   (d_a,)           b (optional)\n" in head
    assert "    context       (..., n_q, d_v)  c (result)\n" in head
    assert "impl." not in text


@pytest.mark.parametrize("target", TARGETS)
def test_only_the_library_and_the_standard_library_are_imported(target: str) -> None:
    for score in FAMILIES:
        nodes = list(ast.walk(ast.parse(exported(score, target))))
        found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        found |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        others = {name.split(".")[0] for name in found} - sys.stdlib_module_names
        assert others == {library_of(target)}


@pytest.mark.parametrize("target", TARGETS)
def test_exported_files_are_formatted_as_ours_are(target: str, tmp_path: Path) -> None:
    for score in FAMILIES:
        (tmp_path / f"{score}.py").write_text(exported(score, target), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for command in (["format", "--check"], ["check", "--ignore", "INP001"]):
        done = subprocess.run([*ruff, *command, *options, str(tmp_path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


_OF_UNITS = ((5, 3), (5, 4), (7, 6), (7, 3), (3, 4), (3, 6), (3,))  # cotangent, query, key, value, parameters
_SHAPES = {
    "dot": ((5, 3), (5, 4), (7, 4), (7, 3)),
    "scaled_dot": ((5, 3), (5, 4), (7, 4), (7, 3)),
    "bilinear": ((5, 3), (5, 4), (7, 6), (7, 3), (4, 6)),
}
_BITS = """
import hashlib, json, sys
import numpy as np

sys.path.insert(0, sys.argv[1])
module = __import__(sys.argv[2], fromlist=["attention"])
draw = np.random.default_rng(5).standard_normal
arrays = [draw(shape) for shape in json.loads(sys.argv[4])]
if sys.argv[3] == "torch":
    import torch

    arrays = [torch.from_numpy(x) for x in arrays]
seed, *arguments = arrays
if hasattr(module, "attention_backward"):
    gradients = module.attention_backward(*arrays)
    derived = [gradients[name] for name in sorted(gradients)]
elif sys.argv[3] == "torch":
    arguments = [x.requires_grad_() for x in arguments]
    derived = torch.autograd.grad(module.attention(*arguments)[0], arguments, seed)
else:
    import jax

    arguments = [jax.numpy.asarray(x) for x in arguments]
    derived = jax.vjp(lambda *given: module.attention(*given)[0], *arguments)[1](jax.numpy.asarray(seed))
context, lse = module.attention(*arguments)[:2]
found = [x.detach() if hasattr(x, "detach") else x for x in (context, lse, *derived)]
print(hashlib.sha256(b"".join(np.asarray(x).tobytes() for x in found)).hexdigest())
"""


@pytest.mark.slow  # Numba compiles the kernels
@pytest.mark.parametrize("target", [needing(target) for target in targets() if target not in TARGETS])
def test_fused_kernels_give_the_same_bits_when_exported(target: str, tmp_path: Path) -> None:
    for score in all_targets.FUSED[target].scores:
        text = exported(score, target)
        assert "impl." not in text
        (tmp_path / "made.py").write_text(text, encoding="utf-8")
        (tmp_path / "empty").mkdir(exist_ok=True)
        found = []
        for folder, name in ((tmp_path, "made"), (ROOT, f"attnproof.impl.generated.{target}.{score}")):
            shapes = json.dumps(_SHAPES.get(score, _OF_UNITS))
            command = [sys.executable, "-I", "-c", _BITS, str(folder), name, library_of(target), shapes]
            environment = {**os.environ, "TRITON_INTERPRET": "1"}  # Triton's kernels run on the CPU
            done = subprocess.run(
                command, cwd=tmp_path / "empty", env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            found.append(done.stdout)
        assert found[0] == found[1]
    served = all_targets.FUSED[target].scores
    other = next(score for score in FAMILIES if score not in served)
    with pytest.raises(ValueError, match=f"{target} has no program for {other}; it has one for {', '.join(served)}"):
        exported(other, target)


def test_a_score_of_ones_own_is_exported(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from attnproof.derivations.language.notation import D, I, J, R\n"
        "from attnproof.derivations.scores.own import score\n"
        "from attnproof.derivations.language.system import Equation, total\n"
        "from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES\n"
        "doubled = score('doubled', (QUERY_SHARED, KEY_SHARED),\n"
        "    (Equation(SCORES, (I, J), 2 * total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D))),))\n",
        encoding="utf-8",
    )
    text = exported(f"{tmp_path / 'mine.py'}:doubled", "numpy")
    assert str(tmp_path) not in text
    found: dict[str, object] = {}
    exec(text, found)  # noqa: S102 - the exported file is what is tested
    query, key = np.eye(2, 3), np.ones((4, 3))
    assert (found["scores"](query, key) == 2.0).all()  # type: ignore[operator]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError, match="unknown target 'tourch'; known targets: numpy, torch"):
        exported("dot", "tourch")
    with pytest.raises(KeyError, match="unknown score 'dott'; known scores: dot, scaled_dot"):
        exported("dott", "torch")


def test_writing_never_leaves_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "made.py"
    write("first\n", path)
    assert path.read_text(encoding="utf-8") == "first\n"
    with pytest.raises(ExistsError, match=r"made\.py exists already"):
        write("second\n", path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ValueError, match=r"made\.py: cannot be written: No space left on device"):
        write("second\n", path, force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["made.py"]
    assert path.read_text(encoding="utf-8") == "first\n"
    monkeypatch.undo()
    write("second\n", path, force=True)
    assert path.read_text(encoding="utf-8") == "second\n"


def test_what_is_no_place_for_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is a folder; expected the name of a file"):
        write("x", tmp_path)
    with pytest.raises(ValueError, match="does not exist"):
        write("x", tmp_path / "none" / "made.py")
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="does not exist"):
        write("x", tmp_path / "file" / "made.py")
    with pytest.raises(ValueError, match="File name too long"):
        write("x", tmp_path / ("x" * 300))


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path, force: bool) -> None:
    ends = pty.openpty()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "device").symlink_to(os.ttyname(ends[1]))
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(tmp_path):  # the name of a socket may not be long
        server.bind("socket")
    before = {path.name: path.lstat().st_ino for path in tmp_path.iterdir()}
    for name in before:
        message = "symbolic links" if name == "loop" else "expected the name of a regular file"
        with pytest.raises(ValueError, match=message):
            write("x", tmp_path / name, force=force)
    for end in ends:
        os.close(end)
    assert {path.name: path.lstat().st_ino for path in tmp_path.iterdir()} == before


def test_a_link_stays_and_the_file_that_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to("made.py")
    write("first\n", tmp_path / "link.py")
    write("second\n", tmp_path / "link.py", force=True)
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "made.py").read_text() == "second\n"
