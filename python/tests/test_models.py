"""Devices, crossbars and wires from Python: held against NumPy, and against what cannot be meant."""
import threading
import unittest

import numpy as np
import settle

PAIR = {"device.preset": "ecram", "crossbar.mapping": "pair"}


class Devices(unittest.TestCase):
    def test_move_by_pulses(self):
        devices = settle.DeviceArray((40, 30), "ecram")
        self.assertEqual((devices.shape, devices.preset), ((40, 30), "ecram"))
        self.assertTrue((devices.state == 0).all())
        counts = np.zeros((40, 30))
        counts[:20] = 5
        counts[20:30] = -5
        sums = devices.pulse(counts)
        self.assertEqual(sums["pulses"], 30 * 30 * 5)
        state = devices.state
        self.assertTrue((state[:20].mean() > 0) and (state[20:30].mean() < 0) and (state[30:] == 0).all())
        cells = devices.cells
        self.assertTrue((state <= cells["upper"]).all() and (state >= cells["lower"]).all())
        self.assertAlmostEqual(state[:20].mean(), 5 * cells["up"][:20].mean(), delta=0.1 * state[:20].mean())

    def test_repeat_with_the_seed(self):
        def end(seed):
            devices = settle.DeviceArray((5, 4), "reram-es", seed=seed)
            for _ in range(3):
                devices.pulse(np.full((5, 4), 3))
            return devices.state

        np.testing.assert_array_equal(end(1), end(1))
        self.assertTrue((end(1) != end(2)).any())

    def test_take_numbers_of_a_configuration(self):
        devices = settle.DeviceArray((2, 2), "ecram", {"device.dtod": 0.0, "device.ctoc": 0.0, "device.dw_min": 0.01,
                                                       "device.gamma_up": 0.0, "device.gamma_down": 0.0})
        devices.pulse(np.ones((2, 2)))
        np.testing.assert_allclose(devices.state, 0.01, rtol=0.2)

    def test_are_set_added_to_leak_and_are_reset(self):
        devices = settle.DeviceArray((2, 3), "pcm-pair")
        self.assertTrue((devices.cells["lower"] >= 0).all())
        devices.set_state(np.full((2, 3), 0.5))
        np.testing.assert_allclose(devices.state, 0.5)
        devices.add([[0.1, 0, 0], [0, 0, 0]])
        np.testing.assert_allclose(devices.state[0], [0.6, 0.5, 0.5])
        devices.decay(0.5)
        np.testing.assert_allclose(devices.state[0], [0.3, 0.25, 0.25])
        devices.reset([[1, 0, 0], [0, 0, 0]])
        self.assertLess(devices.state[0, 0], 0.3)
        np.testing.assert_allclose(devices.state[0, 1:], 0.25)

    def test_refuse(self):
        devices = settle.DeviceArray((2, 3), "ecram")
        for words, call in (
            ("must be 2 x 3, not 3 x 2", lambda: devices.pulse(np.zeros((3, 2)))),
            ("must be a matrix", lambda: devices.pulse([1, 2, 3])),
            ("whole numbers", lambda: devices.pulse(np.full((2, 3), 0.5))),
            ("whole numbers", lambda: devices.pulse(np.full((2, 3), 1e9))),
            ("counts: has masked", lambda: devices.pulse(np.ma.masked_array(np.ones((2, 3)), np.eye(2, 3)))),
            ("counts: has masked", lambda: devices.pulse([np.ma.masked_array([1, 1, 1], [0, 1, 0]), [1, 1, 1]])),
            ("which: has masked", lambda: devices.reset(np.ma.masked_array(np.ones((2, 3)), np.eye(2, 3)))),
            ("is nan", lambda: devices.pulse(np.full((2, 3), np.nan))),
            ("is inf", lambda: devices.set_state(np.full((2, 3), np.inf))),
            ("real numbers", lambda: devices.set_state(np.full((2, 3), "a"))),
            ("real numbers", lambda: devices.set_state(np.full((2, 3), 1j))),
            ("array of", lambda: devices.set_state([[1, 2, 3], [4]])),
            ("beyond 3.4e38", lambda: devices.set_state(np.full((2, 3), 1e300))),
            ("from 0 to 1", lambda: devices.decay(-1)),
            ("from 0 to 1", lambda: devices.decay(float("nan"))),
            ("there is no device called nonesuch; there are .*ecram", lambda: settle.DeviceArray((2, 3), "nonesuch")),
            ("exact device takes none", lambda: settle.DeviceArray((2, 3)).pulse(np.zeros((2, 3)))),
            ("from 1 to 65536", lambda: settle.DeviceArray((0, 3), "ecram")),
            ("from 1 to 65536", lambda: settle.DeviceArray((-1, 3), "ecram")),
            ("from 1 to 65536", lambda: settle.DeviceArray(3, "ecram")),
            ("from 1 to 65536", lambda: settle.DeviceArray((2.5, 3), "ecram")),
            ("GB of memory", lambda: settle.DeviceArray((65536, 65536), "ecram")),
            ("device.dw_min: must be", lambda: settle.DeviceArray((2, 3), "ecram", {"device.dw_min": -1})),
        ):
            with self.assertRaisesRegex(settle.InputError, words):
                call()
        self.assertTrue(issubclass(settle.InputError, ValueError) and issubclass(settle.RunError, RuntimeError))
        self.assertTrue((devices.state == 0).all(), "nothing of it was done")
        for wrong in (lambda: devices.pulse(), lambda: devices.decay("a"), lambda: settle.DeviceArray((2, 3), seed=-1)):
            with self.assertRaises(TypeError):
                wrong()


