"""Tables of the protection of personal data (个人信息保护的表)."""

from gonghui.privacy.models.assessments import Assessment
from gonghui.privacy.models.incidents import Affected, Incident

__all__ = ["Affected", "Assessment", "Incident"]
