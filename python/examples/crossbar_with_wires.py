"""For circuit designers: a crossbar of ECRAM devices that is written by pulses and read through wires.

    python3 crossbar_with_wires.py
"""
import numpy as np
import settle

OHM = 5.0  # of a segment of wire, between two cells
SIZE = 64


def main():
    config = {"device.preset": "ecram", "crossbar.mapping": "pair", "wire.r_segment_ohm": OHM,
              "crossbar.tile_word_lines": 0, "crossbar.tile_bit_lines": 0}
    array = settle.Crossbar((SIZE, SIZE), config)
    random = np.random.default_rng(1)

    # write by pulses: as many as the wanted weights are steps
    wanted = random.uniform(-0.2, 0.2, (SIZE, SIZE))
    sent = array.pulse(np.rint(wanted / array.weight_step))
    array.solve_wires()
    error = np.sqrt(np.mean((array.weights - wanted) ** 2)) / np.sqrt(np.mean(wanted**2))
    print(f"{sent['pulses']:.0f} pulses: weights off by {100 * error:.1f} % rms (steps spread, and are not linear)")

    # read forwards and transposed: currents of what devices conduct minus what is subtracted
    volts = random.uniform(0, 0.1, SIZE)
    forward = array.currents(volts)
    through = (array.device_siemens.astype(float) - array.subtracted_siemens) @ volts
    loss = np.sqrt(np.mean((forward - through) ** 2) / np.mean(through**2))
    print(f"wires of {OHM} ohm a cell change the sums by {100 * loss:.1f} % rms")
    backward = array.currents(volts, transposed=True)
    assert forward.shape == backward.shape == (SIZE,)

    # one plane of devices by Kirchhoff's laws: where the voltage goes
    solver = settle.WireSolver(array.device_siemens.T, OHM)
    nodes = solver.solve(np.full(SIZE, 0.1))
    across = nodes["word"] - nodes["bit"]
    print(f"at 100 mV a device sees {1e3 * across.max():.1f} to {1e3 * across.min():.1f} mV; "
          f"{1e6 * nodes['source_current'].sum():.0f} uA flow")
    np.testing.assert_allclose(nodes["source_current"].sum(), nodes["sense_current"].sum(), rtol=1e-6)
    np.testing.assert_allclose(solver.read(np.full(SIZE, 0.1)), nodes["sense_current"], rtol=1e-6)
    assert 0.001 < loss < 0.5 and across.min() < 0.099

    # a day later: what drift leaves
    drifting = settle.Crossbar((SIZE, SIZE), {"device.preset": "ecram", "device.drift_nu": 0.02})
    drifting.set_weights(wanted)
    drifting.elapse(86400)
    kept = np.sum(drifting.effective * wanted) / np.sum(wanted**2)
    print(f"after a day of drift {100 * kept:.0f} % of the weights are left")


if __name__ == "__main__":
    main()
