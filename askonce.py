"""Ask Once on the command line: which command does what, with which settings, and how it ends.

Exit status: 0 done, 1 something was found wrong and said, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import log
from model import AskOnceError, SettingsError

if TYPE_CHECKING:
    from settings import Settings

_LOG_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_ROOMS = ("intake", "notifier", "parsers", "scheduler", "signin", "store")
_ROLES = ("administrator", "reader")
_INTERRUPTED = 130  # 128 and SIGINT, as shells have it


def main(argv: list[str] | None = None) -> int:
    """Carry out one command and return its exit status."""
    args = _arguments(sys.argv[1:] if argv is None else argv)
    log.set_up(args.log_level)
    try:
        status = int(args.carry_out(args))
        sys.stdout.flush()
    except SettingsError as error:
        return _complain("the settings cannot be used", *error.faults, status=2)
    except AskOnceError as error:
        return _complain(str(error), status=1)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a pager) has had enough; what is still buffered must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _complain(f"{error.filename or 'the system'}: {error.strerror or error}", status=1)
    return status


def _complain(*lines: str, status: int) -> int:
    print("askonce:", *lines, sep="\n  " if len(lines) > 1 else " ", file=sys.stderr)
    return status


# --------------------------------------------------------------------------- the commands


def _demo(args: argparse.Namespace) -> Any:
    return _command("demo").run(args.out, serve=args.serve)


def _run(args: argparse.Namespace) -> Any:
    settings = _settings(args)
    log.set_up(settings.log.level, settings.log.format)
    log.catch_what_falls()
    now = in_the_offices_time(args.now, settings)
    if args.dry_run:
        log.set_up(logging.WARNING, settings.log.format)  # what it says is the report
        return _command("rehearse").run(settings, now or datetime.now(UTC), args.json)
    return _command("run").run(settings, args.once, now)


def _check(args: argparse.Namespace) -> Any:
    return _command("check").run(args.config, os.environ)


def _parse(args: argparse.Namespace) -> Any:
    prefix = _settings(args).process.reference_prefix
    return _command("parse").run(args.files, args.json, prefix)


def _forms(args: argparse.Namespace) -> Any:
    prefix = _settings(args).process.reference_prefix
    return _command("forms").run(args.out, prefix)


def _queue_list(args: argparse.Namespace) -> Any:
    return _command("queue").run_list(_settings(args), args.json)


def _queue_show(args: argparse.Namespace) -> Any:
    return _command("queue").run_show(_settings(args), args.id, args.json)


def _queue_dismiss(args: argparse.Namespace) -> Any:
    return _command("queue").run_dismiss(_settings(args), args.id, args.why, datetime.now(UTC))


def _queue_accept(args: argparse.Namespace) -> Any:
    given, now = args.set or (), datetime.now(UTC)
    return _command("desk").run_accept(_settings(args), args.id, given, args.why or "", now)


def _queue_link(args: argparse.Namespace) -> Any:
    now = datetime.now(UTC)
    return _command("desk").run_link(_settings(args), args.id, args.reference, args.why or "", now)


def _queue_say(args: argparse.Namespace) -> Any:
    desk, now = _command("desk"), datetime.now(UTC)
    return desk.run_say(
        _settings(args), args.id, args.word, args.until, why=args.why or "", now=now
    )


def _queue_send_again(args: argparse.Namespace) -> Any:
    why = args.why or ""
    return _command("desk").run_send_again(_settings(args), args.id, why, datetime.now(UTC))


def _queue_undo(args: argparse.Namespace) -> Any:
    return _command("desk").run_undo(_settings(args), args.id, datetime.now(UTC))


def _replay(args: argparse.Namespace) -> Any:
    return _command("replay").run(_settings(args), args.id, datetime.now(UTC))


def _export(args: argparse.Namespace) -> Any:
    return _command("export").run(_settings(args), args.json)


def _due(args: argparse.Namespace) -> Any:
    settings = _settings(args)
    today = datetime.now(settings.process.timezone).date()
    return _command("due").run(settings, today, args.on)


def _similar(args: argparse.Namespace) -> Any:
    settings, similar = _settings(args), _command("similar")
    if args.evaluate:
        rules = _command("wiring").similar_rules(settings)
        return similar.run_evaluate(args.evaluate, args.json, rules)
    if args.overlaps:
        return similar.run_overlaps(settings, args.json)
    if args.reference:
        return similar.run_reference(settings, args.reference, args.json)
    if args.text:
        today = datetime.now(settings.process.timezone).date()
        return similar.run_text(settings, args.text, today, args.json)
    return similar.run_file(settings, args.file, args.json)


def _upgrade(args: argparse.Namespace) -> Any:
    return _command("upgrade").run(_settings(args), datetime.now(UTC))


def _backup(args: argparse.Namespace) -> Any:
    return _command("backup").run(_settings(args), args.to, datetime.now(UTC))


def _restored(args: argparse.Namespace) -> Any:
    return _command("restored").run(_settings(args), args.send, datetime.now(UTC))


def _pages(args: argparse.Namespace) -> Any:
    return _command("pages").run(_settings(args))


def _person_add(args: argparse.Namespace) -> Any:
    person, now = _command("person"), datetime.now(UTC)
    return person.run_add(_settings(args), args.name, args.role, args.password_file, now)


def _person_list(args: argparse.Namespace) -> Any:
    return _command("person").run_list(_settings(args))


def _person_remove(args: argparse.Namespace) -> Any:
    return _command("person").run_remove(_settings(args), args.name)


def _person_password(args: argparse.Namespace) -> Any:
    return _command("person").run_password(_settings(args), args.name, args.password_file)


def _person_role(args: argparse.Namespace) -> Any:
    return _command("person").run_role(_settings(args), args.name, args.role)


def _test(args: argparse.Namespace) -> Any:
    return _command("test").run(args.pytest)


def _command(name: str) -> Any:
    """The command's module. Imported only now, so that no command waits for another's libraries."""
    return import_module(f"commands.{name}")


def _settings(args: argparse.Namespace) -> Settings:
    from parsers.adapted import use
    from settings import load

    settings = load(args.config, os.environ)
    use(settings.forms.folder)
    return settings


def in_the_offices_time(given: datetime | None, settings: Settings) -> datetime | None:
    """An aware instant: one that was given without a zone is in the office's own."""
    if given is None or given.tzinfo:
        return given
    return given.replace(tzinfo=settings.process.timezone)


