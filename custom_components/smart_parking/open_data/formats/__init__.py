"""The lot as open data: what cities, maps and apps read.

`lot` says what is public; a module per standard writes that down. Plain Python, without Home
Assistant: the time is a parameter, and nothing of the house gets in here.
"""
