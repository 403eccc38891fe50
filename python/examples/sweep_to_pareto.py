"""For users: a sweep over converters' bits and the network's width, and its front of accuracy against energy.

    python3 sweep_to_pareto.py [FOLDER]

Writes FOLDER/pareto.png where matplotlib is there (Debian: python3-matplotlib). Called again it goes on.
"""
import importlib.util
import os
import sys
import tempfile

import numpy as np
import settle
from own_rule import digits


def front(joule, accuracy):
    """The points that no other one beats in both, cheapest first."""
    best, kept = -1.0, []
    for point in np.argsort(joule, kind="stable"):
        if accuracy[point] > best:
            best = accuracy[point]
            kept.append(point)
    return np.array(kept)


def draw(results, kept, path):
    import matplotlib.pyplot as plt

    joule, accuracy = results["inference_joule"], results["test_accuracy_last"]
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for bits in np.unique(results["converter.adc_bits"]):
        those = results["converter.adc_bits"] == bits
        axes.plot(1e9 * joule[those], 100 * accuracy[those], "o", label=f"{bits} bits")
    axes.step(1e9 * joule[kept], 100 * accuracy[kept], "k--", where="post", label="front")
    axes.set(xscale="log", xlabel="energy of an inference, nJ", ylabel="test accuracy, %")
    axes.legend()
    figure.savefig(path)


def main(folder):
    x, y = digits(400, 1)
    x_test, y_test = digits(200, 2)
    base = {"network.hidden": [16], "device.preset": "ecram", "run.batch": 20, "run.epochs": 2, "trace.samples": 0}
    # a run writes the arrays as a data set, which the sweep then names
    first = settle.train(base, (x, y, x_test, y_test), {"run.epochs": 1}, out=tempfile.mkdtemp(dir=folder) + "/run")
    base.update({"data.path": first.config["data.path"], "data.name": first.config["data.name"]})
    del base["network.hidden"]
    sweep = settle.sweep({"config": base, "grid": {"converter.adc_bits": [4, 6, 8], "network.hidden": [[8], [32]]}},
                         out=os.path.join(folder, "sweep"))
    results = sweep.results
    kept = front(results["inference_joule"], results["test_accuracy_last"])
    for point in kept:
        row = results.row(point)
        print(f"{row['converter.adc_bits']} bits, hidden {row['network.hidden']}: {1e9 * row['inference_joule']:.2f} nJ, "
              f"{100 * row['test_accuracy_last']:.1f} %")
    picture = os.path.join(folder, "pareto.png")
    if importlib.util.find_spec("matplotlib") is None:
        print("no picture: matplotlib is missing (Debian: python3-matplotlib)")
    else:
        draw(results, kept, picture)
        print(picture)
        assert os.path.getsize(picture) > 5000
    assert results.rows == 6 and set(results["state"]) == {"done"}
    assert len(kept) >= 1 and results["test_accuracy_last"][kept[-1]] == results["test_accuracy_last"].max()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.makedirs(sys.argv[1], exist_ok=True)
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(scratch)
