"""What calls are given, looked at before anything is done."""
from __future__ import annotations

import numbers
import os
from typing import Any

from ._models import InputError


def path_of(value: Any, what: str) -> str:
    """A path that is one wherever it goes: "./-x" instead of "-x", which the program would read as an option."""
    if not isinstance(value, (str, os.PathLike)):
        raise InputError(f"{what}: must be a path, not {type(value).__name__}")
    path = os.fsdecode(value)
    if not path:
        raise InputError(f"{what}: is an empty path; leave it out, or name one")
    if "\0" in path:
        raise InputError(f"{what}: no path has a character NUL: {path!a}")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise InputError(f"{what}: no file can be called {path!a}") from None
    return os.path.join(".", path) if path.startswith("-") else path


def whole_number(value: Any, what: str) -> int:
    if not isinstance(value, numbers.Integral):
        raise InputError(f"{what}: must be a whole number, not {type(value).__name__}")
    return int(value)


def real_number(value: Any, what: str) -> float:
    if not isinstance(value, numbers.Real):
        raise InputError(f"{what}: must be a number, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError:
        raise InputError(f"{what}: is too large a number") from None


def check_function(value: Any, what: str) -> None:
    """Something that can be called, or None."""
    if value is not None and not callable(value):
        raise InputError(f"{what}: must be a function, not {type(value).__name__}")