class Crossbars(unittest.TestCase):
    def test_read_from_both_sides(self):
        random = np.random.default_rng(1)
        array = settle.Crossbar((5, 7))
        weights = random.normal(0, 0.3, (5, 7)).astype(np.float32)
        array.set_weights(weights)
        np.testing.assert_allclose(array.weights, weights)
        x, e = random.uniform(-1, 1, (4, 7)), random.uniform(-1, 1, (4, 5))
        np.testing.assert_allclose(array.read(x), x @ weights.T, atol=1e-6)
        np.testing.assert_allclose(array.read(e, transposed=True), e @ weights, atol=1e-6)
        np.testing.assert_allclose(array.read(x[0]), weights @ x[0], atol=1e-6)
        self.assertEqual(array.read(x[0]).shape, (5,))

    def test_currents_are_those_of_their_conductances(self):
        array = settle.Crossbar((5, 7), PAIR)
        array.set_weights(np.random.default_rng(1).normal(0, 0.1, (5, 7)))
        volts = np.linspace(0, 0.1, 7)
        siemens = array.device_siemens.astype(float) - array.subtracted_siemens
        np.testing.assert_allclose(array.currents(volts), siemens @ volts, rtol=1e-4, atol=1e-12)
        np.testing.assert_allclose(array.effective, siemens * array.weight_per_siemens, rtol=1e-4, atol=1e-6)

    def test_wires_take_their_part(self):
        wired = {**PAIR, "wire.r_segment_ohm": 20.0, "crossbar.tile_word_lines": 0, "crossbar.tile_bit_lines": 0}
        plain, wires = settle.Crossbar((16, 16), PAIR), settle.Crossbar((16, 16), wired)
        weights = np.full((16, 16), 0.1)
        plain.set_weights(weights)
        wires.set_weights(weights)
        x = np.ones(16)
        share = wires.read(x) / plain.read(x)
        self.assertTrue((np.diff(share) < 0).all(), "a bit line loses more the farther it is")
        self.assertTrue(0.5 < share[-1] < 0.9)
        np.testing.assert_allclose(wires.weights, plain.weights)

    def test_learn_by_pulses_read_with_noise_and_drift(self):
        array = settle.Crossbar((4, 3), {**PAIR, "device.read_noise": 0.01, "device.drift_nu": 0.05})
        before = array.weights
        array.pulse(np.full((4, 3), 10))
        self.assertTrue((array.weights > before).all())
        np.testing.assert_allclose((array.weights - before).mean(), 10 * array.weight_step, rtol=0.3)
        x = np.ones(3)
        self.assertTrue((array.read(x, noise=True) != array.read(x, noise=True)).any())
        np.testing.assert_array_equal(array.read(x), array.read(x))
        array.add(np.full((4, 3), 0.05))
        before = array.device_siemens
        array.elapse(1e6)
        self.assertTrue((array.device_siemens < before).all())

    def test_refuse(self):
        array = settle.Crossbar((4, 3), PAIR)
        for words, call in (
            ("must be samples x 3, or one sample of 3, not 4", lambda: array.read(np.ones(4))),
            ("must be samples x 4", lambda: array.read(np.ones((2, 3)), transposed=True)),
            ("is nan", lambda: array.read([1, 2, np.nan])),
            ("must be samples x 3", lambda: array.read(np.ones((0, 3)))),
            ("must be samples x 3", lambda: array.read(np.ones((2, 2, 3)))),
            ("must be 4 x 3, not 3 x 4", lambda: array.set_weights(np.zeros((3, 4)))),
            ("must be 4 x 3", lambda: array.pulse(np.zeros((3, 4)))),
            ("whole numbers", lambda: array.pulse(np.full((4, 3), 1.5))),
            ("must be 4 x 3", lambda: array.add(np.zeros((1, 1)))),
            ("must be from 0", lambda: array.elapse(-1)),
            ("must be from 0", lambda: array.elapse(float("nan"))),
            ("exact device takes none", lambda: settle.Crossbar((4, 3)).pulse(np.zeros((4, 3)))),
            ("pulses move pcm-pair up alone", lambda: settle.Crossbar((4, 3), {"device.preset": "pcm-pair"})),
        ):
            with self.assertRaisesRegex(settle.InputError, words):
                call()

    def test_belong_to_one_thread_at_a_time(self):
        array = settle.Crossbar((300, 300), PAIR)
        failures = []

        def work():
            for _ in range(20):
                try:
                    array.pulse(np.ones((300, 300)))
                except settle.RunError as error:
                    failures.append(str(error))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(all("another thread" in text for text in failures))
        self.assertTrue(np.isfinite(array.weights).all())


