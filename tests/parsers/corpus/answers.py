"""What people write in each field, what it means, and the problem it makes, if any.

`None` in the third place: no problem. The rules are those of the two forms' description; answers on
which it is silent are left out here.
"""

from __future__ import annotations

from typing import Any

from .people import AREAS, AUDIENCE, LEVELS, METHODS, THEMES

Variant = tuple[str, Any, str | None]


def boxes(options: tuple[str, ...], ticked: str, style: str, other: str = "") -> str:
    """Every option with its box; `ticked` names those ticked, by a semicolon and a space."""
    on_off, gap = {
        "cross": (("☒ ", "☐ "), "\n"),
        "check": (("☑ ", "☐ "), "   "),
        "square": (("[x] ", "[ ] "), "   "),
        "SQUARE": (("[X]", "[]"), "\n"),
        "round": (("(x) ", "( ) "), "\v"),
        "control": (("{cb:1} ", "{cb:0} "), "\n"),
        "legacy": (("{lcb:1} ", "{lcb:0} "), "\n"),
        "symbol": (("{sym:F0FE} ", "{sym:F0A8} "), "\n"),
        "tick_symbol": (("{sym:F0FC} ", "{sym:F0A3} "), "   "),
        "tick": (("✓ ", ""), "\n"),
        "heavy": (("✔ ", "☐ "), "\t"),
    }[style]
    wanted = ticked.split("; ")
    shown = [(o, o + other if o == "Other" else o) for o in options]
    return gap.join(on_off[o not in wanted] + text for o, text in shown)


def after(options: tuple[str, ...], ticked: str) -> str:
    """Every option with its box behind it."""
    wanted = ticked.split("; ")
    return "\n".join(f"{o} {'☒' if o in wanted else '☐'}" for o in options)


def same(*texts: str) -> list[Variant]:
    """Texts that mean themselves."""
    return [(t, t, None) for t in texts]


#: Lines that look like a notice and like sections of the form, and are neither.
LIST = "The lights.\nPrivacy in the toilets.\n1. Why\n2. When"

