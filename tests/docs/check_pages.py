"""The pages of the documentation name only what exists.

    check_pages.py SETTLE SOURCE

SETTLE is the program, SOURCE the top of the source tree. Of README.md, CONTRIBUTING.md, CHANGELOG.md and every page of docs/
it checks

- lines that a merge has left (<<<<<<<);
- links to files of the tree, and to headings of pages (anchors);
- files that text in backquotes names (`models/chip/write_plan.h`), and files and folders in commands;
- keys (`network.beta`), in backquotes and after --set, and values that are one of a few words, against `settle config`;
- sweeps that are written out (TOML blocks with a base), as `settle sweep --list` checks them;
- C++ that is shown, against the source file that the page links to;
- commands and options (`settle eval RUN --states 100`) against `settle help`;
- tests (`LoopNoise.*`), classes (`PulseProgrammer`) and their members (`Chip::nudge`) against the sources.

Before that it checks itself: a page with one fault of each kind must give one finding for each.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

FAULTY_PAGE = """
# One heading

[a file](docs/no-such-page.md), [a heading](#no-such-heading), [of another page](README.md#no-such-heading)
`models/no_such_file.h`, `network.no_such_key`, `learning.nudging = "no-such"`, `settle no-such-command`,
`NoSuchSuite.NoSuchTest`, `NoSuchClass`, `Chip::no_such_member`

```sh
settle train configs/no-such.toml
settle train configs/default.toml --no-such-option --set chip.no_such_key=1
```

```toml
base = "configs/default.toml"
[grid]
network.no_such_key = [1, 2]
```

<<<<<<< HEAD
All of [testbenches/tb_own_adc.cpp](testbenches/tb_own_adc.cpp):
```cpp
int no_such_line;
```
"""
FINDINGS_OF_FAULTY_PAGE = 16
FOLDERS = "models|hw|src|docs|configs|tests|scripts|python|testbenches|benchmarks|cmake"


class Tree:
    """What the program and the sources have: keys, commands with their options, tests, members, headings of pages."""

    def __init__(self, settle, source):
        self.source = source
        self._settle = settle
        self._options = {}
        self._headings = {}
        self.keys = self._read_keys()  # with the words that a key's value is one of, or none where it is another value
        self.sections = {key.split(".")[0] for key in self.keys}
        self.commands = set(re.findall(r"^  ([a-z]+)  ", self._run("help"), re.M))
        sources = [path for folder in ("models", "hw", "src", "python", "tests", "testbenches")
                   for path in glob.glob(f"{source}/{folder}/**/*", recursive=True) if path.endswith((".cpp", ".h", ".py"))
                   and not path.endswith(os.path.basename(__file__))]
        code = "\n".join(read(path) for path in sources)
        self.words = set(re.findall(r"\w+", code))
        self.tests = {f"{suite}.{name}" for suite, name in re.findall(r"\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)", code)}

    def refusal_of_sweep(self, text):
        """What the program says against a sweep, on one of our configurations; empty: nothing."""
        base = re.search(r'^base = "(?:.*/)?(.*)"', text, re.M)[1]
        base = base if self.exists(f"configs/{base}") else "default.toml"
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/sweep.toml", "w", encoding="utf-8") as file:
                file.write(re.sub(r"^base = .*", f'base = "{os.path.abspath(self.source)}/configs/{base}"', text, flags=re.M))
            run = subprocess.run([os.path.abspath(self._settle), "sweep", "sweep.toml", "--list"], cwd=folder,
                                 capture_output=True, text=True)
        return run.stderr if run.returncode else ""

    def exists(self, path):
        return bool(glob.glob(os.path.join(self.source, path)))

    def options(self, command):
        if command not in self._options:
            self._options[command] = set(re.findall(r"^\s+(?:-h,)?(--[\w-]+)", self._run("help", command), re.M))
        return self._options[command]

    def headings(self, page):
        """The anchors of a page's headings, as GitHub makes them."""
        if page not in self._headings:
            titles = re.findall(r"^#+ (.*)$", without_blocks(read(os.path.join(self.source, page))), re.M)
            self._headings[page] = {anchor(title) for title in titles}
        return self._headings[page]

    def _read_keys(self):
        keys, section, allowed = {}, "", []
        for line in self._run("config").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line.startswith("# "):
                allowed = line[len("# one of "):].split(", ") if line.startswith("# one of ") else []
            elif re.match(r"\w+ = ", line):
                keys[f"{section}.{line.split(' ')[0]}"] = allowed
        return keys

    def _run(self, *arguments):
        return subprocess.run([self._settle, *arguments], capture_output=True, text=True, check=True).stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def without_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def anchor(title):
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def shell_lines(text):
    """The lines that are commands: in blocks of no language or of a shell's, and in paragraphs that are indented by four."""
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.M | re.S)
    blocks += re.findall(r"(?:^    .*\n)+", without_blocks(text), re.M)
    for block in blocks:
        for line in block.replace("\\\n", " ").splitlines():
            yield line.split("#")[0] if not re.search(r"['\"].*#", line) else line


