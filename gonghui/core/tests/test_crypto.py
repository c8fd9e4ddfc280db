"""Field encryption: what is sealed opens in its place only; keys that were rolled back are forgotten (PRI-03, PRI-04, PRI-05)."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypo
from hypothesis import strategies as st

from gonghui.core import crypto
from gonghui.core.errors import Unavailable
from gonghui.core.models import DataKey

pytestmark = pytest.mark.django_db
TABLE = "people.person"


@pytest.mark.invariant("PRI-04")
@pytest.mark.parametrize("cipher", ["aes", "sm4"])
@hypo(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again(cipher: str, text: str) -> None:
    with hypo_settings(cipher):
        assert crypto.unseal(TABLE, "id", 7, crypto.seal(TABLE, "id", 7, text)) == text


class hypo_settings:
    """The cipher of the settings for one example; keys of the other suite stay readable."""

    def __init__(self, cipher: str) -> None:
        self.cipher = cipher

    def __enter__(self) -> None:
        from django.test import override_settings

        self.override = override_settings(CIPHER=self.cipher)
        self.override.enable()

    def __exit__(self, *_: object) -> None:
        self.override.disable()


@pytest.mark.invariant("PRI-03")
def test_moved_or_altered_ciphertext_does_not_open() -> None:
    sealed = crypto.seal(TABLE, "id", 7, "110101199003070013")
    for table, field, pk in (("people.other", "id", 7), (TABLE, "phone", 7), (TABLE, "id", 8)):
        with pytest.raises(crypto.Unsealable):
            crypto.unseal(table, field, pk, sealed)
    for i in range(len(sealed)):
        with pytest.raises((crypto.Unsealable, Unavailable)):
            crypto.unseal(TABLE, "id", 7, sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :])
    assert crypto.unseal(TABLE, "id", 7, sealed) == "110101199003070013"


@pytest.mark.invariant("PRI-05")
def test_no_two_fields_share_an_index_value() -> None:
    assert crypto.blind("a.b.id", "X") == crypto.blind("a.b.id", "X") != crypto.blind("a.b.phone", "X")


@pytest.mark.invariant("PRI-04")
def test_a_key_made_in_a_rolled_back_transaction_is_forgotten() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        crypto.seal("demo.lost", "x", 1, "gone")
        raise RuntimeError
    assert not DataKey.objects.filter(table="demo.lost").exists()
    sealed = crypto.seal("demo.lost", "x", 1, "kept")
    crypto.forget_keys()  # as another process, which knows only the database
    assert crypto.unseal("demo.lost", "x", 1, sealed) == "kept"


@pytest.mark.invariant("PRI-04")
def test_a_key_in_use_costs_no_query(django_assert_num_queries: object) -> None:
    crypto.seal(TABLE, "id", 1, "x")
    with django_assert_num_queries(0):  # type: ignore[operator]
        crypto.seal(TABLE, "id", 2, "y")


@pytest.mark.bar(21)
def test_a_key_is_replaced_before_it_is_used_up() -> None:
    crypto.seal(TABLE, "id", 1, "x")
    key = DataKey.objects.get(table=TABLE)
    assert key.used == crypto.BLOCK
    DataKey.objects.filter(pk=key.pk).update(used=crypto.MOST_PER_KEY - crypto.BLOCK + 1)
    crypto.forget_keys()
    sealed = crypto.seal(TABLE, "id", 2, "y")
    assert crypto.key_id_of(sealed) != key.pk and crypto.unseal(TABLE, "id", 2, sealed) == "y"


@pytest.mark.fault(44)
@pytest.mark.parametrize("broken", ["missing", "garbled", "old"])
def test_without_its_keys_the_platform_refuses_by_name(broken: str, tmp_path: object, settings: object) -> None:
    sealed = crypto.seal(TABLE, "id", 1, "x")
    where = tmp_path / "keys.json"  # type: ignore[operator]
    if broken == "garbled":
        where.write_text("{")
    if broken == "old":
        crypto.FileKeyService(where).create()
        DataKey.objects.update(kek_version=9)
    settings.KEY_FILE = where  # type: ignore[attr-defined]
    crypto.forget_keys()
    with pytest.raises(Unavailable) as refusal:
        crypto.unseal(TABLE, "id", 1, sealed)
    assert refusal.value.code in {"core.key_service_down", "core.key_missing"}


@pytest.mark.django_db
@pytest.mark.invariant("PRI-04")
def test_a_table_that_rotation_would_not_find_gets_no_key() -> None:
    with pytest.raises(ValueError, match="lower case"):
        crypto.seal("income.DuesBase", "wage", 1, "526800")
