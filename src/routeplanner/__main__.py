"""Run the command line as ``python -m routeplanner``."""

from routeplanner.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
