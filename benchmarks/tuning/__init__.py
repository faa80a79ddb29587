"""Makes ``data/encoder``: multilingual-e5-small, its upper half fitted on the labelled corpus (docs/judgement.md, "Encoder")."""
