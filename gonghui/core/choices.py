"""Choices of a column as a function (选项函数), so that a relabelled or added word makes no migration."""

from __future__ import annotations

from django.db.models import TextChoices


def labels(words: type[TextChoices]) -> list[tuple[str, str]]:
    """The values and labels of a list of words as they are today, for `choices=partial(labels, Words)`."""
    return [(str(value), str(label)) for value, label in words.choices]
