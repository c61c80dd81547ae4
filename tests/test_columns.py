"""Tables have the columns that are declared, in order and type."""

import pandas as pd
import pytest

from trackkit import columns
from trackkit.errors import InputError

TABLES = [getattr(columns, name) for name in columns.__all__ if name.isupper()]


@pytest.mark.parametrize("declared", TABLES)
def test_an_empty_table_has_every_column(declared):
    table = columns.empty(declared)
    assert list(table.columns) == [column.name for column in declared]
    assert len(table) == 0


@pytest.mark.parametrize("declared", TABLES)
def test_names_are_told_once_and_meant(declared):
    names = [column.name for column in declared]
    assert len(names) == len(set(names))
    assert all(column.meaning for column in declared)


@pytest.mark.parametrize("declared", TABLES)
def test_names_carry_the_unit_of_the_column(declared):
    suffixes = {"m": "_m", "m/s": "_mps", "s": "_s"}
    for column in declared:
        if column.unit in suffixes and column.type == "float":
            assert column.name.endswith(suffixes[column.unit]), column.name


@pytest.mark.parametrize("declared", TABLES)
def test_conform_is_idempotent(declared):
    once = columns.conform(pd.DataFrame(index=["a", "b"]), declared)
    pd.testing.assert_frame_equal(once, columns.conform(once, declared))


def test_what_is_missing_becomes_the_empty_value_of_its_type():
    table = columns.conform(pd.DataFrame([{"id": "a", "denied": True}, {"id": "b"}]), columns.CLAIMS)
    assert table["denied"].tolist() == [True, False]
    assert table["quote"].tolist() == ["", ""]
    assert table["assumed"].tolist() == [(), ()]
    assert table["altitude_m"].isna().all()
    assert str(table["time"].dtype) == "datetime64[us, UTC]"


def test_a_column_that_is_not_declared_is_refused():
    with pytest.raises(InputError, match=r"not declared; given: 'altitud_m'; .*did you mean 'altitude_m'"):
        columns.conform(pd.DataFrame({"altitud_m": [1.0]}), columns.CLAIMS)
