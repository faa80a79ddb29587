"""Parquet on disk: one schema, atomic parts, one reader."""