# --------------------------------------------------------------------------- the command line


def _arguments(argv: list[str]) -> argparse.Namespace:
    """What was asked for. Everything after `test` is pytest's and passes through as it is."""
    parser = command_line()
    words = [word for word in argv if not word.startswith("-")]
    if words[:1] == ["test"] and argv[-1:] not in (["-h"], ["--help"]):
        at = argv.index("test")
        args = parser.parse_args(argv[: at + 1])
        args.pytest = argv[at + 1 :]
        return args
    return parser.parse_args(argv)


def command_line() -> argparse.ArgumentParser:
    """Every command with its options and a line of help."""
    config = _config_option(argparse.SUPPRESS)
    parser = argparse.ArgumentParser(
        prog="askonce",
        description="One register of consultations with children and young people, kept by email.",
        parents=[_config_option(None)],
        epilog="./askonce COMMAND -h tells more. Settings and daily work: docs/operations.md.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_work(_Adder(commands, config))
    _add_keeping(_Adder(commands, config))
    return parser


def _config_option(default: Any) -> argparse.ArgumentParser:
    """`--config`, allowed before and after the command's own words."""
    option = argparse.ArgumentParser(add_help=False)
    option.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=default,
        help="the settings (default: config.toml beside the program)",
    )
    return option


class _Adder:
    """Adds commands that share `--config`."""

    def __init__(self, commands: Any, config: argparse.ArgumentParser) -> None:
        self._commands = commands
        self._config = config

    def __call__(
        self,
        name: str,
        carry_out: Callable[[argparse.Namespace], Any],
        help: str,
        log_level: int = logging.WARNING,
    ) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = self._commands.add_parser(
            name, help=help, description=help[0].upper() + help[1:] + ".", parents=[self._config]
        )
        command.set_defaults(carry_out=carry_out, log_level=log_level)
        return command


