"""Files that other files come wrapped in: winmail.dat, Outlook's .msg, zip, S/MIME.

Every wrapper becomes what `intake.parts` reads already, a mail (RFC 5322): its files are its
attachments, and what it says of a sender and a text stands where a mail says it. `kinds` tells
them by their bytes; `opener` opens them, in a process of its own; the others know one format each.
"""
