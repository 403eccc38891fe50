"""Runs of the program: training, what a run folder holds, and what can be asked of it."""
from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _data, _program
from ._configuration import Config, flat, source_of, toml_value
from ._models import InputError, RunError
from ._program import Interrupted
from ._tables import Table, read_csv_file
from ._waveform import Waveform, read_vcd

if TYPE_CHECKING:
    from ._network import Network

#: Called after each epoch with its number, the share of the run that is done, and its row of metrics.csv.
Progress = Callable[[int, float, dict[str, Any]], None]


@dataclass(frozen=True)
class Evaluation:
    """What a test says: of the weights after `epoch`, over `samples` test samples.

    accuracy: 0 to 1; loss: mean cross-entropy; joule, second: of the simulated chip, one inference.
    """

    epoch: int
    samples: int
    accuracy: float
    loss: float
    joule: float
    second: float


@dataclass(frozen=True)
class States:
    """What the first test samples of a run look like on its chip, a row for each.

    states: by population, samples x neurons, fractions of full scale ("input": what drives it); differences: what the
    nudge changes of them, over scales[name]; logits, probabilities, errors: samples x outputs; labels, predictions:
    samples.
    """

    states: dict[str, np.ndarray]
    differences: dict[str, np.ndarray]
    scales: dict[str, float]
    logits: np.ndarray
    probabilities: np.ndarray
    errors: np.ndarray
    labels: np.ndarray
    predictions: np.ndarray


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise RunError("this needs h5py to read HDF5 files (Debian: python3-h5py)") from None
    return h5py


def _read_states(path: str) -> States:
    with _h5py().File(path) as file:
        column = {name: file[name][:, 0] for name in ("labels", "predictions")}
        return States(
            {name: each[:] for name, each in file["states"].items()},
            {name: each[:] for name, each in file.get("differences", {}).items()},
            {name: float(each.attrs["scale"]) for name, each in file.get("differences", {}).items()},
            file["logits"][:], file["probabilities"][:], file["errors"][:], column["labels"], column["predictions"])


