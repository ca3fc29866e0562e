import sys

from earsight_training.cli import main

sys.exit(main())
