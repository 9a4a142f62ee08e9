"""Who fills in the forms: plain answers, what each means, and the labels that councils print."""

from __future__ import annotations

from typing import Any

THEMES = (
    "Be healthy", "Stay safe", "Enjoy and achieve", "Make a positive contribution",
    "Achieve economic well-being",
)  # fmt: skip
LEVELS = (
    "1 Manipulation", "2 Decoration", "3 Tokenism", "4 Assigned but informed",
    "5 Consulted and informed", "6 Adult-initiated, shared decisions with children",
    "7 Child-initiated and directed", "8 Child-initiated, shared decisions with adults",
)  # fmt: skip
AUDIENCE = (
    "All children and young people", "Early years (0-4)", "Primary age", "Secondary age", "Post-16",
    "Children in care", "Care leavers", "Disabled children and those with SEND", "Young carers",
    "Young people in the justice system", "Young parents", "LGBTQ+ young people",
    "Minority ethnic groups", "Gypsy, Roma and Traveller", "Refugees and asylum seekers",
    "Parents and carers", "Practitioners", "Other",
)  # fmt: skip
AREAS = (
    "Countywide", "Babergh", "Forest Heath", "Ipswich", "Mid Suffolk", "St Edmundsbury",
    "Suffolk Coastal", "Waveney", "Other",
)  # fmt: skip
METHODS = (
    "Paper survey", "Online survey", "Interviews", "Focus group", "Workshop", "Event",
    "Creative activity", "Other",
)  # fmt: skip

#: Form 1's labels: the official ones, then other councils' wordings.
OFFICIAL1 = {
    "organisation": "Organisation or agency",
    "lead_worker": "Lead worker",
    "job_title": "Job title",
    "email": "Email address",
    "telephone": "Telephone",
    "partners": "Other organisations involved",
    "title": "Title of consultation",
    "purpose": "What do you want to find out, and why?",
    "themes": "Themes",
    "participation_level": "Level of participation",
    "audience": "Who will you consult?",
    "age_range": "Age range",
    "participants_expected": "How many children and young people do you expect to take part?",
    "area": "Area",
    "methods": "How will you consult?",
    "start_date": "Start date",
    "end_date": "End date",
    "feedback_plan": "How will you tell children and young people what happened?",
    "consent": "Consent and safeguarding arrangements",
    "pod_request": "Do you need POD support?",
    "pod_details": "If yes, what support do you need?",
}
NUMBERED1 = {k: f"{n}. {v}{':*' if n % 3 else ''}" for n, (k, v) in enumerate(OFFICIAL1.items(), 1)}
HELPFUL1 = {
    **OFFICIAL1,
    "organisation": "Organisation or agency (the one leading the work) *",
    "email": "Email address (required)",
    "telephone": "Telephone (incl. code):",
    "title": "Title of consultation [as it should appear on the website]",
    "themes": "Themes (tick all that apply)",
    "participation_level": "Level of participation (1 to 8, see Hart's ladder)",
    "audience": "Who will you consult? (tick all that apply)",
    "age_range": "Age range (e.g. 11 to 16)",
    "participants_expected": f"{OFFICIAL1['participants_expected']} (approx)",
    "area": "Area (please tick):",
    "start_date": "Start date (dd/mm/yyyy) *",
    "end_date": "End date (dd/mm/yyyy) *",
    "pod_request": "Do you need POD support? (Yes/No)",
}
BOROUGH1 = {
    "organisation": "Name of organisation:",
    "lead_worker": "Lead officer:",
    "job_title": "Role:",
    "email": "Email:",
    "telephone": "Tel no:",
    "partners": "Partner organisations:",
    "title": "Project title:",
    "purpose": "Purpose of consultation:",
    "themes": "Outcomes:",
    "participation_level": "Participation level:",
    "audience": "Target audience:",
    "age_range": "Age group:",
    "participants_expected": "Expected number of participants:",
    "area": "Geographical area:",
    "methods": "Consultation methods:",
    "start_date": "Proposed start date:",
    "end_date": "Proposed end date:",
    "feedback_plan": "Feedback to young people:",
    "consent": "Consent / safeguarding:",
    "pod_request": "POD support required?",
    "pod_details": "If yes, please give details:",
}
SHIRE1 = {
    "organisation": "ORGANISATION / AGENCY",
    "lead_worker": "LEAD WORKER",
    "job_title": "JOB TITLE",
    "email": "E-MAIL ADDRESS",
    "telephone": "TELEPHONE NUMBER",
    "partners": "OTHER ORGANISATIONS INVOLVED",
    "title": "TITLE OF CONSULTATION",
    "purpose": "WHAT DO YOU WANT TO FIND OUT AND WHY?",
    "themes": "THEMES",
    "participation_level": "LEVEL OF PARTICIPATION",
    "audience": "WHO WILL YOU CONSULT?",
    "age_range": "AGE RANGE",
    "participants_expected": "HOW MANY CHILDREN AND YOUNG PEOPLE DO YOU EXPECT TO TAKE PART?",
    "area": "AREA",
    "methods": "HOW WILL YOU CONSULT?",
    "start_date": "START DATE",
    "end_date": "END DATE",
    "feedback_plan": "HOW WILL YOU TELL CHILDREN AND YOUNG PEOPLE WHAT HAPPENED?",
    "consent": "CONSENT & SAFEGUARDING ARRANGEMENTS",
    "pod_request": "DO YOU NEED P.O.D. SUPPORT?",
    "pod_details": "IF YES, WHAT SUPPORT DO YOU NEED?",
}
TYPOS1 = {
    **OFFICIAL1,
    "organisation": "Organization or agency",
    "email": "E-mail adress",
    "telephone": "Telephone:",
    "title": "Title of  consultation ",
    "participation_level": "Level of partcipation",
    "purpose": "What do you want to find out and why",
    "consent": "Consent and safegarding arrangements",
    "feedback_plan": "How will you tell children & young people what happened?",
}
LABELS1 = {
    "official": OFFICIAL1, "numbered": NUMBERED1, "helpful": HELPFUL1, "borough": BOROUGH1,
    "shire": SHIRE1, "typos": TYPOS1,
}  # fmt: skip

