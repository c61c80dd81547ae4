"""Where the data that come with trackkit lie."""

from __future__ import annotations

from pathlib import Path

from trackkit.errors import InputError

__all__ = ["data_folder"]


def data_folder() -> Path:
    """Find the folder of earth and aircraft data: inside the installed package, or beside it in a checkout.

    Raises
    ------
    InputError
        If it is in neither place.
    """
    package = Path(__file__).parents[1]
    places = (package / "data", package.parent / "data")
    for folder in places:
        if (folder / "earth").is_dir():
            return folder
    raise InputError("the data folder is missing", allowed=" or ".join(str(folder) for folder in places))
