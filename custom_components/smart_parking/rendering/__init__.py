"""The plan of a car park as a picture.

`scene` decides what is to be seen and where, `svg` writes that down for a page, `png` paints it for
whatever shows only pictures. All three agree with the card's plan in `frontend/`. Plain Python
without Home Assistant; values in, values out.
"""
