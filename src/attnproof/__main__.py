"""``python -m attnproof``: the command line."""

import sys

from attnproof.reports.cli import main

if __name__ == "__main__":
    sys.exit(main())
