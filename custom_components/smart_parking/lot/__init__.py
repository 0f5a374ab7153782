"""The car park itself: what a bay believes, and what a driver needs.

Plain Python without Home Assistant, hardware or a clock: values in, values out, time is a
parameter.
"""
