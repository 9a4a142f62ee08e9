"""Signing in by token (OAuth 2.0): where access tokens come from, and when a credential ends.

Other rooms are handed a `model.Token` and know nothing of providers. Each provider's library is
imported only where it is asked for a token.
"""