OFFICIAL2 = {
    "reference": "Reference number",
    "title": "Title of consultation",
    "organisation": "Organisation or agency",
    "lead_worker": "Lead worker",
    "email": "Email address",
    "start_date": "Date started",
    "end_date": "Date completed",
    "participants": "How many children and young people took part?",
    "participants_about": "Who took part?",
    "you_said": "What did children and young people tell you? (You said)",
    "we_did": "What has changed, or will change, as a result? (We did)",
    "impact": "Initial impact",
    "fed_back": "How have you told children and young people?",
    "actions": "Actions",
    "learning": "What would you do differently?",
    "publish": "Can this be published?",
    "public_summary": "Summary for children and young people",
}
NUMBERED2 = {k: f"{n}) {v}" for n, (k, v) in enumerate(OFFICIAL2.items(), 1)}
HELPFUL2 = {
    **OFFICIAL2,
    "reference": "Reference number * (from our e-mail)",
    "start_date": "Date started (dd/mm/yy)",
    "end_date": "Date completed (dd/mm/yy)",
    "we_did": "What has changed, or will change, as a result? (We did) *",
    "publish": "Can this be published? (please circle)",
}
LABELS2 = {"official": OFFICIAL2, "numbered": NUMBERED2, "helpful": HELPFUL2}

Answers = dict[str, tuple[str, Any]]

#: key -> what is typed, what it means.
PERSON1: Answers = {
    "organisation": ("Orwell Detached Youth Project", "Orwell Detached Youth Project"),
    "lead_worker": ("Siân O’Connor-Jones", "Siân O’Connor-Jones"),
    "job_title": ("Senior youth worker", "Senior youth worker"),
    "email": ("sian@orwelldyp.example.org", "sian@orwelldyp.example.org"),
    "telephone": ("01632 960417", "01632 960417"),
    "partners": ("The Junction; Town Pastors", "The Junction; Town Pastors"),
    "title": ("After dark", "After dark"),
    "purpose": (
        "Where young people go after dark, and what would help them feel safe there.",
        "Where young people go after dark, and what would help them feel safe there.",
    ),
    "themes": ("Stay safe", ["Stay safe"]),
    "participation_level": (
        "7 Child-initiated and directed",
        "7 Child-initiated and directed",
    ),
    "audience": ("Secondary age; Young carers", ["Secondary age", "Young carers"]),
    "age_range": ("12 to 18", {"from": 12, "to": 18}),
    "participants_expected": ("65", 65),
    "area": ("Ipswich", ["Ipswich"]),
    "methods": ("Interviews; Workshop", ["Interviews", "Workshop"]),
    "start_date": ("1 March 2027", "2027-03-01"),
    "end_date": ("14 May 2027", "2027-05-14"),
    "feedback_plan": ("A film at the bus shelter.", "A film at the bus shelter."),
    "consent": ("Fraser guidelines; two workers out.", "Fraser guidelines; two workers out."),
    "pod_request": ("Yes", True),
    "pod_details": ("A second worker on Fridays", "A second worker on Fridays"),
}
PERSON2: Answers = {
    "reference": ("CYP-2027-0003-9", "CYP-2027-0003-9"),
    "title": ("After dark", "After dark"),
    "organisation": ("Orwell Detached Youth Project", "Orwell Detached Youth Project"),
    "lead_worker": ("Siân O’Connor-Jones", "Siân O’Connor-Jones"),
    "email": ("sian@orwelldyp.example.org", "sian@orwelldyp.example.org"),
    "start_date": ("1 March 2027", "2027-03-01"),
    "end_date": ("14 May 2027", "2027-05-14"),
    "participants": ("58", 58),
    "participants_about": ("Thirty girls and 28 boys.", "Thirty girls and 28 boys."),
    "you_said": ("The underpass is scary.", "The underpass is scary."),
    "we_did": ("It has lights now.", "It has lights now."),
    "impact": ("More of them walk home.", "More of them walk home."),
    "fed_back": ("A poster in the underpass.", "A poster in the underpass."),
    "learning": ("Go out later.", "Go out later."),
    "publish": ("Yes", True),
    "public_summary": ("You asked for lights.", "You asked for lights."),
}
