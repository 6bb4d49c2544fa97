"""Programs from systems: lowering of index notation to array programs, and printers of those.

    system (index notation) → lower → array nodes → plan → statements → target's printer → a Python module

Nothing here knows any score by name; what can be written in the notation can be printed, or is refused with an error
that names the equation.
"""
