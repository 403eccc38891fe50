"""What settle.train() and a run folder give, held against the program."""
import os
import signal
import subprocess
import threading
import tomllib
import unittest

import numpy as np
import settle
from samples import DATA, IDEAL, InScratch, needs_h5py
from settle import _program
from settle._configuration import toml_text


class Training(InScratch):
    def test_gives_the_programs_bytes(self):
        run = settle.train(IDEAL, DATA, {"run.epochs": 2, "run.seed": 3}, out="run")
        words = ["train", os.path.join(run.folder, "config.toml"), "--out", "same"]
        subprocess.run([_program.program(), *words], check=True, capture_output=True)
        same = settle.Run("same")
        for name in ("checkpoint.h5", "config.toml", "costs.csv", "histograms.csv"):
            with open(os.path.join(run.folder, name), "rb") as a, open(os.path.join(same.folder, name), "rb") as b:
                self.assertEqual(a.read(), b.read(), name)
        for column, values in run.metrics.items():
            if column != "seconds":
                np.testing.assert_array_equal(values, same.metrics[column], column)

    def test_learns_and_tells_what_it_has(self):
        told = []
        run = settle.train(IDEAL, DATA, {"run.epochs": 3, "learning.learning_rate": 0.05}, out="run",
                           progress=lambda *row: told.append(row))
        self.assertEqual([(epoch, share) for epoch, share, _ in told], [(1, 1 / 3), (2, 2 / 3), (3, 1.0)])
        self.assertEqual(told[2][2]["test_accuracy"], run.accuracy)
        self.assertEqual(run.metrics.rows, 3)
        self.assertEqual(run.metrics["epoch"].tolist(), [1, 2, 3])
        self.assertEqual(run.metrics.units["energy_joule"], "J")
        self.assertGreater(run.accuracy, 0.6)
        self.assertEqual(run.summary["epochs"], 3)
        self.assertEqual(run.config["network.beta"], 0.1)
        self.assertEqual(run.confusion.sum(), 30)
        self.assertAlmostEqual(np.trace(run.confusion) / 30, run.accuracy)
        self.assertGreater(run.costs["energy_nominal_joule"].sum(), 0)
        self.assertGreater(run.histograms.rows, 10)
        self.assertEqual({name: w.shape for name, w in run.weights.items()},
                         {"input_hidden1": (8, 12), "hidden1_hidden2": (6, 8), "hidden2_readout": (3, 6)})
        device, subtracted = run.conductances["hidden1_hidden2"]
        self.assertEqual(device.shape, (6, 8))
        self.assertTrue((device > 0).all() and (subtracted > 0).all() and (device < 1e-3).all())

    def test_goes_on(self):
        settle.train(IDEAL, DATA, {"run.epochs": 1}, out="run")
        longer = settle.train(resume="run", overrides={"run.epochs": 3})
        whole = settle.train(IDEAL, DATA, {"run.epochs": 3}, out="whole")
        for name, weights in whole.weights.items():
            np.testing.assert_array_equal(weights, longer.weights[name])

    def test_takes_bytes_images_and_the_default_folder(self):
        x, y, x_test, y_test = DATA
        first = settle.train(IDEAL, DATA, {"run.epochs": 1})
        self.assertEqual(os.path.relpath(first.folder), os.path.join("runs", "python-001"))
        as_bytes = lambda a: np.floor(255 * a + 0.5).astype(np.uint8).reshape(-1, 3, 4)
        second = settle.train(IDEAL, (as_bytes(x), y, as_bytes(x_test), y_test), {"run.epochs": 1})
        np.testing.assert_array_equal(first.weights["input_hidden1"], second.weights["input_hidden1"])
        again = settle.train(IDEAL, DATA, {"run.epochs": 1})
        self.assertEqual(first.config["data.path"], again.config["data.path"], "equal data are written once")

    def test_trusts_no_data_that_were_changed(self):
        first = settle.train(IDEAL, DATA, {"run.epochs": 1})
        folder = first.config["data.path"]
        labels = os.path.join(folder, "train-labels-idx1-ubyte")
        with open(labels, "rb") as file:
            whole = file.read()
        with open(labels, "wb") as file:
            file.write(whole[:-1] + bytes([(whole[-1] + 1) % 3]))
        os.remove(os.path.join(folder, "t10k-images-idx3-ubyte"))
        again = settle.train(IDEAL, DATA, {"run.epochs": 1})
        self.assertEqual(again.config["data.path"], folder)
        with open(labels, "rb") as file:
            self.assertEqual(file.read(), whole)
        np.testing.assert_array_equal(first.weights["input_hidden1"], again.weights["input_hidden1"])
        self.assertEqual(len(os.listdir(folder)), 4)

    def test_ends_by_ctrl_c_with_what_it_has(self):
        seen = threading.Event()

        def interrupt():
            seen.wait(60)
            signal.raise_signal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else os.kill(
                os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt, daemon=True).start()
        with self.assertRaises(settle.Interrupted) as caught:
            settle.train(IDEAL, DATA, {"run.epochs": 100000}, out="run", progress=lambda *_: seen.set())
        self.assertIsInstance(caught.exception, KeyboardInterrupt)
        self.assertIn("goes on", str(caught.exception))
        run = settle.Run(caught.exception.folder)
        self.assertTrue(run.summary["interrupted"])
        self.assertEqual(run.summary["epochs"], run.metrics.rows)

    def test_ends_when_progress_fails(self):
        def fail(*_):
            raise ZeroDivisionError("of the test")

        with self.assertRaisesRegex(ZeroDivisionError, "of the test"):
            settle.train(IDEAL, DATA, {"run.epochs": 100000}, out="run", progress=fail)


