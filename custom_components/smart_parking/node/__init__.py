"""A node without Home Assistant: its bank at work, and what it says to a Home Assistant elsewhere.

The program `smart-parking-node` is made of this room, the bank and a part of the lot. None of it
needs Home Assistant, so all of it runs on Python 3.13, too.
"""
