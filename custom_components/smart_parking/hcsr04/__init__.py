"""A bank of HC-SR04 ultrasonic sensors, measured together within half a second.

Plain Python: neither Home Assistant nor the car park is known here. What goes in are sensors with
their lines and places, what comes out are distances in metres, or the name of what went wrong.
"""
