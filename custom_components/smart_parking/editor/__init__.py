"""The editor of a lot's plan: a draft on the server, and what becomes of it."""
