"""Runs of the program: training, what a run folder holds, and what can be asked of it."""
from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import tomllib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _data, _program
from ._arguments import check_function, path_of, real_number, whole_number
from ._configuration import Config, flat, source_of, toml_value
from ._models import InputError, RunError
from ._program import Interrupted
from ._tables import Table, read_csv, read_csv_file
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

    InputError where the folder is none, and where a file in it is not as the run has left it (files.sha256; of an edited
    config.toml a warning). What changes while it is being written is read anew by another Run.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = os.path.abspath(path_of(folder, "run"))
        if not os.path.isfile(self._path("config.toml")):
            raise InputError(f"{os.fspath(folder)}: is no run folder: it has no config.toml")

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def _existing(self, name: str) -> str:
        if not os.path.isfile(self._path(name)):
            raise InputError(f"{self.folder}: has no {name} yet: the run has not come so far")
        return self._path(name)

    def _bytes(self, name: str) -> bytes:
        try:
            with open(self._existing(name), "rb") as file:
                return file.read()
        except OSError as error:
            raise InputError(f"{self._path(name)}: cannot be read ({error.strerror})") from None

    def _sums(self) -> dict[str, str]:
        """The checksums of a finished run's files, by name."""
        if not os.path.exists(self._path("files.sha256")):
            return {}
        sums = {}
        for line in self._bytes("files.sha256").decode("utf-8", "replace").splitlines():
            parts = re.fullmatch("([0-9a-f]{64})  (.+)", line)
            if parts is None:
                raise InputError(f"{self._path('files.sha256')}: is damaged; remove it, and nothing tells whether the run's "
                                 "files are whole")
            sums[parts[2]] = parts[1]
        return sums

    def _text(self, name: str) -> str:
        """The text of a file, which is as the run has left it."""
        while True:
            sums = self._sums()
            content = self._bytes(name)
            if sums.get(name) in (None, hashlib.sha256(content).hexdigest()):
                break
            if sums != self._sums():
                continue  # the run goes on meanwhile
            if name == "config.toml":  # may be edited
                warnings.warn(f"{self._path(name)}: is not as the run has left it: it was edited since, or is damaged",
                              stacklevel=4)
                break
            raise InputError(f"{self._path(name)}: is damaged or was changed: its checksum in files.sha256 is another; copy "
                             "it again, or train again")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise InputError(f"{self._path(name)}: is no text; it is damaged, copy it again") from None

    def _table(self, name: str) -> Table:
        return read_csv(io.StringIO(self._text(name), newline=""), self._path(name))

    @cached_property
    def config(self) -> dict[str, Any]:
        """All keys of the run's configuration: run.config["network.beta"]."""
        text = self._text("config.toml")
        try:
            return flat(tomllib.loads(text))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{self._path('config.toml')}: is no configuration: {error}") from None

    @cached_property
    def summary(self) -> dict[str, Any]:
        """summary.json: accuracy, energy and latency, where each went, and warnings. Units end the names."""
        path, text = self._path("summary.json"), self._text("summary.json")
        try:
            summary = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: is no JSON: {error}; was it changed or cut off? train again") from None
        if not isinstance(summary, dict):
            raise InputError(f"{path}: is no JSON object; was it changed or cut off? train again")
        return summary

    @cached_property
    def metrics(self) -> Table:
        """metrics.csv: a row for each epoch."""
        return self._table("metrics.csv")

    @cached_property
    def costs(self) -> Table:
        """costs.csv: a row for each kind of action, with its count, seconds and joules."""
        return self._table("costs.csv")

    @cached_property
    def histograms(self) -> Table:
        """histograms.csv: how weights, conductances and settling times are spread."""
        return self._table("histograms.csv")

    @property
    def accuracy(self) -> float:
        """Test accuracy after the last epoch, 0 to 1."""
        accuracies = self.metrics.get("test_accuracy")
        if accuracies is None or len(accuracies) == 0 or accuracies.dtype.kind not in "if":
            raise InputError(f"{self._path('metrics.csv')}: has no test_accuracy of an epoch: the run has not come so far, or "
                             "the file is damaged")
        return float(accuracies[-1])

    @property
    def confusion(self) -> np.ndarray:
        """Test samples of the last epoch by true class (rows) and predicted class (columns)."""
        summary = self.summary
        try:
            counts = np.array(summary["confusion"], dtype=np.int64)
        except (KeyError, TypeError, ValueError, OverflowError):
            counts = np.zeros(0)
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
            raise InputError(f"{self._path('summary.json')}: has no confusion of classes; was it changed or cut off? train again")
        return counts

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
        if whole_number(samples, "samples") < 1:
            raise InputError(f"samples: must be from 1 on, not {samples}")
        return evaluate(self, overrides, states=samples)[1]

    def __repr__(self) -> str:
        return f"settle.Run({self.folder!r})"


