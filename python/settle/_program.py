"""The program `settle` in a child process: SystemC simulates once in a process."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import IO

from ._models import InputError, RunError

EXIT_BAD_INPUT, EXIT_INTERRUPTED = 2, 130


class Interrupted(KeyboardInterrupt):
    """A run was interrupted, and has saved what it had: settle.train(resume=...) goes on.

    folder: of the run; None where it had not begun.
    """

    def __init__(self, text: str, folder: str | None = None):
        super().__init__(text)
        self.folder = folder


def program() -> str:
    """The program's path: $SETTLE_PROGRAM, or what was built or installed with this package, or what the PATH has."""
    wanted = os.environ.get("SETTLE_PROGRAM")
    if wanted:
        return wanted
    package = os.path.dirname(os.path.abspath(__file__))
    built = os.path.join(package, "..", "..", "bin", "settle")
    installed = os.path.join(package, "..", "..", "..", "..", "bin", "settle")
    for path in (built, installed):
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return os.path.normpath(path)
    found = shutil.which("settle")
    if found is None:
        raise RunError("the program settle is not found: build it, or set SETTLE_PROGRAM to its path")
    return found


def message_of(error_text: str) -> str:
    """What the program says is wrong: its last lines, without its name and without notes and progress."""
    lines = error_text.rstrip().splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("settle: ")]
    if not starts:
        return lines[-1] if lines else "the program has ended without a word"
    return "\n".join(lines[starts[-1]:]).removeprefix("settle: ")


def run(words: Sequence[str], on_error_line: Callable[[str], None] | None = None) -> str:
    """Runs `settle WORDS` to its end, and returns what it printed.

    on_error_line gets each line of its standard error as it comes. InputError, RunError or Interrupted, with the
    program's text, as it exits. A first Ctrl-C asks it to save and to end; a second one ends it at once.
    """
    try:
        # a process group of its own: Ctrl-C comes to Python alone, which passes it on once
        child = subprocess.Popen([program(), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", process_group=0)
    except ValueError as error:  # a word that no program can be given: with NUL, or no text
        raise InputError(f"settle {words[0]}: {error}") from None
    except OSError as error:
        raise RunError(f"the program settle cannot be run: {error}") from None
    stdout, stderr = child.stdout, child.stderr
    assert stdout is not None and stderr is not None
    out: list[str] = []
    reader = threading.Thread(target=_read_into, args=(out, stdout), daemon=True)
    reader.start()
    errors: list[str] = []
    failure: BaseException | None = None
    while True:
        try:
            for line in stderr:
                errors.append(line)
                if on_error_line is not None and failure is None:
                    on_error_line(line.rstrip("\n"))
            child.wait()
            break
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
        except BaseException as error:  # of the caller's function: the run ends, too, and then it is raised
            failure = error
            child.send_signal(signal.SIGINT)
    reader.join()
    stdout.close()
    stderr.close()
    if failure is not None:
        raise failure
    _raise_for(child.returncode, "".join(errors), words)
    return out[0]


def _read_into(texts: list[str], stream: IO[str]) -> None:
    texts.append(stream.read())


def _raise_for(status: int, errors: str, words: Sequence[str]) -> None:
    if status == 0:
        return
    text = message_of(errors)
    if status == EXIT_BAD_INPUT:
        raise InputError(text)
    if status in (EXIT_INTERRUPTED, -signal.SIGINT):
        raise Interrupted(text)
    if status < 0:
        raise RunError(f"settle {words[0]} was ended by {signal.Signals(-status).name}: {text}")
    raise RunError(text)
