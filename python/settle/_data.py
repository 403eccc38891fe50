"""Samples as arrays, written as the IDX files that the program reads."""
from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from ._models import InputError, RunError, real_array


def pixels(x: Any, what: str) -> np.ndarray:
    """Samples x ... as codes of 8 bits: bytes as they are, numbers from 0 to 1 as the nearest code."""
    array = real_array(x, what)
    if array.ndim < 2 or array.ndim > 4 or array.size == 0:
        raise InputError(f"{what}: must be samples x inputs, x height x width, or with channels, not of shape {array.shape}")
    if array.dtype == np.uint8:
        return array
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= 1):
        raise InputError(f"{what}: numbers must be from 0 to 1 (or bytes, of type uint8), but they are from {low} to {high}")
    return np.floor(255 * array.astype(np.float64) + 0.5).astype(np.uint8)


def labels(y: Any, samples: int, what: str) -> np.ndarray:
    """Classes as bytes, one for each sample."""
    array = real_array(y, what)
    if array.shape != (samples,):
        raise InputError(f"{what}: must be {samples} labels, one for each sample, not of shape {array.shape}")
    if not np.all((array >= 0) & (array <= 255) & (array == np.floor(array))):
        raise InputError(f"{what}: labels must be whole numbers from 0 to 255")
    return array.astype(np.uint8)


def _idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(int(n).to_bytes(4, "big") for n in array.shape)
    return header + np.ascontiguousarray(array).tobytes()


def _files(data: Sequence[Any]) -> dict[str, bytes]:
    if not isinstance(data, (tuple, list)) or len(data) != 4:
        raise InputError("data: must be (x, y, x_test, y_test)")
    files = {}
    for part, x, y, name in (("train", data[0], data[1], "x"), ("t10k", data[2], data[3], "x_test")):
        images = pixels(x, f"data: {name}")
        classes = labels(y, len(images), f"data: {name.replace('x', 'y')}")
        files[f"{part}-images-idx3-ubyte"] = _idx(images)
        files[f"{part}-labels-idx1-ubyte"] = _idx(classes)
    return files


@contextmanager
def written(data: Sequence[Any], parent: str) -> Iterator[str]:
    """The folder of `parent` that has (x, y, x_test, y_test), and is called after its contents.

    Equal data are written once. What had to be made is removed again where what is done with it is an InputError.
    """
    files = _files(data)
    digest = hashlib.sha256()
    for content in files.values():
        digest.update(hashlib.sha256(content).digest())
    folder = os.path.join(os.path.abspath(parent), "data-" + digest.hexdigest()[:16])
    parents = _missing_parents(folder)
    mark = None
    try:
        mark = _write(folder, files)
        yield folder
    except InputError:
        _remove(folder, mark, parents)
        raise


def _missing_parents(folder: str) -> list[str]:
    """The folders that have to be made for it, the innermost first."""
    missing = []
    while (parent := os.path.dirname(folder)) != folder and not os.path.lexists(parent):
        missing.append(parent)
        folder = parent
    return missing


def _write(folder: str, files: Mapping[str, bytes]) -> int | None:
    """Sees to it that a folder has these files; its time where it had to be made, by which _remove() knows it."""
    parent = os.path.dirname(folder)
    try:
        os.makedirs(parent, exist_ok=True)
    except OSError as error:
        raise InputError(f"{parent}: cannot write there ({error.strerror}); choose another folder with out") from None
    try:
        if not os.path.isdir(folder):
            return _write_new(folder, files)
        with suppress(OSError):
            os.utime(folder)  # it is of use to more than who has made it
        _mend(folder, files)
        return None
    except OSError as error:
        raise RunError(f"{folder}: the data cannot be written ({error.strerror})") from None


def _write_new(folder: str, files: Mapping[str, bytes]) -> int | None:
    aside = tempfile.mkdtemp(prefix=".data-", dir=os.path.dirname(folder))
    try:
        os.chmod(aside, 0o755)
        for name, content in files.items():
            _write_file(os.path.join(aside, name), content)
        mark = time.time_ns()
        os.utime(aside, ns=(mark, mark))
        os.rename(aside, folder)
        return os.stat(folder).st_mtime_ns
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        if not os.path.isdir(folder):  # or another process has written it meanwhile
            raise
    _mend(folder, files)
    return None


def _mend(folder: str, files: Mapping[str, bytes]) -> None:
    """Writes those anew that are not what the folder is called after: they were changed, or are damaged."""
    for name, content in files.items():
        path = os.path.join(folder, name)
        if _read(path) == content:
            continue
        handle, aside = tempfile.mkstemp(prefix=".", dir=folder)
        os.close(handle)
        try:
            os.chmod(aside, 0o644)
            _write_file(aside, content)
            os.replace(aside, path)
        except OSError:
            os.remove(aside)
            raise


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _write_file(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


def _remove(folder: str, mark: int | None, parents: Sequence[str]) -> None:
    """Removes what was made, unless somebody else uses it by now."""
    with suppress(OSError):
        if mark is not None and os.stat(folder).st_mtime_ns == mark:
            shutil.rmtree(folder)
        for parent in parents:
            os.rmdir(parent)
