import sys

from earsight.cli import main

sys.exit(main())
