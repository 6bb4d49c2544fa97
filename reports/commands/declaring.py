"""Arguments of commands that say how a target is called: what ``attnproof check`` and ``attnproof read`` share."""

from __future__ import annotations

import argparse
from typing import Any, Final

LIMIT: Final = 60.0


class Joined(argparse.Action):
    """A list that commas separate: given again it goes on, and nothing of the first time is lost."""

    def __call__(self, _: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None) -> None:
        """Put it behind what was given before."""
        del option_string
        setattr(namespace, self.dest, ",".join(filter(None, (getattr(namespace, self.dest), values))))


def calling(command: argparse.ArgumentParser) -> None:
    """What the target takes and returns, and in which layouts."""
    command.add_argument(
        "--layout",
        action=Joined,
        default="",
        metavar="AXES",
        help="'query=b q d, key=b k d, value=b k v, context=b q v'",
    )
    command.add_argument(
        "--argument", action="append", default=[], metavar="OURS=THEIRS", help="OURS= is not handed over"
    )
    command.add_argument(
        "--positional",
        action="store_true",
        help="hand over the arguments by place, in the order of --argument; without any: query, key, value, "
        "the score's parameters, then as in --takes",
    )
    command.add_argument(
        "--output", action=Joined, default="", metavar="NAME=PLACE", help="context=0,weights=1, or a key or attribute"
    )
    command.add_argument(
        "--takes", action=Joined, default="", metavar="FEATURES", help="further arguments: mask,bias,causal,softcap …"
    )
    command.add_argument(
        "--always",
        action=Joined,
        default="",
        metavar="FEATURES",
        help="in every call: causal,window=4,softcap=30,sink=0,slopes",
    )
    command.add_argument(
        "--normaliser",
        default="softmax",
        metavar="NAME",
        help="of the weights: softmax, sigmoid, or sigmoid-log(n), of t - log n_k (default: %(default)s)",
    )
    command.add_argument(
        "--post",
        default="",
        metavar="EXPRESSION",
        help="what is made of the context: 'tanh(weight_c [context query])', 'weight_o context'; further names are "
        "parameters",
    )
    command.add_argument(
        "--equal",
        action=Joined,
        default="",
        metavar="SIZES",
        help="sizes that are one number: d_q=d_k=d_a,d_v=d or q=k",
    )
    command.add_argument(
        "--same",
        action=Joined,
        default="",
        metavar="TENSORS",
        help="arguments that are one tensor: key=value or query=key=value",
    )
    command.add_argument(
        "--framework", default="torch", metavar="NAME", help="torch, numpy, jax, arrays (default: %(default)s)"
    )
    command.add_argument(
        "--no-gradients", action="store_true", help="do not ask for gradients (default: they are judged)"
    )
    command.add_argument(
        "--parameter", action="append", default=[], metavar="THEIRS=EXPRESSION", help="W.weight=0.5*weight.T"
    )


def storing(command: argparse.ArgumentParser) -> None:
    """What is handed over in 8 bits."""
    command.add_argument(
        "--stored",
        action=Joined,
        default="",
        metavar="FORMATS",
        help="query, key and value come in 8 bits with scale_query …: fp8_e4m3, or key=fp8_e4m3,value=fp8_e5m2",
    )


def naming(command: argparse.ArgumentParser) -> None:
    """What is imported, built and called beside the target."""
    command.add_argument("--build", metavar="ARGUMENTS", help="for a class or factory: 'dimensions=d, heads=h'")
    command.add_argument("--method", metavar="NAME", help="what to call on the object; default: the object itself")
    command.add_argument("--setup", metavar="MODULE:FUNCTION", help="f(module, inputs) -> {parameter: tensor}")
    command.add_argument("--backward", metavar="MODULE:FUNCTION", help="for NumPy: returns the gradients by our names")


def limiting(command: argparse.ArgumentParser) -> None:
    """How long one call of the target may take."""
    command.add_argument(
        "--limit",
        type=float,
        default=LIMIT,
        metavar="SECONDS",
        help="for one call of the target (default: %(default)g)",
    )


def called(given: argparse.Namespace) -> dict[str, Any]:
    """The fields of a declaration that ``calling`` and ``naming`` ask for."""
    return {
        "layout": given.layout,
        "arguments": tuple(each for text in given.argument for each in words(text)),
        "positional": given.positional,
        "outputs": words(given.output),
        "takes": words(given.takes),
        "always": words(given.always),
        "normaliser": given.normaliser,
        "post": given.post,
        "equal": words(given.equal),
        "same": words(given.same),
        "framework": given.framework,
        "gradients": not given.no_gradients,
        "parameters": tuple(given.parameter),
        "build": given.build,
        "setup": given.setup or "",
        "method": given.method or "",
        "backward": given.backward or "",
    }


def words(text: str) -> tuple[str, ...]:
    """Words with commas between them."""
    return tuple(filter(None, (piece.strip() for piece in text.split(","))))
