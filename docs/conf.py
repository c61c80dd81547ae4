"""How the reference is built: `make docs` -> build/docs/index.html, warnings as errors."""

import shutil
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent

project = "trackkit"
author = "The trackkit authors"
release = metadata.version("trackkit")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
html_theme = "furo"
html_title = "trackkit"
html_static_path: list[str] = []
templates_path = ["templates"]
exclude_patterns = ["templates"]

autosummary_generate = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

# Notebooks are shown as the last report ran them; without a report, as they are stored.
nb_execution_mode = "off"
myst_enable_extensions = ["deflist"]
# A name that a package passes on from one of its rooms stands on both pages: either is the right target.
suppress_warnings = ["mystnb.unknown_mime_type", "ref.python"]


def _gather(app: object) -> None:
    """Notebooks beside the pages: those that `make report` ran, or else as they are stored."""
    ran, stored = ROOT / "build" / "notebooks", ROOT / "notebooks"
    target = HERE / "notebooks"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for file in sorted(stored.glob("*.ipynb")):
        shutil.copy(ran / file.name if (ran / file.name).exists() else file, target / file.name)


def setup(app: object) -> None:
    """Entry point of Sphinx."""
    app.connect("builder-inited", _gather)  # type: ignore[attr-defined]
