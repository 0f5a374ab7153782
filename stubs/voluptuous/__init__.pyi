"""What Home Assistant puts in the place of voluptuous, permanently, when it is imported."""

from probatio import *
