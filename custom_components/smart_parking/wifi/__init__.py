"""Wi-Fi of the lot: the access points' webhook, the captive portal, the printed sign."""