def _add_work(add: _Adder) -> None:
    demo = add("demo", _demo, "run the whole loop on sample mails and show what came of each")
    demo.add_argument(
        "--out", metavar="DIR", type=Path, help="the folder to leave it in (default: var/demo)"
    )
    demo.add_argument(
        "--serve", action="store_true", help="then serve the web pages on it, until Ctrl+C"
    )
    run = add("run", _run, "handle the mail that comes in and send what is due", logging.INFO)
    run.add_argument(
        "--once", action="store_true", help="handle what is there, send what is due, and end"
    )
    run.add_argument(
        "--now",
        metavar="ISO",
        type=_instant,
        help="take this, such as 2027-03-01T10:00, for the present moment (with --once)",
    )
    run.add_argument(
        "--dry-run",
        action="store_true",
        help="look at what is there and say what would be done; change and send nothing",
    )
    _add_json(run, "with --dry-run: one JSON object a mail, and one of figures")
    add("pages", _pages, "serve the web pages, where `run` does not", logging.INFO)
    add("check", _check, "try settings, mailbox, outgoing mail, database and disk for real")
    parse = add("parse", _parse, "show what is read from filled-in forms; touches no database")
    parse.add_argument("files", metavar="FILE", nargs="+")
    _add_json(parse, "one JSON object a form")
    forms = add("forms", _forms, "write the blank forms, for Word and for Excel")
    forms.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder for them")
    due = add("due", _due, "list every mail that would go out up to a date, and why")
    due.add_argument("--on", metavar="DATE", type=_day, help="the last day, such as 2027-03-31")


def _add_similar(similar: argparse.ArgumentParser) -> None:
    given = similar.add_mutually_exclusive_group(required=True)
    given.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a filled-in Form 1")
    given.add_argument("--text", metavar="T", help="a title, and below it what is to be found out")
    given.add_argument("--reference", metavar="REF", help="one that is registered, looked at again")
    given.add_argument(
        "--overlaps",
        action="store_true",
        help="what was found in each quarter, and what came of it",
    )
    given.add_argument(
        "--evaluate",
        metavar="DIR",
        type=Path,
        help="a folder with consultations.jsonl, pairs.jsonl and areas.json",
    )
    _add_json(similar, "the best five, one JSON object a line")


def _add_keeping(add: _Adder) -> None:
    _add_similar(add("similar", _similar, "the similar work that a proposal would meet"))
    _add_queue(add("queue", _queue_list, "the exceptions queue: what a person has to settle"))
    replay = add("replay", _replay, "run one stored mail again, with today's code and settings")
    replay.add_argument(
        "id",
        metavar="ID",
        help="an exception's number, a Message-ID, or mail:12 with the number in the log",
    )
    export = add("export", _export, "every consultation with its outcomes, actions and mails")
    _add_json(export, "one JSON object a line")
    add("upgrade", _upgrade, "bring the database to this version, after a copy where it is a file")
    backup = add("backup", _backup, "copy the database while everything goes on running")
    backup.add_argument("--to", metavar="FILE", type=Path, help="the copy (default: var/backup/)")
    restored = add(
        "restored", _restored, "after restoring a backup: find out from the mailbox what it lacks"
    )
    restored.add_argument(
        "--send", action="store_true", help="let mail go out again, once that was looked at"
    )
    _add_person(add("person", _person_list, "who may look at the web pages"))
    test = add("test", _test, "run the tests")
    test.add_argument("pytest", metavar="ARG", nargs="*", help="passed on to pytest as they are")


