"""For researchers: a learning rule of one's own, beside equilibrium propagation, on a simulated chip.

    python3 own_rule.py [EPOCHS]

Trains on digits of 8 x 8 pixels that are made here, so that nothing has to be downloaded.
"""
import sys

import numpy as np
import settle


def ep(projection, pre, post, difference):
    """Equilibrium propagation: what the nudge changes at the target, times the source's free state."""
    return difference.T @ pre / len(pre)


def signs(projection, pre, post, difference):
    """The same by signs alone, as cheap comparators would have them: is it good enough?"""
    return np.sign(difference).T @ np.sign(pre) / len(pre)


def digits(samples, seed):
    """Ten patterns of 64 pixels with noise, and their classes."""
    patterns = np.random.default_rng(0).uniform(0, 1, (10, 64)) > 0.5
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, samples)
    return np.clip(0.8 * patterns[labels] + random.normal(0, 0.35, (samples, 64)), 0, 1), labels


def main(epochs):
    x, y = digits(1000, 1)
    x_test, y_test = digits(500, 2)
    chip = {"network.hidden": [32, 32], "device.preset": "ecram", "neuron.noise": 5e-4, "run.batch": 50}
    accuracy = {}
    for name, rule in (("built in", None), ("ep", ep), ("signs", signs)):
        network = settle.Network(chip, inputs=64, outputs=10)
        table = network.train(x, y, epochs, rule, x_test, y_test)
        joule = network.ledger["training"]["joule"] / (epochs * len(x))
        accuracy[name] = table["test_accuracy"][-1]
        print(f"{name:10} test accuracy {100 * accuracy[name]:5.1f} %   {joule * 1e9:.1f} nJ a training sample")
    return accuracy


if __name__ == "__main__":
    result = main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
    assert abs(result["ep"] - result["built in"]) < 0.05, "one rule, written twice"
    assert result["ep"] > 0.5
