"""The matcher finds whole words, keeps the longest of a group, and hides what a mask holds."""

from __future__ import annotations

import re

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


def plainly(groups: dict[str, list[str]], text: str, masks: str) -> list[tuple[int, int, str, str]]:
    """By a look at every place for every term."""
    tail = r"(?:nya|lah|kah|pun)?"
    whole = {
        (start, start + len(term), group, term)
        for group, terms in groups.items()
        for term in terms
        for start in range(len(text))
        if text.startswith(term, start)
        and not text[:start][-1:].isalnum()
        and re.fullmatch(tail, re.match(r"[^\W_]*", text[start + len(term) :])[0])  # type: ignore[index]
    }
    longest = {one for one in whole if not any(o != one and o[2] == one[2] and o[0] <= one[0] and one[1] <= o[1] for o in whole)}
    hiding = [one for one in longest if one[2] == masks]
    return sorted(
        one for one in longest if one[2] == masks or not any(mask[0] <= one[0] and one[1] <= mask[1] for mask in hiding)
    )


TERMS = st.lists(st.sampled_from(["a", "ab", "a b", "b a", "ab-a", "é", "b", "anya", "nya", "a b a"]), max_size=5, unique=True)


@given(
    st.lists(st.sampled_from(["a", "b", "ab", " ", " ", "-", "é", "nya", "_", "1", "lah"]), max_size=16).map("".join),
    st.dictionaries(st.sampled_from("xyz"), TERMS, max_size=3),
)
def test_the_automaton_finds_what_a_plain_look_finds(text: str, groups: dict[str, list[str]]) -> None:
    assert Matcher(groups, "z").find(text) == plainly(groups, text, "z")
