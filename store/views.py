"""Reading only."""

from store.engine import Database


class Views:
    """Reading only."""

    def __init__(self, database: Database) -> None:
        self.database = database
