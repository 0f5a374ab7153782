"""Visitors' page: a page, a live stream and a few actions for strangers, at a secret address.

Visitors do not log in. Every request passes `access`, and everything that is stored for a visitor
is bounded and expires. The protocol is described in docs/visitors.md.
"""
