#!/usr/bin/env python3
"""What Doxygen reads of a header: python3 comments.py FILE. It prints the file with the comments that this project's
headers have as those that Doxygen knows:

- the comment at a file's head is the file's, and that of its first class or structure that has none of its own;
- a comment over declarations is that of all of them, down to the next empty line, comment or access specifier; one over
  a structure is that of what follows its closing brace, too, such as the function that returns it;
- a comment after a declaration (and its lines below) is that declaration's;
- a member that a key of the configuration sets, and that has no comment, has the key's help, and an action that is
  booked what it says of itself.
"""
import re
import sys

DECLARED_BY = re.compile(r"^\s*(template <.*> *)?(class|struct) \w+")
NO_DECLARATION = re.compile(r"^\s*(#|\}|//|public:|private:|protected:|namespace\b|using namespace\b|friend\b|$)")
# behind code, and not within a string
TRAILING = re.compile(r'^((?:[^"/]|"(?:[^"\\]|\\.)*"|/(?!/))*[^\s/"]\s*(?:"\s*)?)//(?!/)\s?(.*)$')


def without_comment(line):
    match = TRAILING.match(line)
    return match.group(1) if match else line


def depth_of(line):
    code = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)\'', "", without_comment(line))
    return sum(code.count(c) for c in "({[") - sum(code.count(c) for c in ")}]")


def head_of(lines):
    """The comment that a file begins with, as text, and its number of lines."""
    head = []
    for line in lines:
        if not line.startswith("//"):
            break
        head.append(line.lstrip("/").rstrip())
    return head, len(head)


STRINGS = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*)+')


def entries_of(text):
    """The entries {"key", ...} of tables of parameters, without their outer braces."""
    for begin in (match.start() for match in re.finditer(r'\{\s*"\w+",', text)):
        depth, end = 0, begin
        while end < len(text):
            string = STRINGS.match(text, end)
            if string:
                end = string.end()
                continue
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                yield text[begin + 1:end]
                break
            end += 1


def helps_of(text):
    """What parameters() in this file says of its members, the last string of each entry: {"node": "Technology, ..."}."""
    helps = {}
    for entry in entries_of(text):
        member = re.search(r"\bs\.(\w+)", entry)
        strings = STRINGS.findall(entry)
        if member and len(strings) > 1:
            pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', strings[-1])
            helps[member.group(1)] = "".join(pieces).replace('\\"', '"')
    return helps


def said_by(lines, begin):
    """The strings of the declaration that begins at a line: "line charge, line swings: C V V_dd from the rail..."."""
    end = next(i for i in range(begin, len(lines)) if lines[i].endswith(";"))
    said = ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', group.group())) for group in
            STRINGS.finditer("\n".join(lines[begin:end + 1]))]
    return "%s (by the count of %s). %s" % (said[0], said[1], said[-1] if len(said) > 2 else "")


MEMBER = re.compile(r"^\s+[\w:<>, ]+[\w>] (\w+)( = [^;]*|\{.*\})?;$")


def translated(lines):
    helps = helps_of("\n".join(lines))
    head, begin = head_of(lines)
    out = ["/// \\file"] + ["///" + line for line in head]
    for_class = head  # until a class takes it
    scopes = []  # the comments of the structures and namespaces that are open
    comment, depth, in_declaration, trailing_column, fresh = [], 0, False, None, True
    for index, line in enumerate(lines[begin:], begin):
        stripped = line.strip()
        if stripped.startswith("///"):
            if not in_declaration:
                comment = (comment if out[-1].strip().startswith("///") and not fresh else []) + [line]
                fresh = False
            out.append(line)
            trailing_column = None
            continue
        if stripped.startswith("//"):
            column = line.index("//")
            if trailing_column == column:  # goes on from the line above
                out.append(line[:column] + "///<" + line[column + 2:])
            else:
                out.append(line)
                comment = []
            continue
        closes = depth == 0 and stripped.startswith("}")
        if closes or not in_declaration and NO_DECLARATION.match(line):
            in_declaration = False
            comment = scopes.pop() if stripped.startswith("}") and scopes else []
            out.append(line)
            trailing_column = None
            continue
        match = TRAILING.match(line)
        if not in_declaration:
            documented = out[-1].strip().startswith("///") and not out[-1].strip().startswith("///<")
            if DECLARED_BY.match(line) and not stripped.endswith(";") and not documented and for_class and not comment:
                out.extend("///" + text for text in for_class)
                for_class = []
            elif not documented and comment and not match:
                out.extend(comment)
            elif line.startswith("inline const Action "):
                out.append("/// Energy of: " + said_by(lines, index))
            elif line.startswith("inline Parameters parameters("):
                out.append("/// The keys of this section, with their ranges and help.")
            elif not documented and not match and MEMBER.match(line) and MEMBER.match(line).group(1) in helps:
                out.append("/// " + helps[MEMBER.match(line).group(1)])
        out.append(match.group(1) + "///< " + match.group(2) if match else line)
        trailing_column = line.index("//", len(match.group(1)) - 1) if match else None
        depth += depth_of(line)
        code = without_comment(line).rstrip()
        opens_scope = depth > 0 and code.endswith("{") and re.search(r"\b(class|struct|namespace|enum)\b", code)
        if opens_scope:
            scopes.append(comment)
            comment, depth, in_declaration = [], 0, False
        else:
            in_declaration = depth > 0 or not code.endswith((";", "}", ":", ">", ","))
            if not in_declaration:
                depth = 0
        fresh = True
    return out



with open(sys.argv[1], encoding="utf-8") as file:
    print("\n".join(translated(file.read().split("\n"))))
