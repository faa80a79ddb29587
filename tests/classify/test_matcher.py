"""The matcher finds whole words, keeps the longest of a group, and hides what a mask holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.matcher import Matcher


def found(groups: dict[str, list[str]], text: str, masks: str = "") -> list[tuple[str, str]]:
    return [(group, text[start:end]) for start, end, group, _ in Matcher(groups, masks).find(text)]


def test_whole_words_only() -> None:
    assert found({"a": ["rutan"]}, "urutan kerutan rutan, rutan2 (rutan)") == [("a", "rutan"), ("a", "rutan")]


def test_enclitics_leave_the_word_a_word() -> None:
    assert found({"a": ["kalapas", "razia"]}, "kalapasnya razialah raziakan") == [("a", "kalapas"), ("a", "razia")]


def test_the_longest_of_a_group_wins_and_groups_do_not_hide_each_other() -> None:
    groups = {"a": ["ketahanan pangan", "pangan"], "b": ["pangan"]}
    assert found(groups, "ketahanan pangan") == [("a", "ketahanan pangan"), ("b", "pangan")]


def test_a_mask_hides_what_lies_inside_it() -> None:
    groups = {"mask": ["rutan polres"], "a": ["rutan", "polres kota"]}
    assert found(groups, "rutan polres kota dan rutan", "mask") == [
        ("mask", "rutan polres"),
        ("a", "polres kota"),
        ("a", "rutan"),
    ]


def test_no_terms_find_nothing() -> None:
    assert Matcher({}).find("apa saja") == []


@given(st.text(alphabet="ab -", max_size=40), st.lists(st.text(alphabet="ab", min_size=1, max_size=4), max_size=5))
def test_matches_are_what_they_say(text: str, terms: list[str]) -> None:
    matches = Matcher({"g": terms}).find(text)
    assert all(text[start:end] == term for start, end, _, term in matches)
    assert matches == sorted(matches)
    for start, end, *_ in matches:
        assert not any(other[:2] != (start, end) and other[0] <= start and end <= other[1] for other in matches)
