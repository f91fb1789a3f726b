"""The command line. Commands import what they need when they run: `--help` and `validate` stay light."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from kpispec.cli.app import app

    app(prog_name="kpispec")
