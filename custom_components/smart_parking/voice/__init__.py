"""Answers to who asks in words: by voice, in a chat, through a model."""
