"""Small things that the tests share."""
import os
import tempfile
import unittest

import numpy as np
import settle

SOURCE = os.environ.get("SETTLE_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))


def blobs(samples, seed, inputs=12, classes=3):
    """Samples of noisy classes, numbers from 0 to 1, and their labels."""
    random = np.random.default_rng(7)
    centres = random.uniform(0.2, 0.8, (classes, inputs))
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, samples)
    labels[:classes] = range(classes)  # each is there
    x = np.clip(centres[labels] + random.normal(0, 0.1, (samples, inputs)), 0, 1)
    return x, labels


#: Exact devices, neurons and converters, as configs/ideal.toml.
IDEAL = {"network": {"hidden": [8, 6], "beta": 0.1}, "run.batch": 20, "learning.update": "ideal",
         "converter.dac_bits": 0, "converter.adc_bits": 0, "trace.samples": 0}


#: What runs are trained with.
DATA = (*blobs(60, 1), *blobs(30, 2))


class InScratch(unittest.TestCase):
    """Each test works in a folder of its own."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(scratch.name)

    def refused(self, words, call, *arguments, **named):
        """The call is an InputError with these words, and leaves nothing behind."""
        before = all_files()
        with self.assertRaisesRegex(settle.InputError, words) as caught:
            call(*arguments, **named)
        self.assertNotIn("\n", str(caught.exception))
        self.assertEqual(all_files(), before)


def all_files():
    return sorted(os.path.join(folder, name) for folder, folders, names in os.walk(".") for name in folders + names)


def h5py_is_there():
    try:
        import h5py  # noqa: F401
    except ImportError:
        return False
    return True


needs_h5py = unittest.skipUnless(h5py_is_there(), "h5py is missing (Debian: python3-h5py)")
