"""For everyone who distrusts simulators: a trained network's logits, computed by NumPy from checkpoint.h5 alone.

    python3 reinference.py

Uses nothing of Settle's models: weights, gains and offsets come from the checkpoint, and the equilibrium from iterating
the equations. Needs h5py (Debian: python3-h5py).
"""
import os
import sys
import tempfile

import numpy as np

try:
    import h5py
except ImportError:
    print("skipped: h5py is missing (Debian: python3-h5py)")
    sys.exit(77)
import settle
from own_rule import digits


def settle_by_numpy(checkpoint, x):
    """The logits of samples x (samples x inputs, multiples of 1/255) at the free equilibrium, in double precision."""
    with h5py.File(checkpoint) as file:
        projections = {}
        for name, of in file["projections"].items():
            source, target = name.split("_")
            weights = of["state"][:].astype(float) * of.attrs["weight_scale"]  # exact devices: nothing is subtracted
            projections[source, target] = (weights, of.attrs["alpha"], of.attrs["beta"])
        neurons = {name: {what: values[:, 0].astype(float) for what, values in of["neurons"].items()}
                   for name, of in file["populations"].items()}
    state = {name: np.zeros((len(x), len(of["gain"]))) for name, of in neurons.items()}
    state["input"] = x
    for _ in range(1000):
        before = {name: s.copy() for name, s in state.items()}
        for name, of in neurons.items():
            drive = 0
            for (source, target), (weights, alpha, beta) in projections.items():
                if target == name:
                    drive = drive + alpha * state[source] @ weights.T
                if source == name and target != "readout":
                    drive = drive + beta * state[target] @ weights
            state[name] = of["amplitude"] * np.tanh(of["gain"] * (drive + of["offset"]))
        if max(abs(state[name] - before[name]).max() for name in neurons) < 1e-12:
            break
    return sum(alpha * state[source] @ weights.T
               for (source, target), (weights, alpha, _) in projections.items() if target == "readout")


def main():
    x, y = digits(400, 1)
    x_test, y_test = digits(100, 2)
    config = {"network.hidden": [24, 16], "network.beta": 0.1, "network.activation": "tanh", "learning.update": "ideal",
              "converter.dac_bits": 0, "converter.adc_bits": 0, "neuron.gain_mismatch": 0.1, "neuron.offset_mismatch": 0.05,
              "settling.tolerance": 1e-7, "run.batch": 20, "run.epochs": 2, "trace.samples": 0}
    with tempfile.TemporaryDirectory() as folder:
        run = settle.train(config, (x, y, x_test, y_test), out=os.path.join(folder, "run"))
        states = run.states(len(x_test))
        logits = settle_by_numpy(os.path.join(run.folder, "checkpoint.h5"), states.states["input"].astype(float))
    off = abs(logits - states.logits).max()
    print(f"{len(x_test)} samples: logits from {states.logits.min():.2f} to {states.logits.max():.2f}, off by {off:.1e} at most")
    assert off < 1e-5
    assert (logits.argmax(axis=1) == states.predictions).all()


if __name__ == "__main__":
    main()