class Questions(InScratch):
    def setUp(self):
        super().setUp()
        self.run_ = settle.train(IDEAL, DATA, {"run.epochs": 2, "learning.learning_rate": 0.02}, out="run")

    def test_evaluates(self):
        test = settle.evaluate(self.run_)
        self.assertEqual((test.epoch, test.samples), (2, 30))
        self.assertAlmostEqual(test.accuracy, self.run_.accuracy, 3)
        self.assertAlmostEqual(test.loss, self.run_.metrics["test_loss"][-1], 3)
        self.assertGreater(test.joule, 1e-15)
        self.assertLess(test.joule, 1e-3)
        worse = settle.evaluate("run", {"neuron.offset_mismatch": 1.0})
        self.assertNotEqual(worse.loss, test.loss)

    @needs_h5py
    def test_shows_states(self):
        states = self.run_.states(30)
        self.assertEqual({name: s.shape for name, s in states.states.items()},
                         {"input": (30, 12), "hidden1": (30, 8), "hidden2": (30, 6)})
        np.testing.assert_allclose(states.states["input"], np.floor(255 * DATA[2] + 0.5) / 255, atol=1e-6)
        np.testing.assert_array_equal(states.labels, DATA[3])
        self.assertAlmostEqual(np.mean(states.predictions == states.labels), self.run_.accuracy)
        e = np.exp(states.logits)
        np.testing.assert_allclose(states.probabilities, e / e.sum(axis=1, keepdims=True), atol=1e-6)
        np.testing.assert_allclose(states.errors, np.eye(3)[DATA[3]] - states.probabilities, atol=1e-6)
        # the chip in this process shows the same
        network = self.run_.network()
        free = network.settle(DATA[2])
        differences = network.nudge(labels=DATA[3])
        for name in ("hidden1", "hidden2"):
            np.testing.assert_allclose(free[name], states.states[name], atol=2e-3)
            np.testing.assert_allclose(differences[name], states.differences[name], atol=2e-3)
            self.assertAlmostEqual(network.scales[name], states.scales[name], 6)
        np.testing.assert_allclose(network.logits, states.logits, atol=5e-3)

    def test_analyzes(self):
        tables = settle.analyze(run=self.run_, samples=2)
        self.assertEqual(set(tables), {"stability", "trajectory", "samples", "eigenvalues", "gradient", "signal"})
        self.assertGreater(tables["stability"].rows, 1)
        config_only = settle.analyze({**IDEAL, "data.path": self.run_.config["data.path"], "data.name": "arrays"}, samples=1)
        self.assertGreater(config_only["gradient"].rows, 1)
        few = settle.analyze(run=self.run_, overrides={"data.test_limit": 3}, steps=4)
        self.assertEqual(few["samples"].rows, 6)  # of initial and of trained weights
        with self.assertRaisesRegex(settle.InputError, "there are 30 test samples"):
            settle.analyze(run=self.run_, samples=31)

    def test_traces(self):
        waveform = settle.trace(run=self.run_, samples=1, signals=["hidden1.*", "phase.*", "meter.*"], out="wave")
        voltage = waveform["hidden1.v0"]
        self.assertEqual(voltage.unit, "V")
        self.assertTrue((np.diff(voltage.seconds) >= 0).all() and voltage.seconds[-1] < 1e-3)
        self.assertEqual(set(waveform["phase.now"].values) - {""}, {"idle", "free", "clamped"})
        energy = waveform["meter.energy_j"].values
        self.assertTrue((np.diff(energy) >= 0).all() and energy[-1] > 0)
        self.assertEqual(len(waveform.find("hidden1.v*")), 3)
        self.assertTrue(os.path.exists("wave/trace.gtkw"))
        with self.assertRaisesRegex(KeyError, "hidden1.v0"):
            waveform["nonesuch.v0"]

    def test_sweeps(self):
        base = {"network.hidden": [8], "run.batch": 20, "data.path": self.run_.config["data.path"], "data.name": "arrays",
                "run.epochs": 1, "trace.samples": 0}
        with self.assertRaisesRegex(settle.InputError, "sweep: learning.nudge: is in .grid. too"):
            settle.sweep({"config": {**base, "learning.nudge": 0.1}, "grid": {"learning.nudge": [0.1]}}, out="refused")
        self.assertFalse(os.path.exists("refused"))
        sweep = settle.sweep({"config": base, "grid": {"learning.nudge": [0.05, 0.1]}, "seeds": [1, 2]}, out="sweep", jobs=1)
        results = sweep.results
        self.assertEqual(results.rows, 4)
        self.assertEqual(set(results["learning.nudge"]), {0.05, 0.1})
        self.assertEqual(set(results["state"]), {"done"})
        self.assertEqual(results.units["inference_joule"], "J")
        point = int(results["point"][2])
        self.assertEqual(sweep.run(point).accuracy, results["test_accuracy_last"][2])
        self.assertEqual(sweep.query("SELECT count(*) AS n FROM points")["n"].tolist(), [4])


