"""Which texts count as Indonesian."""

from __future__ import annotations

import pytest

from pipeline.extract.language import function_word_share, language_of

from .builder import LINES


def test_a_release_is_indonesian() -> None:
    assert language_of("\n".join(LINES)) == "id"


@pytest.mark.parametrize("line", LINES)
def test_one_sentence_of_it_is_enough(line: str) -> None:
    assert language_of(line) == "id"


def test_english_words_and_names_inside_do_not_change_that() -> None:
    text = (
        LINES[1]
        + " Program “Smart Prison Farming for a Better Future” itu disebut sebagai contoh oleh International Corrections Forum."
    )
    assert language_of(text) == "id"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The prison officers found the drugs in the kitchen, and the warden told reporters that an inquiry had been opened.",
            "en",
        ),
        ("Die Beamten fanden die Drogen in der Küche, und der Leiter der Anstalt sprach mit den Zeitungen des Landes.", "de"),
        ("Les agents ont trouvé la drogue dans la cuisine et le directeur de la prison a parlé avec les journaux du pays.", "fr"),
    ],
)
def test_another_language_is_named(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "12345 67890", "???", "\x00", "中文新闻", "🙂🙂"])
def test_what_holds_no_indonesian_word_is_not_indonesian(text: str) -> None:
    assert language_of(text) != "id"


def test_a_list_of_names_is_not_indonesian_prose() -> None:
    assert language_of("Lapas Cirandu Rutan Wanarata Bapas Tanjung Kelumbi " * 10) != "id"


@pytest.mark.parametrize(
    ("text", "share"),
    [("", 0.0), ("yang", 1.0), ("yang lapas", 0.5), ("Yang YANG yang.", 1.0), ("123", 0.0), ("yangon dia", 0.0)],
)
def test_the_share_of_function_words_counts_whole_words(text: str, share: float) -> None:
    assert function_word_share(text) == share


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    texts = ["\n".join(LINES), "The prison officers found the drugs in the kitchen yesterday.", "", LINES[0]]
    assert [language_of(text) for text in texts] == [language_of(text) for text in reversed(texts)][::-1]
