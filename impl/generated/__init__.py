"""Programs printed from the derivations by ``attnproof.impl.codegen`` (edits are lost), one folder for each target.

Files with a leading underscore are written by hand: what the printed programs import.
"""
