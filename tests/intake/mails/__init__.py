"""Mails of our own making, in every family that a mailbox on the open internet receives."""
