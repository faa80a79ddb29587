"""The review and browse application: pages on 127.0.0.1 over the data folder (docs/review.md)."""
