"""What a bay is believed to be, against the truth: simulated days of 24 bays."""
