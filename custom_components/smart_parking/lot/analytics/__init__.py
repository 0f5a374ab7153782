"""How a lot is used and will be: stays, what they cost, how long they last, and a forecast."""
