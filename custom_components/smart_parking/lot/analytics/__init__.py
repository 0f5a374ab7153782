"""How a lot is used: stays, what they cost and how long they last, by day, hour, bay and group."""
