"""Mojibake: what was decoded wrongly is read again, what a page really says is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.mending import mend, mend_line


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("â€œKami bersyukur,â€\x9d katanya", "“Kami bersyukur,” katanya"),
        ("â€œKami bersyukurâ€ katanya", "“Kami bersyukur” katanya"),  # the last byte is lost
        ("â€œKami,â€\ufffd kata dia", "“Kami,” kata dia"),
        ("â€œKami,â€? kata dia", "“Kami,” kata dia"),
        ("Jumâ€™at", "Jum’at"),
        ("Jum\ufffdat", "Jum’at"),
        ("\ufffdKami bersyukur\ufffd katanya", "“Kami bersyukur” katanya"),
        ("panen â€“ dua ton", "panen – dua ton"),
        ("panen â€ dua ton", "panen – dua ton"),
        ("Ã¢â‚¬Å“Kami", "“Kami"),
        ("вЂњKamiвЂќ", "“Kami”"),
        ("ยฉ 2026 ยท Kabar", "© 2026 · Kabar"),
        ("10Â ribu", "10 ribu"),
        ("10 ribuÂ ", "10 ribu "),
    ],
)
def test_what_was_meant_is_found(shown: str, meant: str) -> None:
    assert mend(shown) == meant


@pytest.mark.parametrize(
    "text", ["Kafé résumé château Señor", "“Kami”, kata dia – lalu pergi", "Привет, мир", "ประเทศไทย", "5 °C"]
)
def test_what_is_right_stays(text: str) -> None:
    assert mend(text) == text


def test_entities_that_were_escaped_twice_and_escaped_quotes_are_mended_in_a_line() -> None:
    assert mend_line('&amp;ldquo;Kami&amp;rdquo;, \\"kata\\" dia&nbsp;lagi') == '“Kami”, "kata" dia lagi'


@given(st.text("aÂâ€œ™\x9d\ufffdยฉ& \n“", max_size=40))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    assert mend(mend(text)) == mend(text)
