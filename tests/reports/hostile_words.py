"""Hostile words of the command line, places that cannot be read or written to, and runs and reports that are not
there.

Devices are read from only. As a place to write to stand pipes and sockets of the test's own folder: code that fails
these cases replaces what it should not, and as root it would replace the system's /dev/null.
"""

from __future__ import annotations

from typing import Final

from hostile_case import CANNOT_BE_WRITTEN, LOOP, RIGHT, RUN, Case, Put, folder, link, listening, pipe

CHECK: Final = ("check", "a:b", "--score", "dot")


def _argument(says: str, *words: str) -> Case:
    return Case("argument", (*CHECK, *words), says)


ARGUMENTS: Final = (
    *(
        _argument("expected a number of seconds", f"--limit={each}")
        for each in ("inf", "nan", "-1", "0", "-inf", "1e9")
    ),
    _argument("invalid float value: 'soon'", "--limit", "soon"),
    _argument("--seed is -1", "--seed", "-1"),
    _argument("--seed is 9", "--seed", "9" * 30),
    _argument("invalid int value: 'x'", "--seed", "x"),
    _argument("did you mean quick?", "--profile", "qick"),
    _argument("unknown profile 'x'", "--profile", "x"),
    _argument("did you mean values?", "--property", "valeus"),
    _argument("unknown property ''", "--property", ""),
    _argument("did you mean bf16?", "--dtype", "b16"),
    _argument("no dtype is named", "--dtype", ","),
    _argument("did you mean cuda?", "--device", "cuda:0"),
    _argument("no device is named", "--device", ""),
    _argument("did you mean mask?", "--takes", "masks"),
    _argument("did you mean masked_row?", "--contract", "masked_rows=nan"),
    _argument("did you mean true masks?", "--contract", "polarity=truemasks"),
    _argument("expected CHOICE=VALUE", "--contract", "polarity"),
    _argument("did you mean query?", "--layout", "qery=b q d"),
    _argument("axis 'd' of query is missing", "--layout", "query=b q"),
    _argument("names of axes", "--layout", "query=b q d)"),
    _argument("names of axes", "--layout", "query=b;q;d"),
    _argument("an axis appears twice", "--layout", "query=q q d"),
    _argument("did you mean torch?", "--framework", "troch"),
    _argument("did you mean query?", "--argument", "quary=q"),
    _argument("did you mean context?", "--output", "contxt=0"),
    _argument("no number", "--parameter", "w=1.2.3*query"),
    _argument("power of two", "--parameter", "w=0*query"),
    _argument("THEIR_NAME=EXPRESSION", "--parameter", "=query"),
    _argument("--build", "--build", "x=__import__('os')"),
    _argument("--build", "--build", "x=" + "(" * 5000),
    _argument("--build", "--build", "f(x)"),
    Case("argument", ("check", "a:b", "--score", "dott"), "did you mean dot?"),
    Case("argument", ("check", "a:b", "--score", ""), "unknown score ''"),
    Case("argument", ("check", "a:b"), "--score"),
    Case("argument", ("check",), "TARGET"),
    Case("argument", ("chek", "a:b"), "invalid choice: 'chek'"),
    Case("argument", ("check", "a:b", "--score", "dot", "--what\nis"), "unrecognized arguments"),
    Case("argument", ("show", "additive.context", "--as", "latx"), "did you mean latex?"),
    Case("argument", ("show", "additive.contxt"), "additive.context"),
    Case("argument", ("export", "additve", "--to", "torch"), "did you mean additive?"),
    Case("argument", ("export", "additive", "--to", "torhc"), "did you mean torch?"),
    Case("argument", ("claim", "T99"), "unknown claim 'T99'"),
    Case("argument", ("list", "nothing*like*it"), "no formula's name matches"),
)

# places: links in circles, devices, pipes, folders in place of files, and what cannot be written to


EXPORT: Final = ("export", "dot", "--to", "numpy", "-o")


def _place(says: str, *words: str, **files: str | bytes | Put) -> Case:
    return Case("place", words, says, {**LOOP, **files})