class Run:
    """A run folder, as settle.train() or `settle train` writes it: settle.Run("runs/default-001").

    InputError where the folder is none. What changes while it is being written is read anew by another Run.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = os.path.abspath(os.fspath(folder))
        if not os.path.isfile(self._path("config.toml")):
            raise InputError(f"{os.fspath(folder)}: is no run folder: it has no config.toml")

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def _existing(self, name: str) -> str:
        if not os.path.isfile(self._path(name)):
            raise InputError(f"{self.folder}: has no {name} yet: the run has not come so far")
        return self._path(name)

    @cached_property
    def config(self) -> dict[str, Any]:
        """All keys of the run's configuration: run.config["network.beta"]."""
        with open(self._path("config.toml"), "rb") as file:
            return flat(tomllib.load(file))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """summary.json: accuracy, energy and latency, where each went, and warnings. Units end the names."""
        with open(self._existing("summary.json"), encoding="utf-8") as file:
            return json.load(file)

    @cached_property
    def metrics(self) -> Table:
        """metrics.csv: a row for each epoch."""
        return read_csv_file(self._existing("metrics.csv"))

    @cached_property
    def costs(self) -> Table:
        """costs.csv: a row for each kind of action, with its count, seconds and joules."""
        return read_csv_file(self._existing("costs.csv"))

    @cached_property
    def histograms(self) -> Table:
        """histograms.csv: how weights, conductances and settling times are spread."""
        return read_csv_file(self._existing("histograms.csv"))

    @property
    def accuracy(self) -> float:
        """Test accuracy after the last epoch, 0 to 1."""
        return float(self.metrics["test_accuracy"][-1])

    @property
    def confusion(self) -> np.ndarray:
        """Test samples of the last epoch by true class (rows) and predicted class (columns)."""
        return np.array(self.summary["confusion"], dtype=np.int64)

    def network(self, overrides: Mapping[str, Any] | None = None) -> "Network":
        """The trained chip in this process, with other settings if `overrides` has some.

        It has the run's devices. Its optimiser and its learning rate begin anew: only settle.train(resume=...) goes on
        to the same bytes.
        """
        from ._network import Network

        return Network.of_run(self, overrides)

    @cached_property
    def _trained(self) -> "Network":
        return self.network()

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """By projection ("input_hidden1"), targets x sources: as reads find them now."""
        return self._trained.weights

    @property
    def conductances(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By projection, in siemens, targets x sources: of each weight's device, and of what is subtracted from it."""
        return self._trained.conductances

    def states(self, samples: int, overrides: Mapping[str, Any] | None = None) -> States:
        """What the first test samples look like on the chip (`settle eval --states`). Needs h5py."""
        return evaluate(self, overrides, states=samples)[1]

    def __repr__(self) -> str:
        return f"settle.Run({self.folder!r})"


def _folder_of(run: Run | str | os.PathLike[str]) -> str:
    return run.folder if isinstance(run, Run) else os.fspath(run)


def _settings(overrides: Mapping[str, Any] | None) -> list[str]:
    words = []
    for key, value in flat(overrides or {}).items():
        words += ["--set", f"{key}={toml_value(value, key)}"]
    return words


@contextmanager
def _config_file(config: Config, name: str = "config") -> Iterator[tuple[str, str]]:
    """The path of a configuration, and, where it is a file of ours, the folder that has it alone."""
    path, text, _ = source_of(config)
    if path:
        yield path, ""
        return
    with tempfile.TemporaryDirectory(prefix="settle-") as folder:
        path = os.path.join(folder, name + ".toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        yield path, folder


def _run_with_config(words: list[str], config: Config, more: list[str],
                     on_error_line: Callable[[str], None] | None = None, name: str = "config") -> str:
    with _config_file(config, name) as (path, own):
        try:
            return _program.run([*words, path, *more], on_error_line)
        except (InputError, RunError) as error:
            if not own:
                raise
            text = re.sub(re.escape(own) + r"/[^/:]+\.toml(:\d+)?", "config", str(error))
            raise type(error)(text) from None


class _Watch:
    """Reads from what the program prints where its run folder is, and when epochs end."""

    _EPOCH = re.compile(r"epoch +(\d+)/(\d+) ")

    def __init__(self, folder: str | None, progress: Progress | None):
        self.folder = folder
        self._progress = progress

    def __call__(self, line: str) -> None:
        if self.folder is None and ", writing to " in line:
            self.folder = line.rsplit(", writing to ", 1)[1]
        epoch = self._EPOCH.match(line)
        if epoch is None or self._progress is None or self.folder is None:
            return
        number, epochs = int(epoch[1]), int(epoch[2])
        rows = read_csv_file(os.path.join(self.folder, "metrics.csv"))
        self._progress(number, number / epochs, rows.row(number - 1))


def train(config: Config = None, data: Sequence[Any] | None = None, overrides: Mapping[str, Any] | None = None,
          out: str | os.PathLike[str] | None = None, progress: Progress | None = None,
          resume: Run | str | os.PathLike[str] | None = None) -> Run:
    """Trains a network on a simulated chip, in a child process, and returns its run.

    config: the path of a TOML file, or keys ({"network.beta": 0.1}); None: the defaults.
    data: (x, y, x_test, y_test), x: samples x inputs, x height x width, or with channels; bytes, or numbers from 0 to
        1; y: classes from 0 on. They are written beside the run's folder. None: what the configuration names.
    overrides: keys that are changed after the configuration.
    out: the folder to write; None: runs/NAME-001, or the next free number.
    progress: called after each epoch: progress(epoch, share, row of metrics.csv).
    resume: a run that was interrupted, to go on with; `overrides` may raise run.epochs, and nothing else is given.

    Raises InputError, RunError or Interrupted with the program's text. Ctrl-C has the run save what it has first.
    """
    if resume is not None:
        return _resume(resume, config, data, overrides, out, progress)
    changed = dict(flat(overrides or {}))
    if data is not None:
        parent = os.path.dirname(os.path.abspath(os.fspath(out))) if out is not None else os.path.abspath("runs")
        changed.update({"data.path": _data.write(data, parent), "data.name": "arrays"})
    more = _settings(changed)
    if out is not None:
        more += ["--out", os.fspath(out)]
    watch = _Watch(os.fspath(out) if out is not None else None, progress)
    try:
        _run_with_config(["train"], config, more, watch, name="python")
    except Interrupted as error:
        raise Interrupted(str(error), watch.folder) from None
    if watch.folder is None:
        raise RunError("the program has not said which folder it has written")
    return Run(watch.folder)


def _resume(run: Run | str | os.PathLike[str], config: Config, data: Any, overrides: Mapping[str, Any] | None, out: Any,
            progress: Progress | None) -> Run:
    if config is not None or data is not None or out is not None:
        raise InputError("resume: the run goes on with its own configuration and data, in its own folder")
    folder = _folder_of(run)
    try:
        _program.run(["train", "--resume", folder, *_settings(overrides)], _Watch(folder, progress))
    except Interrupted as error:
        raise Interrupted(str(error), folder) from None
    return Run(folder)


_PREFIXES = {"a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9}


def evaluate(run: Run | str | os.PathLike[str], overrides: Mapping[str, Any] | None = None, after_s: float = 0,
             states: int = 0) -> Any:
    """Classifies the test samples with a run's last checkpoint.

    overrides: other conditions, {"neuron.noise": 0.01}; after_s: seconds since the weights were written, in which
    devices drift and leak; states: so many samples show their states too. Returns an Evaluation, and with `states` a
    pair of it and States. (accuracy and loss as the program prints them: to 1e-4.)
    """
    folder = _folder_of(run)
    words = ["eval", folder, *_settings(overrides)]
    if after_s != 0:
        words += ["--after", repr(float(after_s))]
    if states == 0:
        return _evaluation(_program.run(words))
    with tempfile.TemporaryDirectory(prefix="settle-") as scratch:
        path = os.path.join(scratch, "states.h5")
        text = _program.run([*words, "--states", str(states), "--out", path])
        return _evaluation(text), _read_states(path)


def _evaluation(text: str) -> Evaluation:
    lines = {line[:16].strip(): line[16:].strip() for line in text.splitlines()}
    quantities = []
    for quantity in lines["one inference"].split(", "):
        number, unit = quantity.split()
        quantities.append(float(number) * _PREFIXES[unit[:-1]])
    return Evaluation(int(lines["epoch"]), int(lines["samples"]), float(lines["test accuracy"].rstrip(" %")) / 100,
                      float(lines["test loss"]), *quantities)


def _with_run(run: Run | str | os.PathLike[str] | None) -> list[str]:
    return [] if run is None else ["--run", _folder_of(run)]


def _ask(command: str, config: Config, run: Any, words: list[str]) -> str:
    """A command that takes a configuration, a run, or both."""
    if config is None and run is not None:
        return _program.run([command, *words])
    return _run_with_config([command], config, words)


def analyze(config: Config = None, run: Run | str | os.PathLike[str] | None = None, samples: int | None = None,
            steps: int = 200, overrides: Mapping[str, Any] | None = None) -> dict[str, Table]:
    """How fast, whether and why the network settles, and how close its learning comes to the true gradient.

    Of a configuration's initial weights, and, with a run, of its trained ones. Returns the tables of `settle analyze
    --out` (docs/settling.md) by name: "stability", "trajectory", "samples", "eigenvalues", "gradient", "signal".
    samples: of the test samples, the first ones; None: 8, or all where there are fewer.
    """
    with tempfile.TemporaryDirectory(prefix="settle-") as scratch:
        out = os.path.join(scratch, "analysis")
        words = ["--steps", str(steps), "--out", out, *_settings(overrides), *_with_run(run)]
        if samples is not None:
            words += ["--samples", str(samples)]
        _ask("analyze", config, run, words)
        names = sorted(name for name in os.listdir(out) if name.endswith(".csv"))
        return {name[:-4]: read_csv_file(os.path.join(out, name)) for name in names}


def trace(config: Config = None, run: Run | str | os.PathLike[str] | None = None, samples: int | None = None,
          signals: Sequence[str] | str = (), out: str | os.PathLike[str] | None = None,
          overrides: Mapping[str, Any] | None = None) -> Waveform:
    """The waveforms of a few test samples, in transient; of a run's weights, or of initial ones.

    signals: globs over names, as "hidden1.*" (docs/waveforms.md); none: the configuration's. out: a folder that keeps
    trace.vcd and trace.gtkw; None: nothing is kept.
    """
    if isinstance(signals, str):
        signals = [signals]
    scratch = tempfile.mkdtemp(prefix="settle-")
    try:
        folder = os.fspath(out) if out is not None else scratch
        words = ["--out", folder, *_settings(overrides), *_with_run(run)]
        if samples is not None:
            words += ["--samples", str(samples)]
        for glob in signals:
            words += ["--signals", glob]
        _ask("trace", config, run, words)
        return read_vcd(os.path.join(folder, "trace.vcd"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
