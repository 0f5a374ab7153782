"""Phones on the lot's Wi-Fi: the access point's webhook, the captive portal, the sign."""
