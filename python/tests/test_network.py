"""A network in this process: its equations, its learning against the program's, and rules of one's own."""
import os
import signal
import tempfile
import threading
import time
import unittest

import numpy as np
import settle
from samples import IDEAL, blobs, needs_h5py

X, Y = blobs(60, 1)
X_TEST, Y_TEST = blobs(30, 2)
EXACT = {**IDEAL, "settling.tolerance": 1e-7}


def ep(projection, pre, post, difference):
    """Equilibrium propagation, as the built-in rule does it."""
    return difference.T @ pre / len(pre)


class Equations(unittest.TestCase):
    def setUp(self):
        self.net = settle.Network(EXACT, inputs=12, outputs=3)

    def test_hold_at_equilibrium(self):
        free = self.net.settle(X)
        w, n = self.net.weights, self.net.neurons
        drive1 = free["input"] @ w["input_hidden1"].T + 0.1 * free["hidden2"] @ w["hidden1_hidden2"]
        drive2 = free["hidden1"] @ w["hidden1_hidden2"].T
        for name, drive in (("hidden1", drive1), ("hidden2", drive2)):
            of = n[name]
            np.testing.assert_allclose(free[name], of["amplitude"] * np.tanh(of["gain"] * (drive + of["offset"])), atol=1e-5)
        np.testing.assert_allclose(self.net.logits, free["hidden2"] @ w["hidden2_readout"].T, atol=1e-5)
        np.testing.assert_allclose(self.net.probabilities.sum(axis=1), 1, atol=1e-6)

    def test_a_nudge_changes_what_it_should(self):
        free = self.net.settle(X)
        differences = self.net.nudge(labels=Y)
        w = self.net.weights
        np.testing.assert_allclose(differences["readout"], np.eye(3)[Y] - self.net.probabilities, atol=1e-6)
        # the clamped equilibrium by fixed-point iteration in double precision
        nudge, g1, g2 = settle.config("learning.nudge")["learning.nudge"].default, *(self.net.scales[n] for n in ("hidden1", "hidden2"))
        s1, s2 = (free[n].astype(float) for n in ("hidden1", "hidden2"))
        for _ in range(200):
            s1 = np.tanh(free["input"] @ w["input_hidden1"].T + 0.1 * s2 @ w["hidden1_hidden2"])
            s2 = np.tanh(s1 @ w["hidden1_hidden2"].T + nudge * differences["readout"] @ w["hidden2_readout"])
        f1, f2 = (free[n].astype(float) for n in ("hidden1", "hidden2"))
        for _ in range(200):
            f1 = np.tanh(free["input"] @ w["input_hidden1"].T + 0.1 * f2 @ w["hidden1_hidden2"])
            f2 = np.tanh(f1 @ w["hidden1_hidden2"].T)
        np.testing.assert_allclose(differences["hidden1"], (s1 - f1) / g1, atol=1e-4)
        np.testing.assert_allclose(differences["hidden2"], (s2 - f2) / g2, atol=1e-4)

    def test_directions_are_what_the_rule_says(self):
        free = self.net.settle(X)
        differences = self.net.nudge(labels=Y)
        directions = self.net.directions()
        for name, pre, post in (("input_hidden1", "input", "hidden1"), ("hidden1_hidden2", "hidden1", "hidden2"),
                                ("hidden2_readout", "hidden2", "readout")):
            np.testing.assert_allclose(directions[name], ep(name, free[pre], None, differences[post]), atol=1e-6)

    def test_an_error_of_ones_own(self):
        self.net.settle(X)
        error = np.eye(3)[Y] - self.net.probabilities
        by_error = self.net.nudge(error=error)
        self.net.settle(X)
        by_labels = self.net.nudge(labels=Y)
        for name, difference in by_labels.items():
            np.testing.assert_allclose(by_error[name], difference, atol=1e-6)

    def test_weights_can_be_set(self):
        before = self.net.settle(X)["hidden1"]
        self.net.set_weights("input_hidden1", 0 * self.net.weights["input_hidden1"])
        self.assertTrue((self.net.weights["input_hidden1"] == 0).all())
        self.assertLess(abs(self.net.settle(X)["hidden1"]).max(), abs(before).max())

    def test_refuse(self):
        net = self.net
        with self.assertRaisesRegex(settle.InputError, "comes first"):
            net.logits
        with self.assertRaisesRegex(settle.InputError, "come first"):
            net.differences()
        with self.assertRaisesRegex(settle.InputError, "comes first"):
            net.nudge(labels=Y)
        net.settle(X)
        with self.assertRaisesRegex(settle.InputError, "come first"):
            net.directions()
        for words, call in (
            ("samples x 12", lambda: net.settle(X[:, :5])),
            ("samples x 12", lambda: net.settle(X[0])),
            ("samples x 12", lambda: net.settle(X[:0])),
            ("from 0 to 1", lambda: net.settle(X + 1)),
            ("is nan", lambda: net.settle(X * np.nan)),
            ("real numbers", lambda: net.settle(X.astype(str))),
            ("give labels, or an error", lambda: net.nudge()),
            ("give labels, or an error", lambda: net.nudge(Y, np.zeros((60, 3)))),
            ("60 labels", lambda: net.nudge(Y[:-1])),
            ("whole number from 0 to 2", lambda: net.nudge(Y + 1)),
            ("whole number from 0 to 2", lambda: net.nudge(Y - 0.5)),
            ("samples x 3", lambda: net.nudge(error=np.zeros((60, 4)))),
            ("error: must be from -1000 to 1000, but it reaches 1e\\+20", lambda: net.nudge(error=np.full((60, 3), 1e20))),
            ("error: must be from -1000 to 1000", lambda: net.nudge(error=np.full((60, 3), -1001))),
            ("error: element 0 of 180 is nan", lambda: net.nudge(error=np.full((60, 3), np.nan))),
            ("error: element 0 of 180 is -inf", lambda: net.nudge(error=np.full((60, 3), -np.inf))),
            ("x: has masked", lambda: net.settle(np.ma.masked_array(X, X > 0.9))),
            ("labels: has masked", lambda: net.nudge(np.ma.masked_array(Y, Y == 2))),
            ("error: has masked", lambda: net.nudge(error=np.ma.masked_array(np.zeros((60, 3)), np.eye(60, 3)))),
            ("weights of input_hidden1: has masked",
             lambda: net.set_weights("input_hidden1", np.ma.masked_array(np.zeros((8, 12)), np.eye(8, 12)))),
            ("of the 60 samples", lambda: net.nudge(error=np.zeros((59, 3)))),
            ("there is no projection nonesuch; there is input_hidden1", lambda: net.set_weights("nonesuch", [[1]])),
            ("must be 8 x 12, not 12 x 8", lambda: net.set_weights("input_hidden1", np.zeros((12, 8)))),
            ("from 1 on", lambda: net.train(X, Y, 0)),
            ("from 1 on", lambda: net.train(X, Y, 1.5)),
            ("must be a function", lambda: net.train(X, Y, 1, rule=3)),
            ("give both", lambda: net.train(X, Y, 1, x_test=X)),
            ("60 labels", lambda: net.train(X, Y[:3])),
            ("x_test: must be samples x 12", lambda: net.train(X, Y, 1, x_test=X_TEST[:, :5], y_test=Y_TEST)),
            ("y_test: label 9 of sample 3", lambda: net.train(X, Y, 1, x_test=X_TEST, y_test=np.where(np.arange(30) == 3, 9, 0))),
            ("y_test: must be 30 labels", lambda: net.train(X, Y, 1, x_test=X_TEST, y_test=Y_TEST[:-1])),
            ("y_test: has masked", lambda: net.train(X, Y, 1, x_test=X_TEST, y_test=np.ma.masked_array(Y_TEST, Y_TEST == 1))),
            ("progress: must be a function", lambda: net.train(X, Y, 1, progress=5)),
            ("inputs: must be", lambda: settle.Network(EXACT, 0, 3)),
            ("outputs: must be", lambda: settle.Network(EXACT, 12, 1)),
            ("config: network.beta", lambda: settle.Network({"network.beta": -1}, 12, 3)),
            ("GB of memory", lambda: settle.Network({"network.hidden": [65536, 65536, 65536]}, 1000000, 10)),
        ):
            with self.assertRaisesRegex(settle.InputError, words):
                call()
        self.assertEqual(net.epoch, 0)
        net.settle(X)
        net.nudge(error=np.full((60, 3), 1000))
        net.settle(X)
        net.nudge(Y)
        with self.assertRaisesRegex(settle.InputError, "settle them again"):
            net.nudge(Y)


