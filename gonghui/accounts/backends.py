"""Django's door to accounts (登录后端): it finds users; who comes in is settled by `services.signin`."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from gonghui.accounts.models import User


class PasswordBackend(BaseBackend):
    """Loads the user of a session. It authenticates nobody: password and second factor are checked step by step."""

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
