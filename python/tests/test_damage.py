"""Files of a run that are not as it has left them: nothing of them is believed, and each is called by its name."""
import os
import shutil
import unittest

import settle
from samples import DATA, IDEAL, InScratch


def change(path, how):
    with open(path, "rb") as file:
        text = file.read()
    changed = how(text)
    assert changed != text, path
    with open(path, "wb") as file:
        file.write(changed)


class Damage(InScratch):
    def setUp(self):
        super().setUp()
        self.run_ = settle.train(IDEAL, DATA, {"run.epochs": 2}, out="run")

    def damaged(self, name, how, sums=True):
        """A copy of the run with another file in it; without sums nothing but its form tells."""
        shutil.rmtree("copy", ignore_errors=True)
        shutil.copytree("run", "copy")
        change(os.path.join("copy", name), how)
        if not sums:
            os.remove("copy/files.sha256")
        return settle.Run("copy")

    def test_a_whole_copy_is_believed(self):
        shutil.copytree("run", "copy")
        self.assertEqual(settle.Run("copy").accuracy, self.run_.accuracy)
        os.remove("copy/files.sha256")
        self.assertEqual(settle.Run("copy").summary, self.run_.summary)

    def test_changed_files_are_refused(self):
        one_digit = lambda text: text[:-2] + (b"1" if text[-2:-1] != b"1" else b"2") + text[-1:]
        for name, ask in (("metrics.csv", lambda run: run.metrics), ("metrics.csv", lambda run: run.accuracy),
                          ("costs.csv", lambda run: run.costs), ("histograms.csv", lambda run: run.histograms),
                          ("summary.json", lambda run: run.summary), ("summary.json", lambda run: run.confusion)):
            run = self.damaged(name, one_digit if name.endswith("csv") else lambda text: text.replace(b"3", b"4"))
            self.refused(f"copy/{name}: is damaged or was changed", ask, run)

    def test_other_files_play_no_part(self):
        run = self.damaged("costs.csv", lambda text: text + b" ")
        self.assertEqual(run.accuracy, self.run_.accuracy)

    def test_damaged_sums_are_refused(self):
        run = self.damaged("files.sha256", lambda text: text[:100])
        self.refused("files.sha256: is damaged; remove it", lambda: run.metrics)

    def test_an_edited_configuration_is_noted(self):
        run = self.damaged("config.toml", lambda text: text + b"# mine\n")
        with self.assertWarnsRegex(UserWarning, "copy/config.toml: is not as the run has left it"):
            self.assertEqual(run.config, self.run_.config)

    def test_tables_must_have_their_form(self):
        header = lambda text: text.split(b"\n")[0] + b"\n"
        for words, how in (("row 2 has .* fields", lambda text: text[:-20]),
                           ("row 2 has .* fields", lambda text: text[:-1] + b",1\n"),
                           ("has no columns", lambda text: b""),
                           ("is no text", lambda text: b"\xff" + text),
                           ("has two columns of one name", lambda text: text.replace(b"train_loss", b"test_loss"))):
            run = self.damaged("metrics.csv", how, sums=False)
            self.refused("copy/metrics.csv: " + words, lambda: run.metrics)
            self.refused("copy/metrics.csv: " + words, lambda: run.accuracy)
        for how in (header, lambda text: text.replace(b"test_accuracy", b"nonesuch"),
                    lambda text: header(text) + b",".join([b"x"] * len(header(text).split(b","))) + b"\n"):
            run = self.damaged("metrics.csv", how, sums=False)
            self.refused("copy/metrics.csv: has no test_accuracy", lambda: run.accuracy)

    def test_texts_must_have_their_form(self):
        for how in (lambda text: text[:100], lambda text: b"", lambda text: b"[1]", lambda text: b"\xff" + text,
                    lambda text: b"[" * 100000):
            run = self.damaged("summary.json", how, sums=False)
            self.refused("copy/summary.json: is no", lambda: run.summary)
            self.refused("copy/summary.json: is no", lambda: run.confusion)
        run = self.damaged("summary.json", lambda text: b"{}", sums=False)
        self.refused("copy/summary.json: has no confusion", lambda: run.confusion)
        for how in (lambda text: text + b"x =", lambda text: b"\xff" + text):
            run = self.damaged("config.toml", how, sums=False)
            self.refused("copy/config.toml: is no", lambda: run.config)


if __name__ == "__main__":
    unittest.main()
