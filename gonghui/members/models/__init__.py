"""Tables of membership (会员会籍)."""

from gonghui.members.models.membership import Employment, Membership

__all__ = ["Employment", "Membership"]