def _add_person(person: argparse.ArgumentParser) -> None:
    acts = person.add_subparsers(metavar="ACT")
    shared = [_config_option(argparse.SUPPRESS)]
    listing = acts.add_parser("list", help="every account (so too without an ACT)", parents=shared)
    listing.set_defaults(carry_out=_person_list)
    new = acts.add_parser("add", help="make an account", parents=shared)
    new.set_defaults(carry_out=_person_add)
    new.add_argument(
        "--role", choices=_ROLES, default="reader", help="an administrator decides, a reader looks"
    )
    other = acts.add_parser("password", help="give an account another password", parents=shared)
    other.set_defaults(carry_out=_person_password)
    gone = acts.add_parser("remove", help="take an account away", parents=shared)
    gone.set_defaults(carry_out=_person_remove)
    role = acts.add_parser("role", help="say what an account is for", parents=shared)
    role.set_defaults(carry_out=_person_role)
    for act in (new, other):
        act.add_argument(
            "--password-file",
            metavar="FILE",
            type=Path,
            help="holds nothing but the password, which is asked for otherwise",
        )
    for act in (new, other, gone, role):
        act.add_argument("name", metavar="NAME")
    role.add_argument("role", metavar="ROLE", choices=_ROLES, help="administrator or reader")


def _add_queue(queue: argparse.ArgumentParser) -> None:
    _add_json(queue, "one JSON object a line")
    acts = queue.add_subparsers(metavar="ACT")
    shared = [_config_option(argparse.SUPPRESS), _json_option("one JSON object a line")]
    listing = acts.add_parser(
        "list", help="every open exception (so too without an ACT)", parents=shared
    )
    listing.set_defaults(carry_out=_queue_list)
    show = acts.add_parser(
        "show", help="one exception, with all that is known of it", parents=shared
    )
    show.add_argument("id", metavar="ID", type=int)
    show.set_defaults(carry_out=_queue_show)
    dismiss = acts.add_parser(
        "dismiss",
        help="close one that needs nothing more; of a bounce, let its address get mail again",
        parents=shared[:1],
    )
    dismiss.add_argument("id", metavar="ID", type=int)
    dismiss.add_argument(
        "--why",
        metavar="REASON",
        type=_reason,
        required=True,
        help="kept in the audit trail",
    )
    dismiss.set_defaults(carry_out=_queue_dismiss)
    _add_acts(acts)


def _add_acts(acts: Any) -> None:
    """What a person decides about an exception, but for setting it aside."""

    def add(
        name: str, carry_out: Callable[[argparse.Namespace], Any], help: str
    ) -> argparse.ArgumentParser:
        shared = [_config_option(argparse.SUPPRESS)]
        act: argparse.ArgumentParser = acts.add_parser(name, help=help, parents=shared)
        act.add_argument("id", metavar="ID", type=int)
        act.set_defaults(carry_out=carry_out)
        return act

    def add_why(act: argparse.ArgumentParser) -> None:
        act.add_argument("--why", metavar="REASON", type=_reason, help="kept in the audit trail")

    accept = add("accept", _queue_accept, "take its form, with some answers put right")
    accept.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        type=_field,
        action="append",
        help="an answer, as it would be written in the form; may be given several times",
    )
    link = add("link", _queue_link, "take its mail as that of a consultation")
    link.add_argument("reference", metavar="REFERENCE")
    word = add("say", _queue_say, "say a word on the lead worker's behalf")
    word.add_argument("word", choices=["proceed", "withdraw", "extend", "stop"])
    word.add_argument("until", metavar="DATE", type=_day, nargs="?", help="of extend")
    send = add("send-again", _queue_send_again, "send a mail of ours again that failed")
    for act in (accept, link, word, send):
        add_why(act)
    add("undo", _queue_undo, "take back the last act on it, within a minute")


def _add_json(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--json", action="store_true", help=help)


def _json_option(help: str) -> argparse.ArgumentParser:
    """`--json` that leaves one given before the act as it is."""
    option = argparse.ArgumentParser(add_help=False)
    option.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=help)
    return option


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date and time; give one such as 2027-03-01T10:00"
        ) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date; give one such as 2027-03-31"
        ) from None


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(
            f'{text!r} is no answer; give one such as start_date="8 March 2027"'
        )
    return name.strip(), value.strip()


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(
            'a reason is needed, such as "answered by telephone"; it is kept in the audit trail'
        )
    return text.strip()


if __name__ == "__main__":
    sys.exit(main())