ORGANISATION: list[Variant] = [
    *same("Cyngor Ieuenctid Tŷ Ni", "Youth Forum 🎉", "Zoë’s Café & Co", "0-19 Team <East>"),
    ("  Felixstowe   Youth\u00a0Forum ", "Felixstowe Youth Forum", None),
    ("Cafe\u0301 Jeunes", "Café Jeunes", None),
    ("Suf\u00adfolk Wild\u200blife Trust\ufeff", "Suffolk Wildlife Trust", None),
    ("Team 4 Youth\vLowestoft", "Team 4 Youth Lowestoft", None),
    ("N/A", None, "missing"),
    ("-", None, "missing"),
    ("none", None, "missing"),
    ("…………………………", None, "missing"),
    ("____________________", None, "missing"),
    ("{ph:Click or tap here to enter text.}", None, "missing"),
    ("Click here to enter text.", None, "missing"),
    ("{lt:\u2002\u2002\u2002\u2002\u2002}", None, "missing"),
    ("{lt:Anglia Care Trust}", "Anglia Care Trust", None),
    ("{c:Anglia Care }Trust", "Anglia Care Trust", None),
    ("{del:Old Name}{ins:New Name} Ltd", "New Name Ltd", None),
    ("{mvf:Gone} {mvt:Come}", "Come", None),
    ("{hid:secret }Open Doors", "Open Doors", None),
]
JOB_TITLE: list[Variant] = [
    *same("Youth Worker (Area 4)", "Co-ordinator / Trainer", "Head of Year 9"),
    ("N/A", None, None),
    ("n/a", None, None),
    ("-", None, None),
    ("none", None, None),
    ("", None, None),
    ("{ph:Click or tap here to enter text.}", None, None),
]
EMAIL: list[Variant] = [
    ("{link:jo.smith@example.org}", "jo.smith@example.org", None),
    ("Jo Smith <jo.smith@example.org>", "jo.smith@example.org", None),
    ("mailto:jo@example.org", "jo@example.org", None),
    ("jo@example.org (work)", "jo@example.org", None),
    ("jo.smith+pod@sub.example.org.", "jo.smith+pod@sub.example.org", None),
    ("jo.smith.example.org", None, "email_unreadable"),
    ("jo@", None, "email_unreadable"),
    ("TBC", None, "email_unreadable"),
    ("", None, "missing"),
    ("n/a", None, "missing"),
]
TELEPHONE: list[Variant] = [
    *same("(01632) 960 145 ext. 23", "+44 (0)1632 960145", "01632 960145 / 07700 900123"),
    ("01632\u00a0960145", "01632 960145", None),
    ("n/a", None, None),
]
PARTNERS: list[Variant] = [
    *same("as above", "see attached", "None known", "YMCA, Police; Suffolk Mind"),
    ("none", None, None),
    ("YMCA\nPolice", "YMCA Police", None),
]
TITLE: list[Variant] = [
    *same("“Have your say!” – 2027", "Themes for our new youth club", "What’s next? (part 2)"),
    ("{c:Growing} up{del:wards} green", "Growing up green", None),
    ("", None, "missing"),
    ("N/A", None, "missing"),
]
PURPOSE: list[Variant] = [
    ("First.\n\nSecond.\vThird.", "First.\nSecond.\nThird.", None),
    ("Two things:\n- what\n- why", "Two things:\n- what\n- why", None),
    ("{li:}Why they leave\n{li:}Who stays", "Why they leave\nWho stays", None),
    (LIST, LIST, None),
    *same("Two questions: why, and when?\nPage 2 of the plan"),
    ("To learn more  about   food\u00a0banks", "To learn more about food banks", None),
    ("n/a", None, "missing"),
    ("{ph:Click or tap here to enter text.}", None, "missing"),
    ("Word " * 600 + "end.", "Word " * 600 + "end.", None),
    ("Ydyn ni’n gwrando? 👂\nDo we listen?", "Ydyn ni’n gwrando? 👂\nDo we listen?", None),
]  # fmt: skip
THEME: list[Variant] = [
    *((boxes(THEMES, "Be healthy; Stay safe", s), ["Be healthy", "Stay safe"], None)
      for s in ("cross", "check", "square", "SQUARE", "round", "control", "legacy", "symbol",
                "tick_symbol", "tick", "heavy")),
    (after(THEMES, "Enjoy and achieve"), ["Enjoy and achieve"], None),
    ("be healthy, positive contribution", ["Be healthy", "Make a positive contribution"], None),
    ("Stay Safe / Be Healthy", ["Be healthy", "Stay safe"], None),
    ("Be healthy and stay safe", ["Be healthy", "Stay safe"], None),
    ("Economic wellbeing", ["Achieve economic well-being"], None),
    ("Be healthy\nEnjoy & achieve", ["Be healthy", "Enjoy and achieve"], None),
    ("Sport", [], "choice_unknown"),
    ("Be healthy; sport", ["Be healthy"], "choice_unknown"),
    ("N/A", [], None),
    ("", [], None),
    (boxes(THEMES, "", "control"), [], None),
]  # fmt: skip
LEVEL: list[Variant] = [
    ("5", LEVELS[4], None),
    ("Level 5", LEVELS[4], None),
    ("5 - Consulted and informed", LEVELS[4], None),
    ("Rung 6", LEVELS[5], None),
    ("Consulted and informed", LEVELS[4], None),
    ("Level 7: Child-initiated and directed", LEVELS[6], None),
    ("4. Assigned but informed", LEVELS[3], None),
    ("{ldd:3|Please choose|1 Manipulation|2 Decoration|3 Tokenism|4 Assigned but informed}",
     LEVELS[2], None),
    ("{dd:8 Child-initiated, shared decisions with adults}", LEVELS[7], None),
    (boxes(LEVELS, LEVELS[5], "cross"), LEVELS[5], None),
    (boxes(LEVELS, LEVELS[6], "legacy"), LEVELS[6], None),
    (boxes(LEVELS, LEVELS[0], "symbol"), LEVELS[0], None),
    ("Child initiated, shared decisions with adults", LEVELS[7], None),
    ("tokenism", LEVELS[2], None),
    ("{ph:Choose an item.}", None, None),
    ("9", None, "choice_unknown"),
    ("0", None, "choice_unknown"),
    ("Empowered", None, "choice_unknown"),
    ("N/A", None, None),
]  # fmt: skip
AUDIENCES: list[Variant] = [
    ("LAC and young carers", ["Children in care", "Young carers"], None),
    ("Primary, secondary", ["Primary age", "Secondary age"], None),
    ("Secondary age / Primary age", ["Primary age", "Secondary age"], None),
    ("Care leavers & post 16", ["Post-16", "Care leavers"], None),
    ("Gypsy, Roma and Traveller", ["Gypsy, Roma and Traveller"], None),
    ("Refugees and asylum seekers; parents/carers",
     ["Refugees and asylum seekers", "Parents and carers"], None),
    ("SEND", ["Disabled children and those with SEND"], None),
    ("Young people at risk of exclusion", ["Other: Young people at risk of exclusion"], None),
    ("Secondary age, young farmers", ["Secondary age", "Other: young farmers"], None),
    ("Primary age\nYoung parents", ["Primary age", "Young parents"], None),
    (boxes(AUDIENCE, "Young carers; Other", "cross", ": Young farmers"),
     ["Young carers", "Other: Young farmers"], None),
    (boxes(AUDIENCE, "Young carers", "control", " (please say): Young farmers"),
     ["Young carers", "Other: Young farmers"], None),
    (boxes(AUDIENCE, "Post-16; Other", "check", " (please say)"), ["Post-16", "Other"], None),
    (boxes(AUDIENCE, "Other", "square", " (please say) ................"), ["Other"], None),
    (boxes(AUDIENCE, "Gypsy, Roma and Traveller", "square", ", please state:"),
     ["Gypsy, Roma and Traveller"], None),
    (boxes(AUDIENCE, "Early years (0-4)", "legacy", " (please say)"), ["Early years (0-4)"], None),
    (boxes(AUDIENCE, "Practitioners", "symbol"), ["Practitioners"], None),
    (boxes(AUDIENCE, "", "cross", " (please say)"), [], "missing"),
    ("", [], "missing"),
    ("N/A", [], "missing"),
]  # fmt: skip
AGES: list[Variant] = [
    *((t, {"from": 11, "to": 16}, None)
      for t in ("11 to 16", "11-16yrs", "11 – 16 years", "aged 11 to 16", "between 11 and 16",
                "11yrs-16yrs", "Ages 11-16", "from 11 to 16 years old", "11—16")),
    ("11+", {"from": 11, "to": 25}, None),
    ("16 plus", {"from": 16, "to": 25}, None),
    ("Under 5s", {"from": 0, "to": 4}, None),
    ("under 18", {"from": 0, "to": 17}, None),
    ("0-25", {"from": 0, "to": 25}, None),
    ("16-18 year olds", {"from": 16, "to": 18}, None),
    ("Year 7 to 9", None, "number_unreadable"),
    ("Years 7-9", None, "number_unreadable"),
    ("TBC", None, "number_unreadable"),
    ("teenagers", None, "number_unreadable"),
    ("N/A", None, None),
]  # fmt: skip
NUMBERS: list[Variant] = [
    ("approx. 120", 120, None),
    ("120 young people", 120, None),
    ("100-150", 150, None),
    ("100 – 150 children", 150, None),
    ("between 80 and 100", 100, None),
    ("c. 100", 100, None),
    ("c100", 100, None),
    ("about 60", 60, None),
    ("~60", 60, None),
    ("1,200", 1200, None),
    ("Approximately 1,500 pupils", 1500, None),
    ("{c:75}", 75, None),
    ("7{del:0}{ins:5}", 75, None),
    ("about a dozen", None, "number_unreadable"),
    ("TBC", None, "number_unreadable"),
    ("a whole school", None, "number_unreadable"),
    ("N/A", None, None),
    ("-", None, None),
]
AREA: list[Variant] = [
    ("Ipswich and Waveney", ["Ipswich", "Waveney"], None),
    ("Mid Suffolk/Babergh", ["Babergh", "Mid Suffolk"], None),
    ("county-wide", ["Countywide"], None),
    ("Suffolk Coastal, Norwich", ["Suffolk Coastal", "Other: Norwich"], None),
    ("Lowestoft", ["Other: Lowestoft"], None),
    ("St. Edmundsbury", ["St Edmundsbury"], None),
    (boxes(AREAS, "Forest Heath", "control", " (please say)"), ["Forest Heath"], None),
    (boxes(AREAS, "Other", "legacy", " (please say) Norwich"), ["Other: Norwich"], None),
    (boxes(AREAS, "Waveney; Babergh", "check"), ["Babergh", "Waveney"], None),
    (boxes(AREAS, "", "control", ", please state Thetford"), ["Other: Thetford"], None),
    (boxes(AREAS, "", "square", " (please say)"), [], "missing"),
    ("{ph:Choose an item.}", [], "missing"),
    ("{dd:Ipswich}", ["Ipswich"], None),
]
METHOD: list[Variant] = [
    ("workshop and an event", ["Workshop", "Event"], None),
    ("Online survey, focus groups", ["Online survey", "Focus group"], None),
    ("Paper survey + interviews", ["Paper survey", "Interviews"], None),
    ("Workshops; karaoke", ["Workshop", "Other: karaoke"], None),
    ("Puppets", ["Other: Puppets"], None),
    (boxes(METHODS, "Event; Other", "round", ": puppets"), ["Event", "Other: puppets"], None),
    (boxes(METHODS, "Paper survey", "tick_symbol"), ["Paper survey"], None),
    ("\n".join(f"{{s:{m}}}" if m != "Interviews" else m for m in METHODS[:-1]),
     ["Interviews"], None),
    ("\n".join(f"{{h:{m}}}" if m in METHODS[4:6] else m for m in METHODS[:-1]),
     ["Workshop", "Event"], None),
    ("none", [], None),
]  # fmt: skip
LONG: list[Variant] = [
    *same("Assembly.", "See attached", "as above", "By 1 June, on the website: www.example.org"),
    ("N/A", None, None),
    ("Letters.\n\nA display.", "Letters.\nA display.", None),
    ("Yes", "Yes", None),
]
YES_NO: list[Variant] = [
    *((t, True, None)
      for t in ("Y", "Yes please", "yes", "YES", "Yes / {s:No}", "{h:Yes} / No", "{b:Yes} / No",
                "Yes/{del:No}", "{u:Yes} / No", "Yes / {ss:No}", "☒ Yes   ☐ No", "Yes ☑  No ☐",
                "[x] Yes [ ] No", "Yes [X]  No [ ]", "(x) Yes  ( ) No", "{cb:1} Yes  {cb:0} No",
                "{lcb:1} Yes  {lcb:0} No", "{sym:F0FE} Yes  {sym:F0A8} No", "Yes ✓ / No",
                "Yes - we need help with the design", "{ldd:1|Please choose|Yes|No}", "{dd:Yes}",
                "☒ Yes\n☐ No", "Y / {s:N}")),
    *((t, False, None)
      for t in ("N", "No thanks", "no", "{s:Yes} / No", "Yes / {h:No}", "{del:Yes / }No",
                "☐ Yes   ☒ No", "{cb:0} Yes  {cb:1} No", "{lcb:0} Yes\n{lcb:1} No",
                "Yes [ ]  No [x]", "No, we have our own", "Yes ☐  No ☒", "{s:Yes }No",
                "Yes / No X")),
    *((t, None, None)
      for t in ("", "Yes / No", "☐ Yes   ☐ No", "☒ Yes   ☒ No", "{ph:Choose an item.}",
                "{s:Yes} / {s:No}", "{lcb:0} Yes  {lcb:0} No", "Yes / No (delete as appropriate)",
                "Y / N")),
]  # fmt: skip

