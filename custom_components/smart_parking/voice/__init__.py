"""Answers to questions in words: by voice, in a chat, through a model."""
