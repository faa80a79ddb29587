"""What is written like a corrections unit and is none: cells of other bodies, a bank, broadcasters, streets."""

from __future__ import annotations

import re

from pipeline.classify.unit_grammar import Candidate

# "Rutan Salemba Cabang Kejaksaan Agung": the prosecutor's or the KPK's own cells inside a unit's walls.
_BRANCH = re.compile(
    r"(?i)[ ,]*\(?(?:cabang|cab\.|cabjari) (?:rutan )?(?:kejaksaan|kejari|kejati|kejagung|kpk|komisi pemberantasan|pomdam|polda)"
)
_BRANCH_FIRST = re.compile(r"(?i)[ \u00a0]+(?:cabang|cab\.) ?(?:kejaksaan|kejari|kejati|kejagung|kpk|komisi|guntur|pomdam)")
_BODIES = re.compile(
    r"(?i)[ \u00a0]+(?:negara[ \u00a0]+)?(?:ma?polres(?:ta|tabes)?|ma?polda|ma?polsek(?:ta)?|polri|mabes|bareskrim|mako|"
    r"brimob|kpk|kejaksaan|kejari|kejati|kejagung|militer|pom(?:dam|al|au)?|denpom|puspom|bea cukai|bnn[pk]?|"
    r"imigrasi|guntur|merah putih|komisi)(?!\w)"
)
_BANK = ("bpr", "bank", "perumda", "nasabah", "direktur utama", "dirut")
_STREET = ("jalan", " jl", " jl.", " jln", " jln.", " gang", " gg.", "perumahan", "kelurahan", "simpang", "halte", "kompleks")
_NUMBER = re.compile(r"[ \u00a0]+(?:69|fc)(?!\w)", re.IGNORECASE)
_BROADCAST = re.compile(r"(?i)[ \u00a0]+(?:tvri|rri|lokal|radio|televisi|publik|agro)(?!\w)")
_OURS = re.compile(
    r"(?i)(?<!\w)(?:ka)?lapas(?:tik)?(?!\w)|lembaga per?masyarakatan|(?<!\w)(?:napi|narapidana|warga binaan|sipir|wbp)(?!\w)"
)
LEFT = 24


def is_no_unit(source: str, found: Candidate) -> bool:
    """Whether what stands before or behind the kind says that another body, a bank or a street is meant."""
    if found.kind in ("rutan", "lapas") and (_BODIES.match(source, found.after) or _BRANCH_FIRST.match(source, found.after)):
        return True
    before = f" {source[max(0, found.start - LEFT) : found.start].lower().rstrip()}"
    if before.endswith(_STREET):
        return True
    if found.kind == "bapas":
        return bool(_NUMBER.match(source, found.after) or before.endswith(_BANK))
    return found.short and bool(_BROADCAST.match(source, found.after))


def is_branch(source: str, end: int) -> bool:
    """Whether a unit's name that ends at ``end`` goes on as the cells of another body."""
    return bool(_BRANCH.match(source, end))


def speaks_of_prisons(title: str, text: str) -> bool:
    """Whether an article has a word of corrections beside "LP": other bodies are called LP, LPP or LPN too."""
    return bool(_OURS.search(title) or _OURS.search(text))
