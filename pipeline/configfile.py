"""Read configuration files so that every mistake can be reported at once, with file, line, key and what to write."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

KeyPath = tuple[str | int, ...]
MOST_VALUES = 200_000  # of a YAML file; ten times the largest one here


@dataclass(slots=True)
class Problems:
    """Collects mistakes over all files; ``raise_if_any`` reports them together."""

    found: list[str] = field(default_factory=list)

    def add(self, path: Path, line: int | None, key: str, advice: str) -> None:
        """Note one mistake at ``path:line`` for ``key``."""
        place = f"{path}:{line}" if line else str(path)
        self.found.append(f"{place}: {key}: {advice}" if key else f"{place}: {advice}")

    def raise_if_any(self) -> None:
        """Raise one ``ConfigError`` that lists every mistake, in the order found."""
        if self.found:
            head = f"{len(self.found)} mistake(s) in the configuration:"
            raise ConfigError("\n  ".join([head, *self.found]))


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file's data and the line of each of its keys."""

    path: Path
    data: Any
    lines: Mapping[KeyPath, int]

    def line(self, key: KeyPath) -> int | None:
        """Line of ``key``, or of its nearest parent that has one."""
        for end in range(len(key), 0, -1):
            if key[:end] in self.lines:
                return self.lines[key[:end]]
        return None


def _text(path: Path, problems: Problems, cells: int = 0) -> str | None:
    """The file's text; of a log of so many ``cells`` a row, without a last row that was cut."""
    try:
        content = path.read_bytes()
        return content[: cut_row(content, cells) if cells else None].decode("utf-8-sig")
    except FileNotFoundError:
        problems.add(path, None, "", "this file is missing; copy it from the repository or point --config at the right folder")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(path, None, "", f"cannot be read as UTF-8 text ({error})")
    return None


def cut_row(content: bytes, cells: int) -> int:
    """Where the last row of a log begins if power failed while a program wrote it, else the length of ``content``.

    Such a row is one line without an end that has fewer than ``cells`` cells, nothing in the last one, or an open quote: programs
    quote each cell. What a person's editor left without an end is whole, and the last line of a cell with line breaks is no row.
    """
    start = max(content.rfind(b"\n"), content.rfind(b"\r")) + 1
    try:
        deque(csv.reader(io.StringIO(content[:start].decode("utf-8", "replace"), newline=""), strict=True), 0)
    except csv.Error:
        return len(content)
    try:
        last = next(csv.reader([content[start:].decode("utf-8", "replace")], strict=True))
    except csv.Error:
        return start
    return start if len(last) < cells or not last[-1] else len(content)


def _toml_lines(text: str) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}

    def inside(name: str) -> KeyPath:
        """A table's full path: under an array of tables it belongs to the latest of them."""
        full: KeyPath = ()
        for part in name.split("."):
            full = (*full, part.strip(" \"'"))
            if full in counts:
                full = (*full, counts[full] - 1)
        return full

    quote = ""  # inside a text of several lines, where nothing is a key
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if quote:
            quote = "" if quote in stripped else quote
        elif match := re.match(r"\[\[([^\]]+)\]\]", stripped):
            *above, last = (part.strip(" \"'") for part in match[1].split("."))
            name = (*(inside(".".join(above)) if above else ()), last)
            counts[name] = counts.get(name, 0) + 1
            table = (*name, counts[name] - 1)
            lines[table] = number
        elif match := re.match(r"\[([^\]]+)\]", stripped):
            table = inside(match[1])
            lines[table] = number
        elif match := re.match(r"""("[^"]+"|'[^']+'|[\w.-]+)\s*=\s*(\"{3}|'{3})?""", stripped):
            quoted = match[1][0] in "\"'"
            lines[(*table, *([match[1][1:-1]] if quoted else match[1].split(".")))] = number
            quote = match[2] if match[2] and match[2] not in stripped[match.end() :] else ""
    return lines


def read_toml(path: Path, problems: Problems) -> ConfigFile | None:
    """Parse a TOML file; a syntax error becomes a problem and None."""
    text = _text(path, problems)
    if text is None:
        return None
    try:
        return ConfigFile(path, tomllib.loads(text), _toml_lines(text))
    except (ValueError, RecursionError) as error:  # a number of more than 4,300 digits is a plain ValueError
        match = re.search(r"line (\d+)", str(error))
        problems.add(path, int(match[1]) if match else None, "", f"not valid TOML: {error}")
        return None


def _yaml_lines(node: Any, at: KeyPath, lines: dict[KeyPath, int]) -> None:
    if isinstance(node, dict):
        for key in node:
            # A key that came in by a merge (<<) has no line here; its parent's is reported.
            if key in (node.lc.data or {}):  # type: ignore[attr-defined]
                lines[(*at, str(key))] = node.lc.key(key)[0] + 1  # type: ignore[attr-defined]
            _yaml_lines(node[key], (*at, str(key)), lines)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            lines[(*at, index)] = node.lc.item(index)[0] + 1  # type: ignore[attr-defined]
            _yaml_lines(item, (*at, index), lines)


