"""What strangers can reach: a page, a live stream and a few actions, below an address of its own.

Nobody logs in here. Everything that arrives goes through `gate`, and everything that is kept for
somebody is bounded and forgotten. The protocol is described in docs/visitors.md.
"""
