"""Where the files that ship with kpispec are: the library of specs, the templates, the example, the rules' pages."""

from pathlib import Path


def bundled(name: str) -> Path:
    """The folder `name` (`specs`, `templates`, `docs/rules`, `examples/customer_care`), installed or in a checkout."""
    installed = Path(__file__).parent / "_bundled" / name
    return installed if installed.exists() else Path(__file__).parent.parent / name
