"""Is everything there that Earsight needs, and what is to be done if not?"""

from earsight.doctor.examination import examine
from earsight.doctor.finding import Finding, Status, spoken

__all__ = ["Finding", "Status", "examine", "spoken"]
