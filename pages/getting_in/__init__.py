"""Getting in: logins with a password or a work account, and who may do what."""