PLACES: Final = (
    _place("no file 'loop/x.py'", "check", "loop/x.py:f", *RUN),
    _place("no file 'loop.py'", "check", "loop.py:f", *RUN, **{"loop.py": link("loop.py")}),
    _place("no file 'pipe.py'", "check", "pipe.py:f", *RUN, **{"pipe.py": pipe}),
    _place("no file 'folder.py'", "check", "folder.py:f", *RUN, **{"folder.py": folder}),
    _place("no file 'gone.py'", "check", "gone.py:f", *RUN, **{"gone.py": link("nowhere.py")}),
    _place("levels of symbolic links", "check", "f.py:f", *RUN, "--save", "loop", **{"f.py": RIGHT}),
    _place("levels of symbolic links", "check", "f.py:f", *RUN, "--save", "loop/below", **{"f.py": RIGHT}),
    _place("is no folder", "check", "f.py:f", *RUN, "--save", "f.py", **{"f.py": RIGHT}),
    _place("f.py is no folder", "check", "f.py:f", *RUN, "--save", "f.py/below/it", **{"f.py": RIGHT}),
    _place("is no folder", "check", "f.py:f", *RUN, "--save", "socket", **{"f.py": RIGHT, "socket": listening}),
    _place("pipe is no folder", "check", "f.py:f", *RUN, "--save", "pipe/x", **{"f.py": RIGHT, "pipe": pipe}),
    _place("is no folder", "check", "f.py:f", *RUN, "--save", "pipe", **{"f.py": RIGHT, "pipe": pipe}),
    _place("--save", "check", "f.py:f", *RUN, "--save", f"{CANNOT_BE_WRITTEN}/attnproof", **{"f.py": RIGHT}),
    _place("levels of symbolic links", "replay", "loop", "a:b"),
    _place("No such file", "replay", "nowhere", "a:b"),
    _place("no regular file", "replay", "folder", "a:b", folder=folder),
    _place("no regular file", "replay", "/dev/zero", "a:b"),
    _place("no regular file", "replay", "pipe", "a:b", pipe=pipe),
    _place("no regular file", "replay", "socket", "a:b", socket=listening),
    _place("levels of symbolic links", "export", "loop:x", "--to", "numpy"),
    _place("cannot be read", "show", "nowhere.py:x.scores"),
    _place("no regular file", "export", "pipe:x", "--to", "numpy", pipe=pipe),
    _place("no regular file", "export", "/dev/zero:x", "--to", "numpy"),
    _place("no regular file", "verify", "--score", "folder:x", folder=folder),
    _place("bytes", "export", "big.py:x", "--to", "numpy", **{"big.py": "#" * (2**20 + 1)}),
    _place("to is a device, a pipe", *EXPORT, "to", "--force", to=link("pipe"), pipe=pipe),
    _place("levels of symbolic links", *EXPORT, "loop", "--force"),
    _place("is a device, a pipe", *EXPORT, "pipe", "--force", pipe=pipe),
    _place("is a device, a pipe", *EXPORT, "socket", "--force", socket=listening),
    _place("is a folder", *EXPORT, "folder", "--force", folder=folder),
    _place("exists already", *EXPORT, "kept", kept="mine"),
    _place("does not exist", *EXPORT, "no/where.py"),
    _place("cannot be written", *EXPORT, f"{CANNOT_BE_WRITTEN}/x.py"),
)

# runs and reports (those that take a run to reach: test_cli.py, test_interrupt.py)


def _run(says: str, *words: str, **files: str | bytes | Put) -> Case:
    return Case("run", words, says, {**LOOP, **files})


RUNS: Final = (
    *(
        _run("is not an integer from 1 to", "verify", f"--workers={each}")
        for each in ("0", "-1", "99999", "1e3", "x", "")
    ),
    *(_run("is not an integer from 0 to", "verify", f"--seed={each}") for each in ("-1", "1.5", "9" * 5000, "nan")),
    _run("invalid choice: 'x'", "verify", "--profile", "x"),
    _run("invalid choice: 'fp8'", "verify", "--dtype", "fp8"),
    _run("invalid choice: 'tpu'", "verify", "--device", "tpu"),
    _run("did you mean additive?", "verify", "--only", "aditive"),
    _run("--executor", "verify", "--only", "S5", "--executor", "no_such_module:f", "--out", "out"),
    _run("--workers is for the default executor", "verify", "--executor", "a:b", "--workers", "1", "--out", "out"),
    _run("the name of the folder is empty", "verify", "--out", ""),
    _run("--out loop", "verify", "--out", "loop"),
    _run("--out loop/below", "verify", "--out", "loop/below"),
    _run("--out socket", "verify", "--out", "socket", socket=listening),
    _run("--out pipe", "verify", "--out", "pipe", pipe=pipe),
    _run("--out mine", "verify", "--out", "mine", mine="years of work"),
    _run("--out", "verify", "--out", f"{CANNOT_BE_WRITTEN}/attnproof"),
    _run("years.txt", "verify", "--out", "mine", **{"mine": folder, "mine/years.txt": "years of work"}),
    _run("run.json", "verify", "--out", "mine", **{"mine": folder, "mine/run.json": "{}", "mine/index.html": "mine"}),
    _run("no run.json", "report", "--out", "mine", mine=folder),
    _run("is a loop", "report", "--out", "loop"),
    _run("mine", "report", "--out", "mine", **{"mine": folder, "mine/run.json": "{}"}),
    _run("mine", "report", "--out", "mine", **{"mine": folder, "mine/run.json": "[" * 100000}),
)
