"""What strangers who mean harm can do to a lot, and to the Home Assistant that it is in."""
