"""Settle simulates analog hardware that learns.

    import settle
    run = settle.train({"network.hidden": [64, 64], "run.epochs": 2})
    print(run.accuracy, run.summary["energy_joule"]["per_inference"]["nominal"])

Runs are made by the program `settle` in a child process (train, Run, evaluate, analyze, trace, sweep, config); models
work in this process (DeviceArray, Crossbar, WireSolver, Network). Samples are rows, weights are targets x sources, and
states are fractions of full scale. docs/python.md is a tutorial.
"""
from ._configuration import Key, config
from ._models import Crossbar, DeviceArray, InputError, RunError, WireSolver
from ._network import Network, presets
from ._program import Interrupted
from ._runs import Evaluation, Run, States, analyze, evaluate, trace, train
from ._sweeps import Sweep, sweep
from ._tables import Table
from ._waveform import Signal, Waveform

__all__ = [
    "Crossbar", "DeviceArray", "Evaluation", "InputError", "Interrupted", "Key", "Network", "Run", "RunError",
    "Signal", "States", "Sweep", "Table", "Waveform", "WireSolver", "analyze", "config", "evaluate", "presets", "sweep",
    "trace", "train",
]
