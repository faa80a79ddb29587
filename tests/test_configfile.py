"""Mistakes in TOML, YAML and CSV files: all reported together, each with its file, line, key and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from pipeline.configfile import ConfigFile, Problems, check, read_csv, read_toml, read_yaml
from pipeline.errors import ConfigError


class Desk(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    size: int = Field(1, ge=1)


class House(BaseModel):
    model_config = ConfigDict(extra="forbid")
    city: str
    desks: list[Desk] = []
    chief: Desk | None = None


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def toml(folder: Path, text: str | bytes) -> tuple[ConfigFile | None, list[str], Path]:
    problems, path = Problems(), write(folder, "a.toml", text)
    return read_toml(path, problems), problems.found, path


def yaml(folder: Path, text: str | bytes) -> tuple[ConfigFile | None, list[str], Path]:
    problems, path = Problems(), write(folder, "a.yaml", text)
    return read_yaml(path, problems), problems.found, path


def table(folder: Path, text: str | bytes) -> tuple[list[tuple[int, dict[str, str]]], list[str], Path]:
    problems, path = Problems(), write(folder, "a.csv", text)
    return read_csv(path, ("id", "name"), problems), problems.found, path


def test_every_mistake_of_every_file_is_reported_in_one_message(tmp_path: Path) -> None:
    problems = Problems()
    read_toml(write(tmp_path, "satu.toml", "a = \n"), problems)
    read_yaml(write(tmp_path, "dua.yaml", "a: 1\na: 2\n"), problems)
    read_csv(write(tmp_path, "tiga.csv", "id,name\n1,x\n2\n3,a,b\n"), ("id", "name"), problems)
    read_toml(tmp_path / "tidak-ada.toml", problems)
    with pytest.raises(ConfigError) as caught:
        problems.raise_if_any()
    head, *lines = str(caught.value).split("\n  ")
    assert head == "5 mistake(s) in the configuration:"
    places = [line.removeprefix(f"{tmp_path}/").split(": ")[0] for line in lines]
    assert places == ["satu.toml:1", "dua.yaml:2", "tiga.csv:3", "tiga.csv:4", "tidak-ada.toml"]


def test_without_a_mistake_nothing_is_raised(tmp_path: Path) -> None:
    problems = Problems()
    read_toml(write(tmp_path, "a.toml", ""), problems)
    problems.raise_if_any()
    assert problems.found == []


@pytest.mark.parametrize("read", [read_toml, read_yaml])
@pytest.mark.parametrize(("raw", "word"), [(b"a = \xff", "UTF-8"), (None, "missing")])
def test_a_file_that_cannot_be_read_is_a_mistake_of_its_own(tmp_path: Path, read: object, raw: bytes | None, word: str) -> None:
    problems, path = Problems(), tmp_path / "a"
    if raw is not None:
        path.write_bytes(raw)
    assert callable(read)
    assert read(path, problems) is None
    assert len(problems.found) == 1
    assert word in problems.found[0]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file, found, _ = toml(tmp_path, b"\xef\xbb\xbfa = 1\n")
    assert file is not None
    assert (file.data, found) == ({"a": 1}, [])


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = x\n", 2), ("a = 1\na = 2\n", 2), ("[a\n", 1), ("a = 1\r\n\r\nb = \r\n", 3)]
)
def test_a_toml_mistake_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    file, found, path = toml(tmp_path, text)
    assert file is None
    assert len(found) == 1
    assert found[0].startswith(f"{path}:{line}: not valid TOML")


def test_every_toml_key_knows_its_line(tmp_path: Path) -> None:
    text = "\n".join(
        [
            'city = "Cirandu"',
            'note = """',
            "[chief]",
            "name = 1",
            '"""',
            "[chief]",
            'name = "Meja"  # catatan',
            "'nama lain' = 1",
            "a.b = 2",
            "[[desks]]",
            "size = 1",
            "[[desks]]",
            "size = 2",
            "[desks.lamp]",
            "watt = 5",
        ]
    )
    file, found, _ = toml(tmp_path, text)
    assert file is not None
    assert found == []
    assert file.line(("chief", "name")) == 7
    assert file.line(("chief", "nama lain")) == 8
    assert file.line(("chief", "a", "b")) == 9
    assert file.line(("desks", 0, "size")) == 11
    assert file.line(("desks", 1, "size")) == 13
    assert file.line(("desks", 1, "lamp", "watt")) == 15
    assert file.line(("desks", 1, "colour")) == 12
    assert file.line(("nowhere",)) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2\n", 2),
        ("a:\n  b: [1\nc: 2\n", 3),
        ("a: 1\n---\nb: 2\n", 2),
        ("x: 1\na: *tidakada\n", 2),
        ("x: 1\na: @b\n", 2),
    ],
)
def test_a_yaml_mistake_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    file, found, path = yaml(tmp_path, text)
    assert file is None
    assert len(found) == 1
    assert found[0].startswith(f"{path}:{line}: not valid YAML")
    assert "\n" not in found[0]


@pytest.mark.parametrize("text", ["a: \x01\n", "[" * 5000, "a: 'x\n"])
def test_a_hopeless_yaml_file_is_one_mistake_and_no_crash(tmp_path: Path, text: str) -> None:
    file, found, _ = yaml(tmp_path, text)
    assert file is None
    assert len(found) == 1
    assert "not valid YAML" in found[0]


