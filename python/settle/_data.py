"""Samples as arrays, written as the IDX files that the program reads."""
from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._models import InputError


def pixels(x: Any, what: str) -> np.ndarray:
    """Samples x ... as codes of 8 bits: bytes as they are, numbers from 0 to 1 as the nearest code."""
    array = np.asarray(x)
    if array.ndim < 2 or array.ndim > 4 or array.size == 0:
        raise InputError(f"{what}: must be samples x inputs, x height x width, or with channels, not of shape {array.shape}")
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind not in "biuf":
        raise InputError(f"{what}: must be an array of real numbers, not of type {array.dtype}")
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= 1):
        raise InputError(f"{what}: numbers must be from 0 to 1 (or bytes, of type uint8), but they are from {low} to {high}")
    return np.floor(255 * array.astype(np.float64) + 0.5).astype(np.uint8)


def labels(y: Any, samples: int, what: str) -> np.ndarray:
    """Classes as bytes, one for each sample."""
    array = np.asarray(y)
    if array.shape != (samples,) or array.dtype.kind not in "biuf":
        raise InputError(f"{what}: must be {samples} labels, one for each sample, not of shape {array.shape} and type {array.dtype}")
    if not np.all((array >= 0) & (array <= 255) & (array == np.floor(array))):
        raise InputError(f"{what}: labels must be whole numbers from 0 to 255")
    return array.astype(np.uint8)


def _idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(int(n).to_bytes(4, "big") for n in array.shape)
    return header + np.ascontiguousarray(array).tobytes()


def write(data: Sequence[Any], parent: str) -> str:
    """Writes (x, y, x_test, y_test) into a folder of `parent` that is called after its contents; returns its path.

    Equal data are written once.
    """
    if not isinstance(data, (tuple, list)) or len(data) != 4:
        raise InputError("data: must be (x, y, x_test, y_test)")
    files = {}
    for part, x, y, name in (("train", data[0], data[1], "x"), ("t10k", data[2], data[3], "x_test")):
        images = pixels(x, f"data: {name}")
        classes = labels(y, len(images), f"data: {name.replace('x', 'y')}")
        files[f"{part}-images-idx3-ubyte"] = _idx(images)
        files[f"{part}-labels-idx1-ubyte"] = _idx(classes)
    digest = hashlib.sha256()
    for content in files.values():
        digest.update(hashlib.sha256(content).digest())
    folder = os.path.join(os.path.abspath(parent), "data-" + digest.hexdigest()[:16])
    if os.path.isdir(folder):
        return folder
    os.makedirs(parent, exist_ok=True)
    aside = tempfile.mkdtemp(prefix=".data-", dir=parent)
    os.chmod(aside, 0o755)
    for name, content in files.items():
        with open(os.path.join(aside, name), "wb") as file:
            file.write(content)
    try:
        os.rename(aside, folder)
    except OSError:  # another process has written it meanwhile
        shutil.rmtree(aside)
        if not os.path.isdir(folder):
            raise
    return folder
