"""Rendering of the plan of a car park.

`scene` decides what is drawn and where, `svg` writes it for a page, `png` paints it for clients
that show only images. All three agree with the card's plan in `frontend/`. Plain Python without
Home Assistant; values in, values out.
"""
