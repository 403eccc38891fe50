"""A network on a simulated chip, in this process: what it settles to, what a nudge changes, and learning by any rule."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from . import _models
from ._arguments import check_function
from ._configuration import Changed, Config
from ._models import InputError
from ._tables import Table

if TYPE_CHECKING:
    from ._runs import Run

#: rule(projection, pre, post, difference) -> direction: see Network.train().
Rule = Callable[[str, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
#: Called after each epoch with its number, the share of the epochs that is done, and its row of the table.
Progress = Callable[[int, float, dict[str, Any]], None]

presets = _models.presets


class Network:
    """A network on a chip as a configuration describes it: Network({"network.hidden": [64, 64]}, inputs=784, outputs=10).

    Populations are "input", "hidden1", ..., "readout"; projections "input_hidden1", .... A sample is a row, weights are
    targets x sources, and states are fractions of full scale. What the configuration says of [data] and [trace] plays no
    part. One thread at a time may be in a network; products run on run.threads threads.
    """

    def __init__(self, config: Config = None, inputs: int = 784, outputs: int = 10):
        self._net = _models.Network(config, inputs, outputs)

    @classmethod
    def of_run(cls, run: "Run", overrides: Mapping[str, Any] | None = None) -> "Network":
        """The trained chip of a run, from its last checkpoint."""
        network = cls.__new__(cls)
        config = Changed(run._existing("config.toml"), overrides)
        network._net = _models.Network.of_run(config, run._existing("checkpoint.h5"))
        return network

    @property
    def epoch(self) -> int:
        """Epochs that it has been trained for."""
        return self._net.epoch

    @property
    def sizes(self) -> dict[str, int]:
        """The number of nodes of each population."""
        return self._net.sizes

    @property
    def edges(self) -> list[str]:
        """The graph, as network.edges has it: ["input -> hidden1", "hidden1 <-> readout"]."""
        return self._net.edges

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """By projection, targets x sources, as reads find them: with drift and wires. Copies."""
        return self._net.weights

    @property
    def feedback_weights(self) -> dict[str, np.ndarray]:
        """By projection, sources x targets: of feedback that has arrays of its own (network.feedback)."""
        return self._net.feedback_weights

    @property
    def conductances(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By projection, in siemens, targets x sources: of each weight's device, and of what is subtracted from it."""
        return self._net.conductances

    def set_weights(self, projection: str, weights: Any) -> None:
        """Writes weights (targets x sources) of a projection, as far as the devices' bounds allow, without pulses."""
        self._net.set_weights(projection, weights)

    @property
    def neurons(self) -> dict[str, dict[str, np.ndarray]]:
        """By hidden population: {"gain", "offset", "amplitude", "tau_s"}, one a neuron.

        A neuron makes amplitude f(gain (drive + offset)) of its drive; tau_s is its membrane's time constant, in seconds.
        """
        return self._net.neurons

    @property
    def scales(self) -> dict[str, float]:
        """By hidden population: what its differences are divided by, so that weak feedback costs no precision."""
        return self._net.scales

    def settle(self, x: Any) -> dict[str, np.ndarray]:
        """The free phase of samples: the state of each population, samples x neurons ("input": what drives it).

        x: samples x inputs, or samples of images of as many pixels; bytes, or numbers from 0 to 1, which are rounded to
        8 bits as a data set's are. The samples stay for logits and nudge().
        """
        return self._net.settle(x)

    @property
    def logits(self) -> np.ndarray:
        """The read-out's drive in the free phase that was settled last, as it is converted: samples x outputs."""
        return self._net.logits

    @property
    def probabilities(self) -> np.ndarray:
        """SoftMax of the logits: samples x outputs."""
        e = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def nudge(self, labels: Any = None, error: Any = None) -> dict[str, np.ndarray]:
        """The clamped phases of the samples that are settled; returns differences().

        labels: the class of each sample, whose error is one-hot minus SoftMax; or error: samples x outputs, numbers from
        -1000 to 1000.
        """
        return self._net.nudge(labels, error)

    def differences(self) -> dict[str, np.ndarray]:
        """What the nudge has changed: by population, samples x neurons, as learning gets it, over scales[population].

        ("readout": the error.)
        """
        return self._net.differences()

    def directions(self) -> dict[str, np.ndarray]:
        """Where the built-in rule would have the weights go: by trained projection, targets x sources.

        The mean over samples of difference x pre (and of post x the source's difference, with learning.contrast =
        "both"), which the optimiser gets.
        """
        return self._net.directions()

    def train(self, x: Any, y: Any, epochs: int = 1, rule: Union[Rule, None] = None, x_test: Any = None, y_test: Any = None,
              progress: Progress | None = None) -> Table:
        """Trains for so many epochs, in this process, without files; returns a row for each.

        x, y: samples and classes, as for settle(); run.batch of them at a time. With the built-in rule the weights become
        those of settle.train() with the same configuration and data.

        rule: a learning rule of your own. rule(projection, pre, post, difference) is called once a batch for each trained
        projection: pre: samples x sources, the source's free states; post: samples x targets, the target's (of the
        read-out, SoftMax's outputs); difference: samples x targets, what the nudge changes at the target (of the
        read-out, the error). It returns a direction, targets x sources, of which learning.optimizer makes the change of
        the weights: with "sgd", learning.learning_rate times that. Equilibrium propagation is difference.T @ pre / samples.
        A rule may read the network, and change nothing of it.

        The table's columns are those of metrics.csv: epoch, train_loss, train_accuracy, and, with x_test and y_test,
        test_loss and test_accuracy. Ctrl-C ends it between two batches.
        """
        if (x_test is None) != (y_test is None):
            raise InputError("x_test, y_test: give both")
        if not isinstance(epochs, (int, np.integer)) or epochs < 1:
            raise InputError(f"epochs: must be a whole number from 1 on, not {epochs!r}")
        check_function(rule, "rule")
        check_function(progress, "progress")
        if x_test is not None:
            self._net.check_samples(x_test, y_test, "x_test", "y_test")
        self._net.begin_training(x, y)
        all_epochs = self._net.epoch + epochs
        columns: dict[str, list[float]] = {}
        for done in range(1, epochs + 1):
            loss, accuracy = self._net.train_epoch(rule, all_epochs)
            row: dict[str, Any] = {"epoch": self._net.epoch, "train_loss": loss, "train_accuracy": accuracy}
            if x_test is not None:
                row["test_loss"], row["test_accuracy"], _ = self._net.test(x_test, y_test)
            for name, value in row.items():
                columns.setdefault(name, []).append(value)
            if progress is not None:
                progress(self._net.epoch, done / epochs, row)
        return Table(columns)

    def test(self, x: Any, y: Any) -> tuple[float, float, np.ndarray]:
        """Loss, accuracy (0 to 1) and confusion (true class x predicted class) of samples, as for train()."""
        return self._net.test(x, y)

    @property
    def ledger(self) -> dict[str, dict[str, float]]:
        """{"joule", "second"} of "programming", "training" and "inference", of the simulated chip, so far."""
        return self._net.ledger

    def __repr__(self) -> str:
        return "<settle.Network " + "-".join(str(n) for n in self.sizes.values()) + ">"
