"""``python -m attnproof``: the command line."""

import sys

from attnproof.reports.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