def findings(tree, page, text):
    """What the page names that does not exist, a line each."""
    prose = without_blocks(text)
    quoted = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose)
    lines = list(shell_lines(text))
    checks = [check_links(tree, page, prose), check_files(tree, page, quoted, lines), check_keys(tree, quoted, text),
              check_commands(tree, quoted + lines), check_code(tree, quoted), check_sweeps(tree, text),
              check_shown_code(tree, page, text), check_merged(text)]
    return [f"{page}: {finding}" for found in checks for finding in found]


def check_links(tree, page, prose):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"\w+:", target):
            continue  # another site
        path, _, heading = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if not tree.exists(path):
            yield f"link to a file that is not there: {target}"
        elif heading and heading not in tree.headings(path):
            yield f"link to a heading that is not there: {target}"


def check_merged(text):
    for line in re.findall(r"^(?:<{7}|>{7}) .*", text, re.M):
        yield f"line that a merge has left: {line}"


def check_files(tree, page, quoted, lines):
    named = [word for text in quoted for word in re.findall(rf"^(?:{FOLDERS})/[\w./*-]*$", text)]
    named += [word for line in lines if re.match(r"\s*(settle|scripts|docs)\b", line)
              for word in re.findall(rf"(?<![\w/.$'=])(?:{FOLDERS})/[\w./-]*\w", line)]
    for path in named:
        if "NAME" in path or "..." in path:
            continue  # stands for many
        if not any(tree.exists(os.path.join(folder, path.rstrip(".") + end)) for folder in ("", os.path.dirname(page))
                   for end in ("", ".h")):
            yield f"file that is not there: {path}"


def check_keys(tree, quoted, text):
    key = rf"({'|'.join(sorted(tree.sections))})\.([a-z]\w*)(?![\w/.])"
    named = [match for word in quoted for match in re.findall(rf'^{key}(?: = "([\w-]+)")?', word)]
    named += re.findall(rf"--set\s+['\"]?{key}=(?:([a-z][\w-]*)(?!\w|[./]))?", text)
    for section, name, value in named:
        name = f"{section}.{name}"
        if name in ("trace.vcd", "trace.fst", "trace.gtkw"):
            continue  # files
        if name not in tree.keys and not name.endswith("_"):
            yield f"key that is not there: {name}"
        elif value and tree.keys.get(name) and value not in tree.keys[name]:
            yield f"value that {name} does not take: {value}"


def check_commands(tree, texts):
    for text in texts:
        for command, rest in re.findall(r"(?:^|[;&(]|\bsrun )\s*(?:[A-Z_]+=\S+ )*settle ([a-z][\w-]*)([^;&|>]*)", text):
            if command not in tree.commands:
                yield f"command that is not there: settle {command}"
                continue
            for option in re.findall(r"(?<=\s)--[a-z][\w-]*", re.sub(r"'[^']*'", "", rest)):
                if option not in tree.options(command):
                    yield f"option that is not there: settle {command} {option}"


def check_code(tree, quoted):
    for word in quoted:
        test = re.match(r"([A-Z]\w+)\.([A-Z]\w+|\*)(\.\.\.)?$", word)
        if test:
            start = f"{test[1]}." + ("" if test[2] == "*" else test[2])
            exact = test[2] != "*" and not test[3]
            if not (start in tree.tests if exact else any(name.startswith(start) for name in tree.tests)):
                yield f"test that is not there: {word}"
        member = re.match(r"([A-Z][a-z]\w+)(?:::(\w+))?(?:\(.*\))?$", word)
        if member and not set(filter(None, member.groups())) <= tree.words:
            yield f"class or member that is not there: {word}"


def check_sweeps(tree, text):
    for block in re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S):
        refusal = tree.refusal_of_sweep(block) if re.match(r"base = ", block) else ""
        if refusal:
            yield f"sweep that is refused: {refusal.strip()}"


def check_shown_code(tree, page, text):
    """C++ that is shown is part of the source file that was linked to last."""
    before = ""
    for part in re.split(r"^```", text, flags=re.M):
        links, block = re.findall(r"\]\(([\w./]+\.cpp)\)", before), part.removeprefix("cpp\n")
        before += part
        if part.startswith("cpp\n") and links and block not in read(os.path.join(tree.source, os.path.dirname(page), links[-1])):
            yield f"C++ that is not that of {links[-1]}"


def main(settle, source):
    tree = Tree(settle, source)
    of_faulty = findings(tree, "FAULTY.md", FAULTY_PAGE.replace("(#", "(README.md#"))
    if len(of_faulty) != FINDINGS_OF_FAULTY_PAGE:
        print(f"the page of faults must give {FINDINGS_OF_FAULTY_PAGE} findings, and gives these:", *of_faulty, sep="\n")
        return 1
    pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    pages += sorted(os.path.relpath(path, source) for path in glob.glob(f"{source}/docs/*.md"))
    found = [finding for page in pages for finding in findings(tree, page, read(os.path.join(source, page)))]
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
