"""Sweeps: many runs, and their results as tables."""
from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Mapping
from typing import Any

from . import _program
from ._configuration import toml_text, toml_value
from ._models import InputError, RunError
from ._runs import Run
from ._tables import Table


class Sweep:
    """The folder of a sweep, as settle.sweep() or `settle sweep` writes it."""

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = os.path.abspath(os.fspath(folder))
        if not os.path.isfile(os.path.join(self.folder, "results.db")):
            raise InputError(f"{os.fspath(folder)}: is no folder of a sweep: it has no results.db")

    def query(self, sql: str, parameters: tuple[Any, ...] = ()) -> Table:
        """A question to the database (docs/sweeps.md). InputError with SQLite's text where it is none."""
        uri = "file:" + os.path.join(self.folder, "results.db").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
        database = sqlite3.connect(uri, uri=True)
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
        folder = self.query("SELECT folder FROM points WHERE point = ?", (int(point),))
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
    words = ["--out", os.fspath(out), *([] if jobs is None else ["--jobs", str(jobs)])]
    if not isinstance(sweep, Mapping):
        _program.run(["sweep", os.fspath(sweep), *words])
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
            value = os.path.abspath(os.fspath(value))
        if name in ("config", "set", "grid"):
            tables += f"\n[{name}]\n{toml_text(value)}"
        elif name == "case":
            tables += "".join(f"\n[[case]]\n{toml_text({k: v for k, v in case.items() if k != 'set'})}"
                              + (f"[case.set]\n{toml_text(case['set'])}" if "set" in case else "") for case in value)
        else:
            top += f"{name} = {toml_value(value, name)}\n"
    return top + tables
