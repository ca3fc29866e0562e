"""Indonesian: grammar, vocabulary and the check of safety."""
