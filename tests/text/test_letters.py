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