class Wires(unittest.TestCase):
    def test_obey_kirchhoff(self):
        siemens = np.random.default_rng(1).uniform(1e-6, 1e-4, (6, 5))
        solver = settle.WireSolver(siemens, r_segment_ohm=10, r_source_ohm=100, r_sense_ohm=50)
        volts = np.linspace(0.1, 0.3, 6)
        all_of_it = solver.solve(volts)
        np.testing.assert_allclose(all_of_it["sense_current"], solver.read(volts), rtol=1e-9)
        np.testing.assert_allclose(all_of_it["source_current"].sum(), all_of_it["sense_current"].sum(), rtol=1e-9)
        through = siemens * (all_of_it["word"] - all_of_it["bit"])
        np.testing.assert_allclose(through.sum(axis=0), all_of_it["sense_current"], rtol=1e-8)
        np.testing.assert_allclose(through.sum(axis=1), all_of_it["source_current"], rtol=1e-8)

    def test_are_reciprocal_and_vanish_without_resistance(self):
        siemens = np.random.default_rng(1).uniform(1e-6, 1e-4, (6, 5))
        solver = settle.WireSolver(siemens, 10, 100, 50)
        forward = solver.read(np.eye(6))
        np.testing.assert_allclose(solver.read(np.eye(5), transposed=True).T, forward, rtol=1e-8)
        self.assertTrue((forward < siemens).all())
        np.testing.assert_allclose(settle.WireSolver(siemens).read(np.eye(6)), siemens, rtol=1e-12)

    def test_refuse(self):
        solver = settle.WireSolver(np.ones((3, 2)) * 1e-6, 1.0)
        for call in (
            lambda: settle.WireSolver(-np.ones((3, 2))),
            lambda: settle.WireSolver(np.ones((3, 2)), -1),
            lambda: settle.WireSolver(np.ones((3, 2)), float("nan")),
            lambda: settle.WireSolver(np.ones(3)),
            lambda: settle.WireSolver(np.ones((0, 2))),
            lambda: solver.read(np.ones(2)),
            lambda: solver.read(np.ones(3), transposed=True),
            lambda: solver.solve(np.ones((2, 3))),
            lambda: solver.solve([1, np.inf, 1]),
            lambda: solver.read(np.full(3, 1e308)),
            lambda: solver.solve([1, 1e31, 1]),
        ):
            with self.assertRaises(settle.InputError):
                call()


if __name__ == "__main__":
    unittest.main()
