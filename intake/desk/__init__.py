"""A person's decisions at the desk: the same kind as a mail's, applied by the same code."""

from intake.desk.acts import (
    Accept,
    Act,
    AskAgain,
    ChangePeople,
    Doing,
    Edit,
    Link,
    Merge,
    Refused,
    Reply,
    Say,
    SetAside,
)
from intake.desk.perform import CLAIM, UNDO, Done, claim, perform, release, undo

__all__ = [
    "CLAIM",
    "UNDO",
    "Accept",
    "Act",
    "AskAgain",
    "ChangePeople",
    "Doing",
    "Done",
    "Edit",
    "Link",
    "Merge",
    "Refused",
    "Reply",
    "Say",
    "SetAside",
    "claim",
    "perform",
    "release",
    "undo",
]
