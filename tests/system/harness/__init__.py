"""A whole mail site in a temporary directory: a private Postfix on loopback,
suppressd beside it, a remote mail server that keeps what it is given, and a
name server. Everything is started here and stopped by its process id.
"""