def test_every_yaml_key_and_item_knows_its_line(tmp_path: Path) -> None:
    file, found, _ = yaml(tmp_path, "city: x\ndesks:\n  - name: a\n    size: 2\n  - name: b\n7: y\n")
    assert file is not None
    assert found == []
    assert file.line(("desks", 0, "size")) == 4
    assert file.line(("desks", 1)) == 5
    assert file.line(("desks", 1, "size")) == 5
    assert file.line(("7",)) == 6


def test_words_that_old_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    file, _, _ = yaml(tmp_path, "a: no\nb: yes\nc: on\nd: off\n")
    assert file is not None
    assert file.data == {"a": "no", "b": "yes", "c": "on", "d": "off"}


def test_a_merged_yaml_key_is_read_though_it_has_no_line_of_its_own(tmp_path: Path) -> None:
    file, found, _ = yaml(tmp_path, "base: &base {size: 2}\nchief:\n  <<: *base\n  name: x\n")
    assert file is not None
    assert (file.data["chief"], found) == ({"name": "x", "size": 2}, [])
    assert file.line(("chief", "size")) == 2


def test_a_csv_row_keeps_its_line_and_stripped_cells(tmp_path: Path) -> None:
    rows, found, _ = table(tmp_path, '\ufeffid,name\n 1 , satu \n\n"2\nb","dua, tiga"\n4,empat\n')
    assert found == []
    assert rows == [
        (2, {"id": "1", "name": "satu"}),
        (4, {"id": "2\nb", "name": "dua, tiga"}),
        (6, {"id": "4", "name": "empat"}),
    ]


def test_good_csv_rows_are_read_beside_bad_ones(tmp_path: Path) -> None:
    rows, found, path = table(tmp_path, "id,name\n1\n2,x\n3,a,b\n")
    assert [line for line, _ in rows] == [3]
    assert [problem.split(": ")[0] for problem in found] == [f"{path}:2", f"{path}:4"]
    assert all("does not have 2 cells" in problem for problem in found)


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        ("id", ["name"]),
        ("", ["id", "name"]),
        ("id;name", ["id", "name", "id;name"]),
        ("id,name,nama", ["nama"]),
        ("id,Name", ["name", "Name"]),
        ("id,name,id", ["id"]),
    ],
)
def test_every_mistake_of_a_csv_header_is_named(tmp_path: Path, header: str, keys: list[str]) -> None:
    _, found, path = table(tmp_path, f"{header}\n1,x\n" if header else "")
    assert [problem.split(": ")[:2] for problem in found if "cells" not in problem] == [[f"{path}:1", key] for key in keys]


def test_an_enormous_csv_cell_is_a_mistake_and_no_crash(tmp_path: Path) -> None:
    _, found, _ = table(tmp_path, "id,name\n1," + "x" * 200_000 + "\n")
    assert len(found) == 1
    assert "not valid CSV" in found[0]


@pytest.mark.parametrize("name", ["a.toml", "a.yaml", "a.csv"])
@settings(max_examples=60, deadline=None)
@given(raw=st.one_of(st.binary(max_size=80), st.text("ab:=-[]{}\"',#&*!<|>?%\n\t 1", max_size=40).map(str.encode)))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, name: str, raw: bytes) -> None:
    path, problems = tmp_path_factory.mktemp("a") / name, Problems()
    path.write_bytes(raw)
    if name.endswith("csv"):
        assert isinstance(read_csv(path, ("a",), problems), list)
    else:
        file = read_toml(path, problems) if name.endswith("toml") else read_yaml(path, problems)
        assert (file is None) == bool(problems.found)


def test_a_good_file_becomes_the_model(tmp_path: Path) -> None:
    file, found, _ = yaml(tmp_path, "city: Cirandu\ndesks:\n  - name: a\n")
    assert file is not None
    problems = Problems()
    assert check(House, file, problems) == House(city="Cirandu", desks=[Desk(name="a")])
    assert (found, problems.found) == ([], [])


def test_all_faults_of_a_model_are_listed_with_line_key_and_advice(tmp_path: Path) -> None:
    file, _, path = yaml(tmp_path, "desks:\n  - name: a\n    size: 0\n  - nama: b\nkota: x\n")
    assert file is not None
    problems = Problems()
    assert check(House, file, problems) is None
    assert sorted(problems.found) == sorted(
        [
            f"{path}: city: Field required",
            f"{path}:3: desks.0.size: Input should be greater than or equal to 1 (found 0)",
            f"{path}:4: desks.1.name: Field required",
            f"{path}:4: desks.1.nama: unknown key; known are: see the shipped file",
            f"{path}:5: kota: unknown key; known are: city, desks, chief",
        ]
    )


def test_a_part_of_a_file_is_checked_under_its_own_place(tmp_path: Path) -> None:
    file, _, path = toml(tmp_path, 'city = "x"\n[chief]\nname = "a"\nsize = "besar"\n')
    assert file is not None
    problems = Problems()
    assert check(Desk, file, problems, file.data["chief"], ("chief",)) is None
    assert problems.found[0].startswith(f"{path}:4: chief.size: ")
    assert "found 'besar'" in problems.found[0]


@pytest.mark.parametrize("text", ["", "- 1\n- 2\n", "kata\n"])
def test_a_file_of_another_shape_is_a_mistake(tmp_path: Path, text: str) -> None:
    file, _, path = yaml(tmp_path, text)
    assert file is not None
    problems = Problems()
    assert check(House, file, problems) is None
    assert len(problems.found) == 1
    assert problems.found[0].startswith(str(path))
