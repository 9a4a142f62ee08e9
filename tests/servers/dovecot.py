"""A private Dovecot on loopback, started by anybody, root included (it serves no mail as root)."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.servers.account import ImapAccount
from tests.servers.maildir import deliver
from tests.servers.ports import free_port, stop, wait_until_up

_CONFIG = """
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{d}/mail/%u/Maildir
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {d}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={d}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


class Dovecot(ImapAccount):
    """One server with one account. `start` and `stop`, or `with`.

    `certificate`: files of a certificate and its key; STARTTLS on `port` and TLS on `tls_port`.
    `capability`: what it says it can do, instead of the truth. `prefix`: of the personal namespace.
    `quota`: bytes that all its mails together may have.
    `introspection`: where it asks after access tokens, by which it then lets people in (XOAUTH2).
    """

    def __init__(
        self,
        *,
        certificate: tuple[Path, Path] | None = None,
        capability: str = "",
        prefix: str = "",
        introspection: str = "",
        quota: int = 0,
    ) -> None:
        # Sockets below it have 108 bytes of path at most, and pytest's own folders are root's.
        self.folder = Path(tempfile.mkdtemp(prefix="askonce-dc-"))
        self.port = free_port()
        self.tls_port = free_port() if certificate else 0
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._process: subprocess.Popen[bytes] | None = None
        self._quota = quota
        self._write_config(certificate, capability, prefix, introspection)

    @property
    def maildir(self) -> Path:
        """The account's INBOX."""
        return self.folder / "mail" / self.username / "Maildir"

    def start(self) -> Dovecot:
        """Returns when it answers."""
        drop = ["setpriv", f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}"]
        command = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        as_user = [*drop, "--clear-groups", *command] if os.geteuid() == 0 else command
        path = os.environ["PATH"] + os.pathsep + "/usr/sbin"
        self._process = subprocess.Popen(
            as_user,
            env={"PATH": path},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_up(self.port, self._process)
        return self

    def stop(self) -> None:
        """Ends it and deletes what it held."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def halt(self) -> None:
        """Ends it; `start` brings it back with all its mail."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def __enter__(self) -> Dovecot:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None:
        """Deliver into INBOX as a mail server on the machine does: by a rename."""
        for place in ("", "tmp", "new", "cur"):
            (self.maildir / place).mkdir(parents=True, exist_ok=True)
            self._own(self.maildir / place)
        for raw in raws:
            deliver(raw, self.maildir, at, self._own)

    def renumber(self) -> None:
        """Lose the list of UIDs, as a restored or repaired mailbox does: another UIDVALIDITY."""
        for pattern in ("dovecot-uidlist*", "dovecot.index*"):
            for path in self.maildir.glob(pattern):
                path.unlink()

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _write_config(
        self,
        certificate: tuple[Path, Path] | None,
        capability: str,
        prefix: str,
        introspection: str,
    ) -> None:
        group = Path("/etc/group").read_text()
        names = {line.split(":")[2]: line.split(":")[0] for line in group.splitlines() if line}
        values: dict[str, Any] = {
            "d": self.folder,
            "user": self._user.pw_name,
            "group": names[str(self._user.pw_gid)],
            "port": self.port,
            "tls_port": self.tls_port,
        }
        config = _CONFIG.format(**values) + _namespace(prefix)
        config += f"imap_capability = {capability}\n" if capability else ""
        config += self._tls(certificate)
        config += _with_quota(self._quota) if self._quota else ""
        config += self._by_token(introspection)
        (self.folder / "dovecot.conf").write_text(config)
        (self.folder / "passwd").write_text(f"{self.username}:{self.password}::::::\n")
        for name in ("run", "state", "mail", f"mail/{self.username}"):
            (self.folder / name).mkdir()
        for path in (self.folder, *self.folder.rglob("*")):
            self._own(path)

    def _by_token(self, introspection: str) -> str:
        if not introspection:
            return ""
        (self.folder / "oauth2.conf").write_text(
            f"introspection_mode = auth\nintrospection_url = {introspection}\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
        )
        return (
            "auth_mechanisms = plain login xoauth2 oauthbearer\n"
            "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n"
            f"  args = {self.folder}/oauth2.conf\n}}\n"
        )

    def _tls(self, certificate: tuple[Path, Path] | None) -> str:
        if certificate is None:
            return "ssl = no\n"
        for name, path in zip(("cert.pem", "key.pem"), certificate, strict=True):
            shutil.copy(path, self.folder / name)
        folder = self.folder
        return f"ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n"


def _with_quota(size: int) -> str:
    return (
        "mail_plugins = quota\n"
        f"plugin {{\n  quota = maildir:User quota\n  quota_rule = *:bytes={size}\n}}\n"
    )


def _namespace(prefix: str) -> str:
    separator = f"separator = {prefix[-1]}" if prefix else ""
    return f"namespace inbox {{\n  inbox = yes\n  prefix = {prefix}\n  {separator}\n}}\n"


@contextmanager
def running(**options: Any) -> Iterator[Dovecot]:
    """A Dovecot for as long as the block lasts."""
    with Dovecot(**options) as server:
        yield server
