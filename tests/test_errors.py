"""What an error says: place, what was wrong, what was given, what is allowed, the nearest spelling."""

import pytest

from trackkit import errors


def test_an_error_tells_place_given_allowed_and_nearest():
    error = errors.CaseError("unknown place", "Hims", ["Homs", "Hama"], "case.toml", "turned")
    assert str(error) == ("case.toml, turned: unknown place; given: 'Hims'; allowed: Hama, Homs; did you mean 'Homs'?")


def test_an_error_without_place_or_values_is_its_sentence():
    assert str(errors.InputError("no such thing")) == "no such thing"


def test_a_place_once_told_is_kept():
    error = errors.InputError("bad", file="a.toml").at("b.toml", "row 2")
    assert (error.file, error.row) == ("a.toml", "row 2")
    assert str(error).startswith("a.toml, row 2: bad")


@pytest.mark.parametrize("kind", [errors.InputError, errors.CaseError, errors.HashError, errors.TrackError])
def test_every_kind_is_a_trackkit_error_and_stays_its_kind(kind):
    error = kind("bad").at("a.toml")
    assert type(error) is kind
    assert isinstance(error, errors.TrackkitError)


def test_nearest_names_only_what_is_near():
    assert errors.nearest("descnded", ["descended", "climbed"]) == "descended"
    assert errors.nearest("xyz", ["descended", "climbed"]) is None
    assert errors.nearest(3.5, ["3", "four"]) in (None, "3")
