"""Runs the program: `python -m smart_parking_node`."""

import sys

from .node.program import main

sys.exit(main())
