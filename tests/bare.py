"""The bank and the lot where there is no Home Assistant.

They need none, but the package around them does; here it is an empty one. To be imported before
anything of theirs is: by `pytest -p tests.bare`, or by name.
"""

from pathlib import Path
import sys
from types import ModuleType

PACKAGE = "custom_components.smart_parking"

if PACKAGE not in sys.modules:
    package = ModuleType(PACKAGE)
    package.__path__ = [str(Path(__file__).parents[1].joinpath(*PACKAGE.split(".")))]
    sys.modules[PACKAGE] = package
