"""The exceptions queue: its list, the page of each item, and what is done about it."""
