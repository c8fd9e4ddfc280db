"""Password hashing (口令散列): Argon2id at the OWASP minimum, about 100 sign-ins a second on two cores (assurance F5)."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
