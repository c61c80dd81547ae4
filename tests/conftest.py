"""What every test shares: no display, examples that do not depend on the clock, notebooks counted as slow."""

import os

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The first compilation of a function takes seconds, so no deadline; CI draws the same examples every time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark notebooks as slow, but for the tour."""
    for item in items:
        if item.path.suffix == ".ipynb" and item.path.stem != "0-tour":
            item.add_marker(pytest.mark.slow)
