"""Tables: columns by name, as NumPy arrays."""
from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ._models import InputError

_UNITS = {"second": "s", "seconds": "s", "joule": "J", "watt": "W", "siemens": "S", "volt": "V", "um2": "um^2"}


class Table(Mapping[str, np.ndarray]):
    """Columns of one length by name, in order: table["test_accuracy"], table.rows, table.units["energy_joule"].

    Columns of numbers are arrays of float64 or int64 (what is missing is NaN), others arrays of str. to_pandas() makes a
    data frame where pandas is there (python3-pandas).
    """

    def __init__(self, columns: Mapping[str, Sequence[Any]], units: Mapping[str, str] | None = None):
        self._columns = {name: _array(values) for name, values in columns.items()}
        self.units = {name: (units or {}).get(name, _UNITS.get(name.split("_")[-1], "")) for name in columns}

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"no column {name}; there is {', '.join(self._columns)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def row(self, number: int) -> dict[str, Any]:
        """A row, from 0 on, or from the end as -1, by column."""
        return {name: values[number].item() for name, values in self._columns.items()}

    def to_pandas(self) -> Any:
        """The table as a pandas.DataFrame; ImportError where pandas is not installed."""
        import pandas

        return pandas.DataFrame(self._columns)

    def __repr__(self) -> str:
        return f"<Table of {self.rows} rows: {', '.join(self._columns)}>"


def _array(values: Sequence[Any]) -> np.ndarray:
    if isinstance(values, np.ndarray):
        return values
    if all(isinstance(value, int) and abs(value) < 2**63 for value in values) and len(values) > 0:
        return np.array(values, dtype=np.int64)
    numbers = [np.nan if value is None or value == "" else value for value in values]
    if all(isinstance(value, (int, float)) for value in numbers):
        return np.array(numbers, dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values], dtype=str)


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def read_csv(lines: Iterable[str], path: str) -> Table:
    """A table from the lines of a CSV file, the first of which has the names.

    InputError, which names `path`, where there are none, or where rows are not of one length.
    """
    try:
        rows = list(csv.reader(lines))
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is no table ({error}); it is damaged, copy it again") from None
    if not rows or not rows[0]:
        raise InputError(f"{path}: has no columns; it is damaged, copy it again")
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise InputError(f"{path}: row {number} has {len(row)} fields for {len(rows[0])} columns; it is damaged or was "
                             "cut off, copy it again")
    if len(set(rows[0])) != len(rows[0]):
        raise InputError(f"{path}: has two columns of one name; it is damaged, copy it again")
    columns = [list(column) for column in zip(*rows[1:])] if len(rows) > 1 else [[] for _ in rows[0]]
    read = {}
    for name, column in zip(rows[0], columns):
        numbers = [_number(text) for text in column]
        read[name] = numbers if all(n == "" or not isinstance(n, str) for n in numbers) else column
    return Table(read)


def read_csv_file(path: str) -> Table:
    with open(path, encoding="utf-8", newline="") as file:
        return read_csv(file, path)
