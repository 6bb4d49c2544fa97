"""From a system to a program: lowering, contraction of indices, plan, sharing, blocks of rows."""
