"""Letters are found wherever they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.letters import Letters


@given(st.text(alphabet="ab ", max_size=30), st.lists(st.text(alphabet="ab ", max_size=3), max_size=5))
def test_letters_are_found_wherever_they_stand(text: str, strings: list[str]) -> None:
    expected = {
        (start, start + len(one), one) for one in strings if one for start in range(len(text)) if text.startswith(one, start)
    }
    letters = Letters({one: one for one in strings})
    assert set(letters.find(text)) == expected
    assert letters.starts(text) == sorted({start for start, *_ in expected})


def test_places_count_characters_and_half_a_character_is_no_hindrance() -> None:
    letters = Letters({"é": 1, "lapas": 2, "\ud83d": 3, "": 4})
    assert letters.find("“é” lapas") == [(1, 2, 1), (4, 9, 2)]
    assert letters.find("\ud83d lapas é\udc00") == [(2, 7, 2), (8, 9, 1)]
    assert Letters({}).find("lapas") == []