def _folder_of(run: Run | str | os.PathLike[str]) -> str:
    return run.folder if isinstance(run, Run) else path_of(run, "run")


def _settings(overrides: Mapping[str, Any] | None) -> list[str]:
    return [f"--set={key}={toml_value(value, key)}" for key, value in flat(overrides, "overrides").items()]


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
        1; y: classes from 0 on. They are written beside the run's folder, and take the place of the data set that
        the configuration's file names; keys of the call name none then. None: what it names.
    overrides: keys that are changed after the configuration.
    out: the folder to write; None: runs/NAME-001, or the next free number.
    progress: called after each epoch: progress(epoch, share, row of metrics.csv).
    resume: a run that was interrupted, to go on with; `overrides` may raise run.epochs, and nothing else is given.

    Raises InputError, RunError or Interrupted with the program's text. Ctrl-C has the run save what it has first.
    """
    if resume is not None:
        return _resume(resume, config, data, overrides, out, progress)
    check_function(progress, "progress")
    folder = None if out is None else path_of(out, "out")
    words = [*_settings(overrides), *([] if folder is None else ["--out=" + folder])]
    if data is not None:
        _refuse_other_data(config, overrides)
    watch = _Watch(folder, progress)
    parent = os.path.dirname(os.path.abspath(folder)) if folder is not None else os.path.abspath("runs")
    with nullcontext() if data is None else _data.written(data, parent) as path:
        if path is not None:
            words += _settings({"data.path": path, "data.name": "arrays"})
        try:
            _run_with_config(["train"], config, words, watch, name="python")
        except Interrupted as error:
            raise Interrupted(str(error), watch.folder) from None
    if watch.folder is None:
        raise RunError("the program has not said which folder it has written")
    return Run(watch.folder)


def _refuse_other_data(config: Config, overrides: Mapping[str, Any] | None) -> None:
    """Of what the call itself states; the data set that a configuration's file names is what `data` takes the place of."""
    stated = flat(config, "config") if isinstance(config, Mapping) else {}
    for key in {**stated, **flat(overrides, "overrides")}:
        if key in ("data.name", "data.path"):
            raise InputError(f"{key}: names a data set, and data is another: leave out one of the two")


def _resume(run: Run | str | os.PathLike[str], config: Config, data: Any, overrides: Mapping[str, Any] | None, out: Any,
            progress: Progress | None) -> Run:
    if config is not None or data is not None or out is not None:
        raise InputError("resume: the run goes on with its own configuration and data, in its own folder")
    check_function(progress, "progress")
    folder = _folder_of(run)
    try:
        _program.run(["train", "--resume=" + folder, *_settings(overrides)], _Watch(folder, progress))
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
    if real_number(after_s, "after_s") != 0:
        words.append(f"--after={float(after_s)!r}")
    if whole_number(states, "states") == 0:
        return _evaluation(_program.run(words))
    with tempfile.TemporaryDirectory(prefix="settle-") as scratch:
        path = os.path.join(scratch, "states.h5")
        text = _program.run([*words, f"--states={int(states)}", "--out=" + path])
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
    return [] if run is None else ["--run=" + _folder_of(run)]


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
        words = [f"--steps={whole_number(steps, 'steps')}", "--out=" + out, *_settings(overrides), *_with_run(run)]
        if samples is not None:
            words.append(f"--samples={whole_number(samples, 'samples')}")
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
    if not isinstance(signals, Sequence) or not all(isinstance(glob, str) for glob in signals):
        raise InputError("signals: must be globs over names, such as \"hidden1.*\"")
    words = [*_settings(overrides), *_with_run(run), *("--signals=" + glob for glob in signals)]
    if samples is not None:
        words.append(f"--samples={whole_number(samples, 'samples')}")
    kept = None if out is None else path_of(out, "out")
    scratch = tempfile.mkdtemp(prefix="settle-")
    try:
        folder = kept or scratch
        _ask("trace", config, run, ["--out=" + folder, *words])
        return read_vcd(os.path.join(folder, "trace.vcd"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