class Learning(unittest.TestCase):
    def of_program(self, config, epochs):
        with tempfile.TemporaryDirectory() as scratch:
            run = settle.train(config, (X, Y, X_TEST, Y_TEST), {"run.epochs": epochs}, out=os.path.join(scratch, "run"))
            return run.weights, run.metrics

    def expect_same(self, config, rule, tolerance):
        weights, metrics = self.of_program(config, 3)
        net = settle.Network(config, 12, 3)
        table = net.train(X, Y, 3, rule, X_TEST, Y_TEST)
        for name, w in weights.items():
            np.testing.assert_allclose(net.weights[name], w, atol=tolerance * abs(w).max(), err_msg=name)
        for column in table:
            np.testing.assert_allclose(table[column], metrics[column], rtol=1e-12 + 100 * tolerance, err_msg=column)

    def test_by_the_built_in_rule_is_the_programs(self):
        self.expect_same(EXACT, None, 0)
        self.expect_same({**IDEAL, "device.preset": "ecram", "learning.update": "host", "neuron.noise": 1e-3,
                          "converter.adc_bits": 8, "learning.final_rate_share": 0.3, "learning.optimizer": "adam"}, None, 0)
        without_beta = {**IDEAL, "network": {"hidden": [8, 6]}}
        self.expect_same({**without_beta, "learning.rule": "bp"}, None, 0)

    def test_by_a_rule_of_ones_own_that_does_the_same_is_the_programs_to_rounding(self):
        self.expect_same({**EXACT, "learning.optimizer": "sgd", "learning.learning_rate": 0.1}, ep, 1e-5)

    def test_a_rule_sees_what_it_should(self):
        net = settle.Network({**EXACT, "learning.optimizer": "sgd", "learning.learning_rate": 0.5}, 12, 3)
        calls = []

        def rule(projection, pre, post, difference):
            calls.append((projection, pre, post, difference, net.weights[projection]))
            return np.full((difference.shape[1], pre.shape[1]), 0.25)

        before = net.weights
        net.train(X, Y, 1, rule)
        self.assertEqual([call[0] for call in calls], ["input_hidden1", "hidden1_hidden2", "hidden2_readout"] * 3)
        for projection, pre, post, difference, _ in calls:
            self.assertEqual(post.shape, difference.shape)
            self.assertEqual(len(pre), 20)
        np.testing.assert_allclose(calls[2][2].sum(axis=1), 1, atol=1e-5)  # SoftMax
        np.testing.assert_array_equal(calls[1][1], calls[0][2])  # the target's states are the next source's
        np.testing.assert_allclose(net.weights["hidden1_hidden2"] - before["hidden1_hidden2"], 3 * 0.5 * 0.25, rtol=1e-5)

    def test_a_rule_that_fails_stops_the_training(self):
        net = settle.Network(EXACT, 12, 3)
        for words, error, rule in (
            ("of the test", ZeroDivisionError, self.fail_with(ZeroDivisionError("of the test"))),
            ("must be 8 x 12", settle.InputError, lambda *_: np.zeros((3, 3))),
            ("is nan", settle.InputError, lambda *_: np.full((8, 12), np.nan)),
            ("has masked", settle.InputError, lambda *_: np.ma.masked_array(np.zeros((8, 12)), np.eye(8, 12))),
            ("array of real numbers", settle.InputError, lambda *_: None),
            ("positional argument", TypeError, lambda pre: pre),
            ("change nothing", settle.InputError, lambda *_: net.settle(X)),
            ("change nothing", settle.InputError, lambda *_: net.train(X, Y)),
        ):
            with self.assertRaisesRegex(error, words):
                net.train(X, Y, 1, rule)
        self.assertEqual(net.epoch, 0)
        net.train(X, Y, 1)
        self.assertEqual(net.epoch, 1)
        with self.assertRaisesRegex(settle.InputError, "learning.update"):
            settle.Network({**IDEAL, "run.batch": 1, "learning.update": "in-situ"}, 12, 3).train(X, Y, 1, ep)

    @staticmethod
    def fail_with(error):
        def rule(*_):
            raise error

        return rule

    def test_ends_by_ctrl_c(self):
        net = settle.Network({**EXACT, "run.batch": 1}, 12, 3)
        threading.Thread(target=lambda: (time.sleep(0.5), os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()
        with self.assertRaises(KeyboardInterrupt):
            net.train(X, Y, 1000000)
        net.settle(X)

    def test_goes_on_in_pieces(self):
        whole, pieces = settle.Network(EXACT, 12, 3), settle.Network(EXACT, 12, 3)
        whole.train(X, Y, 3)
        pieces.train(X, Y, 1)
        pieces.train(X, Y, 2)
        np.testing.assert_array_equal(whole.weights["input_hidden1"], pieces.weights["input_hidden1"])

    def test_books_what_it_costs(self):
        net = settle.Network(IDEAL, 12, 3)
        before = net.ledger["training"]["joule"]
        net.train(X, Y)
        self.assertGreater(net.ledger["training"]["joule"], before)
        self.assertGreater(net.ledger["training"]["second"], 0)
        loss, accuracy, confusion = net.test(X_TEST, Y_TEST)
        self.assertAlmostEqual(np.trace(confusion) / 30, accuracy)
        self.assertGreater(net.ledger["inference"]["joule"], 0)


class Graphs(unittest.TestCase):
    EDGES = ["input -> hidden1", "input -> hidden2", "hidden1 <-> hidden3", "hidden2 <-> hidden3", "hidden1 <-> readout",
             "hidden3 <-> readout"]

    def test_are_what_edges_say(self):
        config = {"network.hidden": [5, 4, 6], "network.edges": self.EDGES, "converter.adc_bits": 0,
                  "converter.dac_bits": 0, "settling.tolerance": 1e-7, "network.beta": 0.1}
        net = settle.Network(config, 12, 3)
        self.assertEqual(net.edges, ["input -> hidden1", "input -> hidden2", "hidden1 <-> hidden3", "hidden1 <-> readout",
                                     "hidden2 <-> hidden3", "hidden3 <-> readout"])
        free, w = net.settle(X), net.weights
        logits = free["hidden1"] @ w["hidden1_readout"].T + free["hidden3"] @ w["hidden3_readout"].T
        np.testing.assert_allclose(net.logits, logits, atol=1e-5)
        drive = free["hidden1"] @ w["hidden1_hidden3"].T + free["hidden2"] @ w["hidden2_hidden3"].T
        np.testing.assert_allclose(free["hidden3"], np.tanh(drive), atol=1e-5)
        table = net.train(X, Y, 5)
        self.assertLess(table["train_loss"][-1], table["train_loss"][0])

    def test_of_edges_train_in_the_program(self):
        with tempfile.TemporaryDirectory() as scratch:
            run = settle.train({"network.hidden": [5, 4, 6], "network.edges": self.EDGES, "run.batch": 20, "run.epochs": 1,
                                "trace.samples": 1}, (X, Y, X_TEST, Y_TEST), out=os.path.join(scratch, "run"))
            self.assertEqual(set(run.weights), {"input_hidden1", "input_hidden2", "hidden1_hidden3", "hidden2_hidden3",
                                                "hidden1_readout", "hidden3_readout"})

    def test_of_a_chain_are_the_layered_topology(self):
        chain = ["input -> hidden1", "hidden1 <-> hidden2", "hidden2 <-> readout"]
        one, other = (settle.Network({**EXACT, **more}, 12, 3) for more in ({}, {"network.edges": chain}))
        one.train(X, Y)
        other.train(X, Y)
        np.testing.assert_array_equal(one.weights["hidden1_hidden2"], other.weights["hidden1_hidden2"])

    def test_have_feedback_of_their_own(self):
        net = settle.Network({"network.hidden": [5, 4], "network.feedback": "random", "network.edges": [
            "input -> hidden1", "input -> hidden2", "hidden1 <- hidden2", "hidden1 -> readout", "hidden2 <-> readout"]}, 12, 3)
        self.assertEqual(set(net.weights), {"input_hidden1", "input_hidden2", "hidden1_readout", "hidden2_readout"})
        self.assertEqual(net.feedback_weights["hidden1_hidden2"].shape, (5, 4))
        net.train(X, Y)
        with self.assertRaisesRegex(settle.InputError, "feeds back alone"):
            net.set_weights("hidden1_hidden2", np.zeros((4, 5)))

    def test_refuse(self):
        for words, edges in (
            ("there is no hidden9; there is input, hidden1, hidden2, readout", ["input -> hidden9"]),
            ("an arrow between", ["input hidden1"]),
            ("an arrow between", ["input => hidden1"]),
            ("no population feeds itself", ["input -> hidden1", "hidden1 <-> hidden1"]),
            ("nothing feeds back to the input", ["hidden1 -> input"]),
            ("nothing feeds back to the input", ["input <-> hidden1"]),
            ("connected already", ["input -> hidden1", "input -> hidden1"]),
            ("no edges lead from the input to hidden2", ["input -> hidden1", "hidden1 <-> readout"]),
            ("nothing nudges", ["input -> hidden1", "hidden1 -> hidden2", "hidden2 -> readout"]),
            ("set network.feedback", ["input -> hidden1", "input -> hidden2", "hidden1 <- hidden2", "hidden2 <-> readout"]),
            ("a list of non-empty strings", [""]),
            ("a list of non-empty strings", [3]),
        ):
            with self.assertRaisesRegex(settle.InputError, "network.edges: .*" + words):
                settle.Network({"network.hidden": [5, 4], "network.edges": edges}, 12, 3)


class OfRuns(unittest.TestCase):
    def test_are_those_that_were_trained(self):
        with tempfile.TemporaryDirectory() as scratch:
            run = settle.train({**IDEAL, "device.preset": "ecram", "learning.update": "host", "neuron.offset_mismatch": 0.1},
                               (X, Y, X_TEST, Y_TEST), {"run.epochs": 2}, out=os.path.join(scratch, "run"))
            net = run.network()
            self.assertEqual((net.epoch, net.sizes), (2, {"input": 12, "hidden1": 8, "hidden2": 6, "readout": 3}))
            self.assertAlmostEqual(net.test(X_TEST, Y_TEST)[1], run.accuracy)
            other = run.network({"neuron.offset_mismatch": 0.0})
            self.assertTrue((other.neurons["hidden1"]["offset"] == 0).all())
            self.assertTrue((net.neurons["hidden1"]["offset"] != 0).all())
            self.check_checkpoint(run, net)

    @needs_h5py
    def check_checkpoint(self, run, net):
        import h5py

        with h5py.File(os.path.join(run.folder, "checkpoint.h5")) as file:
            for name, of in net.neurons.items():
                for what, values in of.items():
                    stored = file[f"populations/{name}/neurons/{what}"]
                    np.testing.assert_array_equal(stored[:, 0], values)
                    self.assertIn("meaning", stored.attrs)
            self.assertEqual(file["projections/hidden1_hidden2"].attrs["beta"], 0.1)


if __name__ == "__main__":
    unittest.main()
