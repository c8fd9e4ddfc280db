"""Sign-in by password (口令登录)."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from gonghui.accounts.models import User


class PasswordBackend(BaseBackend):
    """Officers by login name and password; the second factor follows."""

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