#: start typed, end typed; start, end; the problems of each.
DATES: list[tuple[str, str, str | None, str | None, str | None, str | None]] = [
    ("Mon 3rd May 2027", "Friday 14th May 2027", "2027-05-03", "2027-05-14", None, None),
    ("3.3.27", "14.5.27", "2027-03-03", "2027-05-14", None, None),
    ("03/04/27", "5/6/2027", "2027-04-03", "2027-06-05", None, None),
    ("2027-04-03", "2027-06-05", "2027-04-03", "2027-06-05", None, None),
    ("3-4-2027", "05-06-27", "2027-04-03", "2027-06-05", None, None),
    ("w/c 1 March 2027", "14 May 2027", "2027-03-01", "2027-05-14", None, None),
    ("Week commencing 1st March 2027", "1st of June, 2027", "2027-03-01", "2027-06-01", None, None),
    ("1 Mar '27", "14 MAY 27", "2027-03-01", "2027-05-14", None, None),
    ("Monday, 1 March 2027", "14 Sept 2027", "2027-03-01", "2027-09-14", None, None),
    ("{date:1 March 2027}", "{c:14}{c:/05/2027}", "2027-03-01", "2027-05-14", None, None),
    ("{lt:01/03/2027}", "{lt:14/05/2027}", "2027-03-01", "2027-05-14", None, None),
    (
        "1 {del:April}{ins:March} 2027",
        "14\u00a0May\u00a02027",
        "2027-03-01",
        "2027-05-14",
        None,
        None,
    ),
    ("March 2027", "May 2027", "2027-03-01", "2027-05-31", "date_approximate", "date_approximate"),
    (
        "Sept 2027",
        "February 2028",
        "2027-09-01",
        "2028-02-29",
        "date_approximate",
        "date_approximate",
    ),
    ("Spring term 2027", "TBC", None, None, "date_unreadable", "date_unreadable"),
    ("31/02/2027", "29/02/2027", None, None, "date_unreadable", "date_unreadable"),
    ("3 March", "14/5", None, None, "date_unreadable", "date_unreadable"),
    ("1 March 2027", "ASAP", "2027-03-01", None, None, "date_unreadable"),
    ("12/25/2027", "2027", None, None, "date_unreadable", "date_unreadable"),
    ("3 March - 14 May 2027", "", "2027-03-03", "2027-05-14", None, None),
    ("3 March 2027 to 14 May 2027", "", "2027-03-03", "2027-05-14", None, None),
    ("3–14 May 2027", "", "2027-05-03", "2027-05-14", None, None),
    ("from 3/3/27 to 14/5/27", "", "2027-03-03", "2027-05-14", None, None),
    ("", "3 March – 14 May 2027", "2027-03-03", "2027-05-14", None, None),
    ("14 May 2027", "1 March 2027", "2027-05-14", "2027-03-01", None, "end_before_start"),
    ("", "14 May 2027", None, "2027-05-14", "missing", None),
    ("N/A", "-", None, None, "missing", "missing"),
    ("{ph:Click or tap to enter a date.}", "14/05/2027", None, "2027-05-14", "missing", None),
    ("1/3/27", "1/3/27", "2027-03-01", "2027-03-01", None, None),
    ("29/2/2028", "1 March 2028", "2028-02-29", "2028-03-01", None, None),
    ("dd/mm/yyyy", "14 May 2027", None, "2027-05-14", "missing", None),
]

