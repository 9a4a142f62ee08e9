"""What a daemon that is left alone keeps beside the records, and how alike similar work was."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables of each subject up to date."""
    _similar_work()
    _gate()
    _health()


def _similar_work() -> None:
    """How alike similar work was, and where the two differ."""


def _gate() -> None:
    """What the caps on outgoing mail are counted by."""


def _health() -> None:
    """When the mailbox and the server were last reached, and who was told."""
