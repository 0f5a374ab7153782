"""The car park itself: the state of its bays, and guidance of drivers.

Plain Python without Home Assistant, hardware or a clock: values in, values out, time is a
parameter.
"""
