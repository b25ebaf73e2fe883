"""The program against a stand-in for Discord: the first argument is its port, the rest are the program's."""

import sys

from benchmarks.sides.common import point_at
from bot.cli import main

point_at(int(sys.argv.pop(1)))
sys.exit(main())
