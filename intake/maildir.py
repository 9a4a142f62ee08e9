"""A mailbox kept as files: Maildir, and Maildir++ folders in it for what has been handled.

Delivery is a rename from `tmp/` into `new/` (cr.yp.to/proto/maildir.html), so whatever lies in
`new/` or `cur/` is whole. `tmp/` is never looked into.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Self

from intake.mailbox import Filed, Folder, Known
from model import MailRef, Permanent, Transient

log = logging.getLogger(__name__)

UIDVALIDITY = "0"
_PLACES = ("new", "cur")
_LOOK_EVERY = 0.2  # seconds
_HEADER_AT_MOST = 1 << 20  # bytes
#: How many files of each Maildir were last found not to be readable.
_passed_over: dict[Path, int] = {}


class MaildirMailbox:
    """A Maildir. Entering it makes what is missing of it, unless it is to `look_only`.

    A mail's UID is its file's unique name (without the flags) and its time of arrival in
    nanoseconds: an `.eml` put in by hand under a name used before is another mail.
    """

    def __init__(
        self,
        path: Path,
        *,
        processed: str = "Processed",
        exceptions: str = "Exceptions",
        look_only: bool = False,
    ) -> None:
        self._root = path
        self._look_only = look_only
        self._folders = {
            Folder.PROCESSED: path / f".{processed}",
            Folder.EXCEPTIONS: path / f".{exceptions}",
        }
        self._seen: set[str] = set()

    @property
    def name(self) -> str:
        """The same wherever the Maildir is moved to, as the UIDs are."""
        return "maildir"

    def __enter__(self) -> Self:
        self._seen = set()
        if self._look_only:
            return self
        with _plainly(f"open the Maildir {self._root}"):
            for root in (self._root, *self._folders.values()):
                for place in ("tmp", *_PLACES):
                    (root / place).mkdir(parents=True, exist_ok=True)
            for folder in self._folders.values():
                (folder / "maildirfolder").touch()
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def waiting(self, since: datetime | None, known: Known) -> Iterator[MailRef]:
        """See `Mailbox.waiting`. A file that cannot be read is passed over until it can."""
        self._seen = set(self._names())
        skip = known(UIDVALIDITY)
        whole = list(self._refs(self._root, self.name))
        self._say_passed_over(self._passed_over())
        found = [ref for ref in whole if ref.uid not in skip]
        found.sort(key=lambda ref: (ref.arrived_at, ref.uid))
        return (ref for ref in found if since is None or ref.arrived_at >= since)

    def _say_passed_over(self, count: int) -> None:
        """Once for each number: the daemon makes a mailbox anew for every look at it."""
        if count > _passed_over.get(self._root, 0):
            said = {"event": "mails_passed_over", "mails": count}
            log.warning("%(mails)d in the Maildir cannot be read: see ./askonce check", said)
        _passed_over[self._root] = count

    def fetch(self, ref: MailRef) -> bytes | None:
        """See `Mailbox.fetch`."""
        path = self._find(ref)
        with _plainly("read a mail in the Maildir"):
            return path.read_bytes() if path else None

    def fetch_headers(self, ref: MailRef) -> bytes | None:
        """See `Mailbox.fetch_headers`; a header is cut after a mebibyte."""
        path = self._find(ref)
        if path is None:
            return None
        lines = []
        with _plainly("read a mail in the Maildir"), path.open("rb") as file:
            while (line := file.readline(_HEADER_AT_MOST)).strip(b"\r\n"):
                lines.append(line)
                if file.tell() > _HEADER_AT_MOST:
                    break
        return b"".join(lines)

    def file(self, ref: MailRef, folder: Folder, message_id: str | None) -> Filed:
        """See `Mailbox.file`: one rename, which the disk has before this returns."""
        if self._look_only:
            raise Permanent("This Maildir is only looked at: no mail is moved.")
        source = self._find(ref)
        if source is None:
            return Filed.GONE
        place = self._folders[folder] / source.parent.name
        with _plainly(f"move a mail to {place}"):
            place.mkdir(parents=True, exist_ok=True)
            source.rename(_free(place, source.name))
            _settle(place)
            _settle(source.parent)
        return Filed.MOVED

    def wait(self, seconds: float) -> bool:
        """See `Mailbox.wait`: looks at the names a few times a second."""
        for _ in range(ceil(seconds / _LOOK_EVERY)):
            if self._has_news():
                return True
            time.sleep(min(_LOOK_EVERY, seconds))
        return self._has_news()

    def _has_news(self) -> bool:
        before, self._seen = self._seen, set(self._names())
        return not self._seen <= before

    def count_older(self, since: datetime) -> int:
        """See `Mailbox.count_older`."""
        return sum(ref.arrived_at < since for ref in self._refs(self._root, self.name))

    def filed(self) -> Iterator[tuple[Folder, MailRef, bytes]]:
        """See `Mailbox.filed`."""
        for folder, root in self._folders.items():
            for ref in self._refs(root, f"{self.name}/{folder}"):
                path = _find_in(root, ref.uid)
                if path is not None:
                    with _plainly("read a filed mail in the Maildir"):
                        yield folder, ref, path.read_bytes()

    def check(self) -> list[str]:
        """See `Mailbox.check`."""
        whole = sum(1 for _ in self._refs(self._root, self.name))
        said = [f"The Maildir {self._root} is there and holds {_mails(whole)}."]
        passed_over = self._passed_over()
        if passed_over:
            said.append(
                f"{_mails(passed_over)} in it cannot be read (no files, or not ours to read): "
                "look at their owner and rights."
            )
        if not os.access(self._root / "new", os.W_OK):
            raise Permanent(
                f"The Maildir {self._root} cannot be written to, so that no mail can be filed: "
                "give it to the user that runs this."
            )
        return said

    def _passed_over(self) -> int:
        """How many are no files, or not ours to read."""
        with _plainly(f"list the Maildir {self._root}"):
            return sum(
                _stat(path) is None and os.path.lexists(path) for path in self._files(self._root)
            )

    def _names(self) -> Iterator[str]:
        with _plainly(f"list the Maildir {self._root}"):
            for path in self._files(self._root):
                yield path.name.partition(":")[0]

    def _files(self, root: Path) -> Iterator[Path]:
        places = (root / place for place in _PLACES)
        for place in places:
            if not self._look_only or place.exists():  # else it was made on entering
                yield from place.iterdir()

    def _refs(self, root: Path, mailbox: str) -> Iterator[MailRef]:
        with _plainly(f"list the Maildir {root}"):
            files = list(self._files(root))
        for path in files:
            found = _stat(path)
            if found is None:
                continue
            yield MailRef(
                mailbox=mailbox,
                uidvalidity=UIDVALIDITY,
                uid=_uid(path, found),
                arrived_at=datetime.fromtimestamp(found.st_mtime, UTC),
                size=found.st_size,
            )

    def _find(self, ref: MailRef) -> Path | None:
        return _find_in(self._root, ref.uid) if ref.mailbox == self.name else None


def _uid(path: Path, found: os.stat_result) -> str:
    return f"{path.name.partition(':')[0]}@{found.st_mtime_ns}"


def _stat(path: Path) -> os.stat_result | None:
    """A readable, regular file; None for anything else.

    An empty one too: whatever came as that is named in the queue. Where it is only being written,
    it is another mail once that is done, by its time.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    whole = stat.S_ISREG(found.st_mode) and os.access(path, os.R_OK)
    return found if whole else None


def _find_in(root: Path, uid: str) -> Path | None:
    """The file with this UID, whatever its flags are by now."""
    name = uid.rpartition("@")[0]
    with _plainly(f"list the Maildir {root}"):
        new = root / "new" / name
        if (found := _stat(new)) and _uid(new, found) == uid:
            return new
        for path in (root / "cur").iterdir():
            same = path.name.partition(":")[0] == name
            if same and (found := _stat(path)) and _uid(path, found) == uid:
                return path
    return None


def _free(place: Path, name: str) -> Path:
    """A path that no other mail has: a rename onto one would lose it."""
    base, colon, flags = name.partition(":")
    path, number = place / name, 1
    while path.exists():
        number += 1
        path = place / f"{base}.{number}{colon}{flags}"
    return path


def _settle(directory: Path) -> None:
    """Have the directory's entries on the disk."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"


@contextmanager
def _plainly(doing: str) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError) as e:
        raise Permanent(f"Could not {doing}: {e.filename} is a file, not a folder.") from e
    except PermissionError as e:
        raise Permanent(
            f"Could not {doing}: not allowed. Give the Maildir to the user that runs this."
        ) from e
    except OSError as e:
        raise Transient(f"Could not {doing}: {e.strerror or e}. It will be tried again.") from e
