"""Formats of open data for cities, maps and apps.

`lot` decides what is public; one module for each standard writes it. Plain Python, without Home
Assistant: the time is a parameter, and no data of the house gets in here.
"""