class Refusals(InScratch):
    def test_have_the_programs_text(self):
        self.refused("config: network.beta: must be a number from", settle.train, {"network.beta": -1})
        self.refused("unknown key", settle.train, {"network.betta": 1})
        self.refused("nonesuch.toml", settle.train, "nonesuch.toml")
        self.refused("--set network.beta=7000.0: network.beta: must be", settle.train, {}, None, {"network.beta": 7e3})
        self.refused("is no run folder", settle.Run, "nonesuch")
        self.refused("nonesuch", settle.evaluate, "nonesuch")
        self.refused("no folder of a sweep", settle.Sweep, "nonesuch")

    def test_of_data(self):
        x, y, x_test, y_test = DATA
        self.refused("x, y, x_test, y_test", settle.train, IDEAL, (x, y))
        self.refused("numbers must be from 0 to 1", settle.train, IDEAL, (x - 1, y, x_test, y_test))
        self.refused("numbers must be from 0 to 1", settle.train, IDEAL, (x * np.nan, y, x_test, y_test))
        self.refused("60 labels", settle.train, IDEAL, (x, y[:-1], x_test, y_test))
        self.refused("whole numbers from 0 to 255", settle.train, IDEAL, (x, y - 1, x_test, y_test))
        self.refused("real numbers", settle.train, IDEAL, (x + 1j, y, x_test, y_test))
        self.refused("x_test: must be", settle.train, IDEAL, (x, y, x_test[0], y_test))
        self.refused("x: must be an array", settle.train, IDEAL, ([[0.1, 0.2], [0.3]], y, x_test, y_test))
        for name in ("data.path", "data.name"):
            other = {**IDEAL, name: "mnist"}
            self.refused(f"{name}: names a data set", settle.train, other, DATA)
            self.refused(f"{name}: names a data set", settle.train, IDEAL, DATA, {"data": {name[5:]: "mnist"}})
        with open("mine.toml", "w", encoding="utf-8") as file:
            file.write('data.path = "here"\nnetwork.hidden = [4]\nrun.epochs = 1\ntrace.samples = 0\n')
        self.assertEqual(settle.train("mine.toml", DATA).metrics.rows, 1)  # data take the place of the file's

    def test_of_masked_data(self):
        x, y, x_test, y_test = DATA
        masked_x, masked_y = np.ma.masked_array(x, x > 0.9), np.ma.masked_array(y, y == 2)
        self.refused("data: x: has masked", settle.train, IDEAL, (masked_x, y, x_test, y_test))
        self.refused("data: y: has masked", settle.train, IDEAL, (x, masked_y, x_test, y_test))
        self.refused("data: x_test: has masked", settle.train, IDEAL,
                     (x, y, np.ma.masked_array(np.zeros((30, 12), np.uint8), x_test > 0.9), y_test))
        self.refused("data: x: has masked", settle.train, IDEAL, (list(masked_x), y, x_test, y_test))
        whole = [np.ma.masked_array(each, False) for each in DATA]  # of which nothing is masked
        self.assertEqual(settle.train(IDEAL, whole, {"run.epochs": 1}).metrics.rows, 1)

    def test_of_paths(self):
        for call in (settle.train, settle.evaluate, settle.analyze, settle.trace, settle.Run, settle.Sweep):
            self.refused("is an empty path", call, "")
            self.refused("NUL", call, "a\0b")
            self.refused("--help: ", call, "--help")
            self.refused("no file can be called", call, "\ud800")
        self.refused("no such file", settle.Network, "\udcff.toml")  # a byte that is no UTF-8
        self.refused("path", settle.evaluate, 5)
        self.refused("run: must be a path, not NoneType", settle.Run, None)
        self.refused("out: is an empty path", settle.train, IDEAL, DATA, out="")
        self.refused("out: must be a path, not int", settle.train, IDEAL, DATA, out=5)
        self.refused("run: is an empty path", settle.train, resume="")
        self.refused(r"\./--help", settle.train, resume="--help")
        self.refused(r"\./--help", settle.analyze, run="--help")
        self.refused("out: is an empty path", settle.trace, IDEAL, out="")
        self.refused("out: is an empty path", settle.sweep, {"grid": {"run.seed": [1, 2]}}, out="")
        self.refused("sweep: is an empty path", settle.sweep, "", out="swept")
        self.refused("base: is an empty path", settle.sweep, {"base": "", "seeds": [1]}, out="swept")
        self.refused("sweep: must be a path", settle.sweep, 5, out="swept")
        self.refused(r"\./--help", settle.sweep, "--help", out="swept")
        self.refused("config: is an empty path", settle.Network, "")
        self.refused(r"\./-x.toml", settle.DeviceArray, (2, 3), "ecram", "-x.toml")
        with open("file", "w", encoding="utf-8"):
            pass
        self.refused("file: cannot write there", settle.train, IDEAL, DATA, out=os.path.join("file", "run"))

    def test_of_what_is_no_function_no_mapping_and_no_number(self):
        self.refused("progress: must be a function, not int", settle.train, IDEAL, DATA, progress=5)
        self.refused("progress: must be a function, not int", settle.train, resume="run", progress=5)
        for call in (settle.train, settle.analyze, settle.trace):
            self.refused("overrides: must be a mapping of keys.*not list", call, IDEAL, overrides=[1])
            self.refused("overrides: must be a mapping of keys.*not list", call, IDEAL, overrides=[])
        self.refused("overrides: must be a mapping", settle.evaluate, "run", overrides="a=1")
        self.refused("after_s: must be a number, not str", settle.evaluate, "run", after_s="1")
        self.refused("states: must be a whole number, not float", settle.evaluate, "run", states=1.5)
        self.refused("samples: must be a whole number, not str", settle.analyze, IDEAL, samples="--help")
        self.refused("steps: must be a whole number, not NoneType", settle.analyze, IDEAL, steps=None)
        self.refused("samples: must be a whole number", settle.trace, IDEAL, samples=[1])
        self.refused("signals: must be globs", settle.trace, IDEAL, signals=5)
        self.refused("signals: must be globs", settle.trace, IDEAL, signals=[5])
        for part in ("grid", "config", "set"):
            self.refused(f"{part}: must be a mapping of keys, not list", settle.sweep, {part: [1]}, out="swept")
        self.refused("case: must be a list of mappings, not str", settle.sweep, {"case": "x"}, out="swept")
        self.refused("case: must be a mapping of keys, not str", settle.sweep, {"case": ["x"]}, out="swept")
        self.refused("case: set: must be a mapping", settle.sweep, {"case": [{"name": "a", "set": [1]}]}, out="swept")
        self.refused("jobs: must be a whole number", settle.sweep, {"grid": {"run.seed": [1, 2]}}, out="swept", jobs="2")

    def test_leave_no_data_behind(self):
        self.refused("network.beta", settle.train, {"network.beta": -1}, DATA, out="a")
        self.refused("network.beta", settle.train, {"network.beta": -1}, DATA)
        self.refused("network.beta", settle.train, IDEAL, DATA, {"network.beta": -1}, out=os.path.join("new", "one", "a"))
        self.refused("a number, a text", settle.train, {"network.beta": object()}, DATA, out="a")
        settle.train(IDEAL, DATA, {"run.epochs": 1}, out="a")
        self.refused("already holds a run", settle.train, IDEAL, DATA, out="a")  # whose data stay
        self.assertEqual(settle.evaluate("a").samples, 30)

    def test_of_configurations(self):
        self.refused("mapping", settle.train, 5)
        self.refused("run.seed: is too large a number", settle.train, {"run.seed": 10**5000})
        self.refused("settle train: .*null", settle.train, {}, overrides={"run.\0": 1})
        self.refused("must be a number, a text", settle.train, {"network.beta": object()})
        self.refused("keys are texts", settle.train, {3: 4})
        self.refused("own configuration", settle.train, {}, resume="run")


