"""The league: which implementations of attention do what they say? Members and rows are data, a run is resumable.

members/NAME.toml, NAME.py   an implementation: package, versions, how it is asked; its adapter
locks/PACKAGE-VERSION.txt    what is installed for a version, pinned with hashes; ``base.txt`` is what asking needs
rows.toml                    the questions of the table
absent.toml                  what could not be asked, and why
"""
