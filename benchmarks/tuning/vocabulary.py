"""The pieces of the wheel's vocabulary that Indonesian news needs, and a tokenizer of them: an eighth of all 250,000."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from benchmarks.tuning.wheel import BEGIN, END, UNKNOWN, Wheel

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Kept whatever the texts: any word can be spelled with short pieces, and Latin letters and signs that stand alone.
_SHORT = re.compile(r"▁?(?:[a-z]{1,4}|[A-Z][a-z]{0,3}|[A-Z]{2,3}|\d{1,3}|[!-~])|[▁!-\u024f\u2010-\u20ff]")


def tokenizer_of(wheel: Wheel, kept: Sequence[int]) -> Tokenizer:
    """A tokenizer of the pieces ``kept`` (ascending, the special ones first), as XLM-RoBERTa's is built."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = [wheel.pieces[number] for number in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=kept.index(UNKNOWN)))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    ends = [("<s>", kept.index(BEGIN)), ("</s>", kept.index(END))]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return tokenizer


def needed(wheel: Wheel, texts: Iterable[str]) -> list[int]:
    """The numbers of the pieces that ``texts`` are cut into, and of all short ones, ascending."""
    whole = tokenizer_of(wheel, range(len(wheel.pieces)))
    used = {number for encoded in whole.encode_batch(list(texts)) for number in encoded.ids}
    return sorted({0, 1, 2, 3} | used | {number for number, (piece, _) in enumerate(wheel.pieces) if _SHORT.fullmatch(piece)})
