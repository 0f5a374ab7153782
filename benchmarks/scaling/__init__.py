"""The parts of `benchmarks/scale.py`: lots, the nodes that fill them, and Home Assistant."""
