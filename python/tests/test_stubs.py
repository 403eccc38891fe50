"""The stubs of the extension module have what it has, and everything public is explained."""
import ast
import inspect
import os
import unittest

import settle
from samples import SOURCE
from settle import _models


def stubs():
    with open(os.path.join(SOURCE, "python", "settle", "_models.pyi"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    return {node.name: {each.name for each in getattr(node, "body", []) if isinstance(each, ast.FunctionDef)}
            for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}


class Stubs(unittest.TestCase):
    def test_have_what_the_module_has(self):
        public = {name: of for name, of in vars(_models).items() if not name.startswith("_")}
        self.assertEqual(set(public), set(stubs()))
        for name, of in public.items():
            if inspect.isclass(of) and not issubclass(of, Exception):
                members = {each for each in vars(of) if not each.startswith("_")} | {"__init__"}
                self.assertEqual(members, stubs()[name], name)

    def test_everything_public_is_explained(self):
        for name in settle.__all__:
            of = getattr(settle, name)
            self.assertGreater(len(of.__doc__ or ""), 30, name)
            if inspect.isclass(of):
                for member, value in vars(of).items():
                    if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                        self.assertTrue(value.__doc__, f"{name}.{member}")


if __name__ == "__main__":
    unittest.main()