REFERENCES: list[Variant] = [
    *((t, "CYP-2027-0042-1", None)
      for t in ("cyp 2027 42 1", "CYP-2027-0042-1", "CYP 2027 0042 1", "Ref: CYP-2027-0042-1",
                "CYP-2O27-OO42-I", "CYP–2027–0042–1", "cyp-2027-0042-l",
                "it is CYP-2027-0042-1, I think", "{c:CYP-2027-}0042-1", "CYP202700421")),
    ("CYP-2027-0042-2", None, "reference_invalid"),
    ("CYP-2027-0024-1", None, "reference_invalid"),
    ("42", None, "reference_invalid"),
    ("don’t know", None, "reference_invalid"),
    ("", None, "missing"),
    ("N/A", None, "missing"),
]  # fmt: skip

FORM1: dict[str, list[Variant]] = {
    "organisation": ORGANISATION, "job_title": JOB_TITLE, "email": EMAIL, "telephone": TELEPHONE,
    "partners": PARTNERS, "title": TITLE, "purpose": PURPOSE, "themes": THEME,
    "participation_level": LEVEL, "audience": AUDIENCES, "age_range": AGES,
    "participants_expected": NUMBERS, "area": AREA, "methods": METHOD, "feedback_plan": LONG,
    "consent": LONG, "pod_request": YES_NO, "pod_details": LONG,
}  # fmt: skip
FORM2: dict[str, list[Variant]] = {
    "reference": REFERENCES, "title": TITLE[:3], "organisation": ORGANISATION[:8],
    "email": EMAIL[:5],
    "participants": [v if v[1] is not None or v[2] else (v[0], None, "missing") for v in NUMBERS],
    "participants_about": LONG, "you_said": PURPOSE, "we_did": PURPOSE, "impact": LONG,
    "fed_back": LONG, "learning": LONG, "publish": YES_NO, "public_summary": LONG,
}  # fmt: skip
