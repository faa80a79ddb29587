"""Who speaks: marks in the text, in removed lines, and the publisher's own type."""

from __future__ import annotations

import pytest

from pipeline.classify.judge import Judge
from pipeline.records import PublisherType, Removed

TITLE = "Lapas Sendang Lor Panen Jagung"
BODY = "Lapas Kelas IIB Sendang Lor memanen dua ton jagung, kata seorang petani yang ditemui di pasar."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (BODY, "report"),
        (f"SENDANG LOR, INFO_PAS - {BODY}", "press_release"),
        (f"{BODY} (Humas Lapas Sendang Lor)", "press_release"),
        (
            "Bertempat di aula, Lapas Kelas IIB Sendang Lor menggelar panen. Dalam sambutannya Kalapas "
            "menyampaikan terima kasih. "
            "Kegiatan ditutup dengan doa.",
            "press_release",
        ),
        (f"Rangkuman redaksi. Dirangkum dari berbagai sumber. {BODY}", "aggregate"),
        (f"Opini. {BODY}", "opinion"),
    ],
)
def test_marks_in_the_text(text: str, kind: str, judge: Judge) -> None:
    assert judge.judge(title=TITLE, text=text).source_type == kind


def test_a_removed_line_is_a_mark(judge: Judge) -> None:
    found = judge.judge(title=TITLE, text=BODY, removed=(Removed("credit", "Kontributor: Humas Lapas"),))
    assert (found.source_type, found.release_signals) == ("press_release", ("kontributor:",))


def test_the_publisher_is_a_mark(judge: Judge) -> None:
    own = judge.judge(title=TITLE, text=BODY, publisher_type=PublisherType.OWN)
    assert (own.source_type, own.release_signals) == ("press_release", ("publisher:own",))
    assert judge.judge(title=TITLE, text=BODY, publisher_type=PublisherType.AGGREGATOR).source_type == "aggregate"


@pytest.mark.parametrize("publisher", [PublisherType.NEWSROOM, PublisherType.WIRE])
def test_a_desk_of_its_own_writes_no_digest_by_words_alone(publisher: PublisherType, judge: Judge) -> None:
    text = f"Dikutip dari berkas sidang, begini alurnya. {BODY} Rekap setoran itu disalin dua orang."
    assert judge.judge(title=TITLE, text=text, publisher_type=publisher).source_type == "report"
    assert judge.judge(title=TITLE, text=text).source_type == "aggregate"
