"""Forms: bytes in, what was filled in out; and the blank forms, from the same definitions."""
