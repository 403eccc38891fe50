"""Runs a script that needs NumPy; where it is missing, says so and asks ctest to count the test as skipped."""
import importlib.util
import os
import runpy
import sys

SKIPPED = 77

if importlib.util.find_spec("numpy") is None:
    print(f"skipped: {sys.executable} has no NumPy (Debian: python3-numpy)")
    sys.exit(SKIPPED)
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
