"""Sweeps: many runs, and their results as tables."""
from __future__ import annotations

import os
import re
import sqlite3
import tempfile
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from . import _program
from ._arguments import path_of, whole_number
from ._configuration import toml_text, toml_value
from ._models import InputError, RunError
from ._runs import Run
from ._tables import Table


class Sweep:
    """The folder of a sweep, as settle.sweep() or `settle sweep` writes it."""

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = os.path.abspath(path_of(folder, "folder"))
        if not os.path.isfile(os.path.join(self.folder, "results.db")):
            raise InputError(f"{os.fspath(folder)}: is no folder of a sweep: it has no results.db")

    def query(self, sql: str, parameters: tuple[Any, ...] = ()) -> Table:
        """A question to the database (docs/sweeps.md). InputError with SQLite's text where it is none."""
        if not isinstance(sql, str):
            raise InputError(f"sql: must be a text, not {type(sql).__name__}")
        uri = "file:" + urllib.parse.quote(os.path.join(self.folder, "results.db")) + "?mode=ro"
        try:
            database = sqlite3.connect(uri, uri=True)
        except sqlite3.Error as error:
            raise InputError(f"{self.folder}/results.db: {error}") from None
        try:
            cursor = database.execute(sql, parameters)
            names = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall()
            units = dict(database.execute("SELECT name, unit FROM columns WHERE in_table = 'results'"))
        except sqlite3.Error as error:
            raise InputError(f"{self.folder}/results.db: {error}") from None
        finally:
            database.close()
        columns = list(zip(*rows)) if rows else [()] * len(names)
        return Table(dict(zip(names, (list(column) for column in columns))), units)

    @property
    def results(self) -> Table:
        """A row for each point: its axes, state and figures."""
        return self.query("SELECT * FROM results ORDER BY point")

    def run(self, point: int) -> Run:
        """The run of a point, by its number in `results`."""
        folder = self.query("SELECT folder FROM points WHERE point = ?", (whole_number(point, "point"),))
        if folder.rows == 0:
            raise InputError(f"{self.folder}: has no point {point}")
        return Run(os.path.join(self.folder, str(folder["folder"][0])))

    def __repr__(self) -> str:
        return f"settle.Sweep({self.folder!r})"


def sweep(sweep: str | os.PathLike[str] | Mapping[str, Any], out: str | os.PathLike[str], jobs: int | None = None) -> Sweep:
    """Trains every point of a sweep, several at a time, and returns their results. Called again it goes on.

    sweep: the path of a sweep file, or what it says (docs/sweeps.md): {"config": {...}, "grid": {"network.beta": [0.01,
    0.1]}, "seeds": [1, 2]}; a `base` in there is looked for from the current folder. out: the folder to write.
    """
    out = path_of(out, "out")
    words = ["--out=" + out, *([] if jobs is None else [f"--jobs={whole_number(jobs, 'jobs')}"])]
    if not isinstance(sweep, Mapping):
        _program.run(["sweep", path_of(sweep, "sweep"), *words])
        return Sweep(out)
    text = _sweep_text(sweep)
    with tempfile.TemporaryDirectory(prefix="settle-") as folder:
        file = os.path.join(folder, "sweep.toml")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)
        try:
            _program.run(["sweep", file, *words])
        except (InputError, RunError) as error:
            raise type(error)(re.sub(re.escape(file) + r"(:\d+)?", "sweep", str(error))) from None
    return Sweep(out)


def _sweep_text(sweep: Mapping[str, Any]) -> str:
    top, tables = "", ""
    for name, value in sweep.items():
        if name == "base":
            value = os.path.abspath(path_of(value, "base"))
        if name in ("config", "set", "grid"):
            tables += f"\n[{name}]\n{toml_text(_mapping(value, name), name)}"
        elif name == "case":
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise InputError(f"case: must be a list of mappings, not {type(value).__name__}")
            tables += "".join(_case_text(_mapping(case, "case")) for case in value)
        else:
            top += f"{name} = {toml_value(value, name)}\n"
    return top + tables


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{what}: must be a mapping of keys, not {type(value).__name__}")
    return value


def _case_text(case: Mapping[str, Any]) -> str:
    text = f"\n[[case]]\n{toml_text({key: value for key, value in case.items() if key != 'set'}, 'case')}"
    if "set" in case:
        text += f"[case.set]\n{toml_text(_mapping(case['set'], 'case: set'), 'case: set')}"
    return text
