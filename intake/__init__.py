"""Mail in: mailboxes, what a mail is, and what follows from it."""