class PathsThatLookLikeOptions(InScratch):
    def test_are_paths(self):
        run = settle.train(IDEAL, DATA, {"run.epochs": 1, "trace.samples": 1}, out="--help")
        self.assertEqual(run.folder, os.path.abspath("--help"))
        self.assertTrue(os.path.exists("--help/trace.vcd"))
        self.assertEqual(settle.evaluate("--help").samples, 30)
        self.assertEqual(settle.train(resume="--help", overrides={"run.epochs": 2}).metrics.rows, 2)
        os.rename("--help/config.toml", "-c.toml")
        self.assertEqual(settle.train("-c.toml", out="-x").metrics.rows, 2)
        self.assertGreater(settle.analyze("-c.toml", samples=1)["gradient"].rows, 1)


class TextsInConfigurations(unittest.TestCase):
    def test_stay_what_they_are(self):
        for text in ("a\U000e0001b", "\U0010ffff", "a\x7f\x1b\u200b", '"\\\n\t\r', "\U0001f600"):
            self.assertEqual(tomllib.loads(toml_text({"data.path": text})), {"data": {"path": text}})


class Keys(unittest.TestCase):
    def test_are_all_there(self):
        keys = settle.config()
        beta = keys["network.beta"]
        self.assertEqual((beta.default, beta.unit), (0.01, ""))
        self.assertIn("a number from", beta.allowed)
        self.assertEqual(keys["neuron.tau_s"].unit, "s")
        self.assertEqual(keys["wire.r_segment_ohm"].unit, "ohm")
        self.assertEqual(keys["device.conductance_min_siemens"].unit, "S")
        self.assertIn("ecram", keys["device.preset"].choices)
        self.assertEqual(set(settle.config("wire")), {key for key in keys if key.startswith("wire.")})
        self.assertEqual(list(settle.config("network.beta")), ["network.beta"])
        with self.assertRaisesRegex(settle.InputError, "sections are run, data"):
            settle.config("nonesuch")


if __name__ == "__main__":
    unittest.main()
