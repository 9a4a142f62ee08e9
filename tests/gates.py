"""Gates for tests that are about something else."""

from model import Gate

OPEN = Gate(per_address=0, per_thread=0, per_day=0)
