"""Statements as lines of Python: branches on the optional arrays, guards for gradients nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attnproof.impl.codegen.program.ir import Load, Node, Number, inside
from attnproof.impl.codegen.program.plan import Choice, Plan, Statement, choices
from attnproof.impl.codegen.program.share import rebuilt
from attnproof.impl.codegen.text.printer import Printer

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True)
class Emitter:
    """``wanted``: name of the variable that holds the wanted gradients; None: everything is computed."""

    plan: Plan
    printer: Printer
    wanted: str | None = None

    def lines(self, depth: int = 1) -> list[str]:
        """The body of a function that computes every statement of the plan."""
        result: list[str] = []
        statements = self.plan.statements
        start = 0
        while start < len(statements):
            guard = self._guard(statements[start])
            stop = start + 1
            while stop < len(statements) and self._guard(statements[stop]) == guard:
                stop += 1
            run = statements[start:stop]
            if guard is None:
                result += self._block(run, choices(self.plan.options), depth)
            else:
                result += _guarded(guard, self._block(run, choices(self.plan.options), depth + 1), depth)
            start = stop
        return result

    def _guard(self, statement: Statement) -> str | None:
        """The condition under which the statement is needed; None: always, or too long to say."""
        if self.wanted is None:
            return None
        names = [name.removeprefix("grad_") for name in self.plan.outputs]
        used = [name for name in names if self._leads_to(statement.name, f"grad_{name}")]
        if len(used) == len(names):
            return None
        if len(used) == 1:
            return f'"{used[0]}" in {self.wanted}'
        rest = [name for name in names if name not in used]
        sign, listed = ("&", used) if len(used) <= len(rest) else ("-", rest)
        quoted = ", ".join(f'"{name}"' for name in listed)
        guard = f"{self.wanted} {sign} {{{quoted}}}"
        return guard if len(guard) + 2 * len(INDENT) + len("if :") <= WIDTH else None

    def _leads_to(self, name: str, output: str) -> bool:
        needed = {output}
        for statement in reversed(self.plan.statements):
            if statement.name in needed:
                needed |= statement.reads
        return name in needed

    def _block(self, statements: Sequence[Statement], among: Sequence[Choice], depth: int) -> list[str]:
        result: list[str] = []
        for position, statement in enumerate(statements):
            if statement.added:
                before, after = statements[:position], statements[position + 1 :]
                own = self._block([*before, replace(statement, added=())], among, depth)
                return own + self._additions(statement, depth) + self._block(after, among, depth)
        start = 0
        while start < len(statements):
            option = self._splits(statements[start], among)
            stop = start + 1
            if option is None:
                result += self._plain(statements[start], among, depth)
            else:
                while stop < len(statements) and self._splits(statements[stop], among) == option:
                    stop += 1
                result += self._branch(statements[start:stop], option, among, depth)
            start = stop
        return result

    def _additions(self, statement: Statement, depth: int) -> list[str]:
        """``if seed is not None: x = x + seed``."""
        name, pad = self._target(statement.name), INDENT * depth
        lines = []
        for seed in statement.added:
            lines += [f"{pad}if {seed} is not None:", f"{pad}{INDENT}{name} = {name} + {seed}"]
        return lines

    def _splits(self, statement: Statement, among: Sequence[Choice]) -> str | None:
        """The first option on which the statement depends most; None: it is the same for every choice."""
        if len({statement.variants.get(choice) for choice in among}) == 1:
            return None

        def left_over(option: str) -> int:
            given = {statement.variants.get(choice) for choice in among if option in choice}
            return len(given) + len({statement.variants.get(choice) for choice in among if option not in choice})

        useful = [o for o in self.plan.options if 0 < sum(o in choice for choice in among) < len(among)]
        return min(useful, key=lambda option: (left_over(option), self.plan.options.index(option)))

    def _branch(self, run: Sequence[Statement], option: str, among: Sequence[Choice], depth: int) -> list[str]:
        given = [choice for choice in among if option in choice]
        absent = [choice for choice in among if option not in choice]
        if len(run) == 1 and (line := self._ternary(run[0], option, given, absent, depth)):
            return [*self._either(run[0], option, given[-1], absent[-1], depth), line]
        first = self._block(run, given, depth + 1)
        second = self._block(run, absent, depth + 1)
        pad = INDENT * depth
        if not second:
            return [f"{pad}if {option} is not None:", *first]
        if not first:
            return [f"{pad}if {option} is None:", *second]
        return [f"{pad}if {option} is not None:", *first, f"{pad}else:", *second]

    def _ternary(
        self, statement: Statement, option: str, given: Sequence[Choice], absent: Sequence[Choice], depth: int
    ) -> str | None:
        """``x = a if option is None else b`` where it fits on a line."""
        with_it = {statement.variants.get(choice) for choice in given}
        without = {statement.variants.get(choice) for choice in absent}
        if len(with_it) > 1 or len(without) > 1:
            return None
        (first,), (second,) = with_it, without
        if first is None or second is None:
            return None
        value = f"{self.printer.text(second)} if {option} is None else {self.printer.text(first)}"
        line = f"{INDENT * depth}{self._target(statement.name)} = {value}"
        return line if len(line) <= WIDTH else None

    def _plain(self, statement: Statement, among: Sequence[Choice], depth: int) -> list[str]:
        node = statement.variants.get(among[0])
        if node is None:
            return []
        return [*self._comments(statement, among, depth), *self._fitted(statement.name, node, depth)]

    def _comments(self, statement: Statement, among: Sequence[Choice], depth: int) -> list[str]:
        """The formula, once if it is the same for every choice."""
        found: dict[tuple[str, ...], None] = {}
        for choice in reversed(among):
            if choice in statement.formulas:
                found.setdefault(statement.formulas[choice])
        lines = list(dict.fromkeys(line for formulas in found for line in formulas))
        return [f"{INDENT * depth}# {line}" for line in lines]

    def _either(self, statement: Statement, option: str, given: Choice, absent: Choice, depth: int) -> list[str]:
        """Both formulas of a one-line choice."""
        first, second = (statement.formulas.get(choice, ()) for choice in (given, absent))
        if len(first) != 1 or len(second) != 1:
            return []
        return [f"{INDENT * depth}# {first[0]}, or {second[0].split(' = ', 1)[1]} without {option}"]

    def _target(self, name: str) -> str:
        return self.printer.shown.get(name, name)

    def _fitted(self, name: str, node: Node, depth: int) -> list[str]:
        """One assignment; parts that do not fit on the line get names of their own first."""
        before: list[str] = []
        number = 1
        room = WIDTH - len(f"{INDENT * depth} = _part_99 + _part_99")
        prefix = name if 3 * len(name) <= room else "long"  # so that the name and two of its parts fit on a line
        while True:
            line = f"{INDENT * depth}{self._target(name)} = {self.printer.text(node)}"
            if len(line) <= WIDTH:
                return [*before, line]
            part = self._splittable(node, WIDTH - len(f"{INDENT * depth}{name}_part_99 = "))
            if part is None:
                raise ValueError(f"cannot break the assignment to {name}: {line.strip()}")
            label = f"{prefix}_part_{number}"
            number += 1
            before.append(f"{INDENT * depth}{label} = {self.printer.text(part)}")
            node = rebuilt(node, {part: label})

    def _splittable(self, node: Node, room: int) -> Node | None:
        """The longest proper part that fits on a line of its own."""
        found = [part for part in inside(node) if not isinstance(part, Load | Number)]
        fitting = [part for part in found if len(self.printer.text(part)) <= room]
        return max(fitting, key=lambda part: len(self.printer.text(part)), default=None)


def _guarded(guard: str, block: list[str], depth: int) -> list[str]:
    """``if guard:`` around the block; joined with the block's own condition where that is all it has."""
    inner = INDENT * (depth + 1) + "if "
    if block[0].startswith(inner) and all(line.startswith(INDENT * (depth + 2)) for line in block[1:]):
        joined = f"{INDENT * depth}if {guard} and {block[0].removeprefix(inner)}"
        if len(joined) <= WIDTH:
            return [joined, *(line.removeprefix(INDENT) for line in block[1:])]
    return [f"{INDENT * depth}if {guard}:", *block]
