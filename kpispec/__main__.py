"""`python -m kpispec`."""

from kpispec.cli import main

if __name__ == "__main__":
    main()
