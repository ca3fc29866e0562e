"""Everything that is said: catalogues, phrasing, grammar and the check of safety."""
