"""A week's rows → the tables that Ditjenpas reads."""
