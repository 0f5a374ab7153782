"""A bank of HC-SR04 ultrasonic sensors, measured together within half a second.

Plain Python without Home Assistant or the car park: sensors with their lines and places go in,
distances in metres or faults come out.
"""
