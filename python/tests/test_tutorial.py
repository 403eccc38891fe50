"""The code of docs/python.md runs as it stands, from top to bottom."""
import os
import re
import tempfile
import tomllib
import unittest

import settle
from samples import SOURCE


class Tutorial(unittest.TestCase):
    def test_runs(self):
        with open(os.path.join(SOURCE, "docs", "python.md"), encoding="utf-8") as file:
            text = file.read()
        blocks = re.findall(r"```python\n(.*?)```", text, re.S)
        self.assertGreaterEqual(len(blocks), 3)
        self.addCleanup(os.chdir, os.getcwd())
        with tempfile.TemporaryDirectory() as scratch:
            os.chdir(scratch)
            names = {}
            for block in blocks:
                exec(compile(block, "docs/python.md", "exec"), names)
            os.chdir(os.path.dirname(scratch))
        self.assertEqual(names["table"].rows, 2)
        for block in re.findall(r"```toml\n(.*?)```", text, re.S):
            settle.Network(tomllib.loads(block))


if __name__ == "__main__":
    unittest.main()