def _plain(node: Any, number: Iterator[int]) -> Any:
    """The tree without what belongs to its file; ``number`` counts, since a few aliases of aliases are a billion values."""
    if next(number) > MOST_VALUES:
        raise ValueError(f"it holds more than {MOST_VALUES} values; write less, or fewer aliases (*) of aliases")
    if isinstance(node, dict):
        return {str(key): _plain(value, number) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item, number) for item in node]
    return node


def read_yaml(path: Path, problems: Problems) -> ConfigFile | None:
    """Parse a YAML 1.2 file (a doubled key is an error, ``no`` stays a word); a syntax error becomes a problem."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = _text(path, problems)
    if text is None:
        return None
    try:
        tree = YAML(typ="rt", pure=True).load(text)
        plain = _plain(tree, count())
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problems.add(path, line, "", f"not valid YAML: {error.problem or error}".split("\n")[0])
        return None
    except (YAMLError, RecursionError, ValueError) as error:  # a control character, nesting without end
        problems.add(path, None, "", f"not valid YAML: {error}".split("\n")[0])
        return None
    lines: dict[KeyPath, int] = {}
    _yaml_lines(tree, (), lines)
    return ConfigFile(path, plain, lines)


def read_csv(
    path: Path, columns: tuple[str, ...], problems: Problems, optional: tuple[str, ...] = (), *, appended: bool = False
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV file as (line, {column: stripped text}); missing or unknown columns become problems.

    A column of ``optional`` may be absent; its cells are then "". Of a file that is ``appended`` to by programs, a last row that
    power failed in (``cut_row``) is left out: nobody was told that it was written.
    """
    text = _text(path, problems, len(columns) if appended else 0)
    if text is None:
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = _header(reader, path, problems)
    for column in columns:
        if column not in header:
            problems.add(path, 1, column, f"column is missing; the header must hold: {', '.join(columns)}")
    for column in header:
        if column not in columns + optional:
            problems.add(path, 1, str(column), f"unknown column; known are: {', '.join(columns + optional)}")
    if set(columns) - set(header):
        return []
    rows = []
    try:
        for row in reader:
            if None in row or None in row.values():
                advice = f"this row does not have {len(header)} cells; quote cells that hold commas"
                problems.add(path, reader.line_num, "", advice)
                continue
            cells = dict.fromkeys(optional, "") | {name: value.strip() for name, value in row.items()}
            # The reader stands at the row's last line; a quoted cell may hold line breaks.
            rows.append((reader.line_num - sum(value.count("\n") for value in row.values()), cells))
    except csv.Error as error:
        problems.add(path, reader.line_num, "", f"not valid CSV: {error}")
    return rows


def _header(reader: csv.DictReader[str], path: Path, problems: Problems) -> list[str]:
    try:
        header = list(reader.fieldnames or [])
    except csv.Error as error:
        problems.add(path, 1, "", f"not valid CSV: {error}")
        return []
    for column in sorted({column for column in header if header.count(column) > 1}):
        problems.add(path, 1, column, "column stands twice in the header")
    return header


def check(model: type[BaseModel], file: ConfigFile, problems: Problems, data: Any = None, at: KeyPath = ()) -> Any:
    """``data`` (default: the whole file) as ``model``, or None with every mistake added to ``problems``."""
    from pydantic import ValidationError

    try:
        return model.model_validate(file.data if data is None else data)
    except ValidationError as error:
        for item in error.errors():
            key = (*at, *item["loc"])
            field = _field(model, item["loc"])
            advice = item["msg"]
            if item["type"] == "extra_forbidden":
                advice = f"unknown key; known are: {', '.join(_fields(model, item['loc'])) or 'see the shipped file'}"
            elif item["type"] != "missing":
                wanted = f"must be {field.description}" if field is not None and field.description else advice
                advice = f"{wanted} (found {item['input']!r})"
            problems.add(file.path, file.line(key), ".".join(map(str, key)), advice)
        return None


def _fields(model: type[BaseModel], loc: tuple[str | int, ...]) -> Mapping[str, FieldInfo]:
    """The fields of the section that ``loc`` stands in; none where it cannot be told (lists, unions)."""
    from pydantic import BaseModel

    for key in loc[:-1]:
        inner = model.model_fields[key].annotation if isinstance(key, str) and key in model.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return {}
        model = inner
    return model.model_fields


def _field(model: type[BaseModel], loc: tuple[str | int, ...]) -> FieldInfo | None:
    return _fields(model, loc).get(str(loc[-1])) if loc else None
