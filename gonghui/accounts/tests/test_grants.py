"""Rights: given within one's own, with term, ended at once (ACC-02, ACC-03, ACC-04)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gonghui.accounts import jobs, permissions, services
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import ADMINISTRATORS, Perm, Role
from gonghui.accounts.models import Grant
from gonghui.accounts.services import grants
from gonghui.accounts.tests import make
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, Refusal, RuleViolation
from gonghui.core.models import AuditEntry

CITY, TOWN, OTHER = "0001", "00010002", "00010003"


def give(actor, user, role=Role.CHAIR, path=TOWN, **more):
    return services.grant_give(actor=actor, user=user, role=role, org_path=path, reason="任命文件 1 号", **more)


@pytest.mark.django_db
class TestGiving:
    def test_security_administrator_gives_business_roles_with_an_entry(self) -> None:
        sec, user = make.acting((Role.SECADMIN, "")), make.officer()
        row = give(sec, user, until=clock.today() + timedelta(days=365))
        assert make.actor(user).may("accounts.user.view") is False and make.actor(user).roles == {"chair"}
        entry = AuditEntry.objects.get(verb="accounts.grant.given")
        assert (entry.object_id, entry.org_path) == (str(row.pk), TOWN)

    @pytest.mark.invariant("ACC-02")
    @pytest.mark.parametrize("role", [Role.SYSADMIN, Role.AUDITADMIN, Role.CITY])
    def test_who_holds_no_right_to_give_gives_nothing(self, role) -> None:
        with pytest.raises((NotPermitted, NotFound)):
            give(make.acting((role, CITY)), make.officer())

    @pytest.mark.invariant("ACC-02")
    def test_nobody_gives_himself_also_not_through_another_account(self) -> None:
        user = make.officer((Role.SECADMIN, ""), person_id=5)
        for target in (user, make.worker(person_id=5)):
            with pytest.raises(NotPermitted) as refused:
                give(make.actor(user), target)
            assert refused.value.code == "accounts.not_yourself"

    @pytest.mark.invariant("ACC-02")
    def test_outside_one_s_own_union_there_is_nothing(self) -> None:
        with pytest.raises(NotFound):
            give(make.acting((Role.SECADMIN, TOWN)), make.officer(), path=OTHER)

    @pytest.mark.invariant("ACC-02")
    def test_not_longer_than_one_s_own_term(self) -> None:
        last = clock.today() + timedelta(days=30)
        sec, user = make.acting((Role.SECADMIN, ""), until=last), make.officer()
        for until in (None, last + timedelta(days=1)):
            with pytest.raises(RuleViolation) as refused:
                give(sec, user, until=until)
            assert refused.value.code == "accounts.beyond_own_term"
        assert give(sec, user, until=last).until == last

    @pytest.mark.invariant("ACC-02")
    def test_not_more_than_one_s_own_rights(self, monkeypatch) -> None:
        held = {
            **{str(r): set(permissions._held[str(r)]) for r in Role},
            "chair": {str(Perm.GRANT_EDIT)},
            "clerk": set(),
            "city": {str(Perm.USER_VIEW)},
        }
        monkeypatch.setattr(permissions, "_held", held)
        chair, user = make.acting((Role.CHAIR, TOWN)), make.officer()
        give(chair, user, Role.CLERK)
        with pytest.raises(NotPermitted) as refused:
            give(chair, user, Role.CITY)
        assert refused.value.code == "accounts.beyond_own"

    @pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
    def test_administrators_are_made_on_the_server_only(self, role) -> None:
        with pytest.raises(NotPermitted):
            give(make.acting((Role.SECADMIN, "")), make.officer(), role, "")

    @pytest.mark.invariant("ACC-02")
    def test_expiry_counts_at_use(self) -> None:
        user = make.officer((Role.CITY, CITY), until=clock.today() + timedelta(days=3))
        assert make.actor(user).scopes
        with clock.at(clock.now() + timedelta(days=3)):
            assert not make.actor(user).scopes

    def test_a_role_is_held_once_and_revoked_once(self) -> None:
        sec, user = make.acting((Role.SECADMIN, "")), make.officer()
        row = give(sec, user)
        with pytest.raises(Conflict):
            give(sec, user)
        services.grant_revoke(actor=sec, grant=row, reason="调离")
        with pytest.raises(Conflict):
            services.grant_revoke(actor=sec, grant=row, reason="调离")
        give(sec, user)

    def test_a_moved_union_takes_its_grants_along(self) -> None:
        user, other = make.officer((Role.CHAIR, TOWN), (Role.CLERK, TOWN + "0007")), make.officer((Role.CHAIR, OTHER))
        assert services.scope_moved(actor=Actor.system("orgs"), old_path=TOWN, new_path="00010009") == 2
        assert {s.path for s in make.actor(user).scopes} == {"00010009", "000100090007"}
        assert {s.path for s in make.actor(other).scopes} == {OTHER}


@pytest.mark.django_db
class TestThree:
    @pytest.mark.invariant("ACC-04")
    def test_the_service_refuses_two_of_the_three(self) -> None:
        user = make.officer((Role.SYSADMIN, ""))
        with pytest.raises(RuleViolation) as refused:
            give(Actor.system("createadmin"), user, Role.AUDITADMIN, "")
        assert refused.value.code == "accounts.three_disjoint"

    @pytest.mark.invariant("ACC-04")
    @pytest.mark.parametrize("how", ["insert", "update", "same person"])
    def test_the_database_refuses_two_of_the_three(self, how) -> None:
        user = make.officer((Role.SYSADMIN, ""), person_id=9)
        with pytest.raises(IntegrityError), transaction.atomic():
            if how == "insert":
                make.give(user, Role.SECADMIN, "")
            elif how == "update":
                row = make.give(user, Role.CHAIR, TOWN)
                Grant.objects.filter(pk=row.pk).update(role=Role.AUDITADMIN)
            else:
                make.give(make.worker(person_id=9), Role.SECADMIN, "")

    @pytest.mark.invariant("ACC-04")
    def test_one_after_the_other_is_allowed(self) -> None:
        user = make.officer()
        row = make.give(user, Role.SYSADMIN, "")
        Grant.objects.filter(pk=row.pk).update(revoked_at=clock.now())
        make.give(user, Role.AUDITADMIN, "", until=clock.today() + timedelta(days=1))
        Grant.objects.create(
            user=user, role=Role.SECADMIN, since=clock.today() + timedelta(days=1), reason="换岗", granted_by="system:test"
        )

    @pytest.mark.invariant("ACC-04")
    def test_without_the_trigger_the_database_would_take_it_and_verify_finds_it(self) -> None:
        """Negative control."""
        user = make.officer((Role.SYSADMIN, ""))
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("DROP TRIGGER accounts_three_insert")
            else:
                cursor.execute("DROP TRIGGER accounts_three ON accounts_grant")
        make.give(user, Role.SECADMIN, "")
        assert len(list(jobs.three_disjoint())) == 1

    def test_administrators_hold_no_business_role(self) -> None:
        with pytest.raises(RuleViolation):
            give(make.acting((Role.SECADMIN, "")), make.officer((Role.AUDITADMIN, "")))


@pytest.mark.django_db
class TestAtOnce:
    URL = "/console/accounts/users/"

    @pytest.mark.invariant("ACC-03")
    def test_a_revoked_role_stops_at_the_next_request(self) -> None:
        user, sec = make.officer((Role.SECADMIN, TOWN)), make.acting((Role.SECADMIN, ""))
        row, client = make.give(user, Role.CHAIR, TOWN), make.client(user)
        assert client.get("/console/inbox/").status_code == 200
        assert client.get("/console/approvals/").status_code == 200
        services.grant_revoke(actor=sec, grant=row, reason="调离")
        assert client.get("/console/approvals/").status_code == 403

    @pytest.mark.invariant("ACC-03")
    def test_if_rights_were_kept_in_the_session_they_would_outlive_revocation(self, monkeypatch) -> None:
        """Negative control."""
        user = make.officer((Role.CHAIR, TOWN))
        kept, client = make.actor(user), make.client(user)
        Grant.objects.update(revoked_at=clock.now())
        monkeypatch.setattr("gonghui.accounts.selectors.actor_of", lambda user, session=None, scopes=None: kept)
        assert client.get("/console/approvals/").status_code == 200

    @pytest.mark.invariant("ACC-03")
    @pytest.mark.bar(12)
    def test_a_disabled_account_is_out_at_the_next_request(self) -> None:
        user, client = make.officer((Role.CHAIR, TOWN)), None
        client = make.client(user)
        assert client.get("/console/accounts/me/").status_code == 200
        services.officer_set_active(actor=make.acting((Role.SYSADMIN, "")), user=user, active=False, reason="离岗交接")
        assert client.get("/console/accounts/me/").status_code == 302
        services.officer_set_active(actor=make.acting((Role.SYSADMIN, "")), user=user, active=True, reason="恢复工作")
        assert client.get("/console/accounts/me/").status_code == 302, "the old session does not come back to life"

    @pytest.mark.bar(12)
    def test_changed_rights_rotate_the_session_key(self) -> None:
        user = make.officer((Role.CHAIR, TOWN))
        client = make.client(user)
        client.get("/console/accounts/me/")
        key = client.session.session_key
        client.get("/console/accounts/me/")
        assert client.session.session_key == key
        make.give(user, Role.CITY, CITY)
        client.get("/console/accounts/me/")
        assert client.session.session_key != key


class Rights(RuleBasedStateMachine):
    """Any order of giving, revoking and time passing: rights are the union of what is in force, never beyond the giver's."""

    def __init__(self) -> None:
        super().__init__()
        self.day = clock.today()
        with self.now():
            self.sec = make.officer((Role.SECADMIN, CITY), until=self.day + timedelta(days=20))
            self.users = [make.officer() for _ in range(3)]
        self.expected: dict[int, tuple] = {}

    def now(self):
        return clock.at(self.day)

    @rule(
        who=st.integers(0, 3),
        role=st.sampled_from(list(Role)),
        path=st.sampled_from(["", CITY, TOWN, OTHER, "0002"]),
        days=st.none() | st.integers(-1, 30),
    )
    def gives(self, who, role, path, days) -> None:
        until = None if days is None else self.day + timedelta(days=days)
        with self.now():
            target = ([*self.users, self.sec])[who]
            last = Grant.objects.get(user=self.sec).until
            try:
                row = give(make.actor(self.sec), target, role, path, until=until)
            except Refusal:
                return
            assert target != self.sec and role not in ADMINISTRATORS and path.startswith(CITY)
            assert until is not None and self.day < until <= last
            self.expected[row.pk] = (target.pk, str(role), path, until)

    @rule(n=st.integers(0, 30))
    def revokes(self, n) -> None:
        if not self.expected:
            return
        pk = sorted(self.expected)[n % len(self.expected)]
        with self.now():
            try:
                services.grant_revoke(actor=make.actor(self.sec), grant=Grant.objects.get(pk=pk), reason="调整")
            except Refusal:
                assert self.day >= Grant.objects.get(user=self.sec).until
                return
        del self.expected[pk]

    @rule(days=st.integers(1, 9))
    def passes(self, days) -> None:
        self.day += timedelta(days=days)

    @invariant()
    def rights_are_what_is_in_force(self) -> None:
        with self.now():
            for user in self.users:
                want = sorted((r, p) for pk, r, p, until in self.expected.values() if pk == user.pk and until > self.day)
                assert sorted((s.role, s.path) for s in make.actor(user).scopes) == want


class TestMachine(TestCase):
    @pytest.mark.invariant("ACC-02")
    def test_any_order_of_giving_revoking_and_expiry(self) -> None:
        run_state_machine_as_test(
            Rights, settings=settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
        )

    @pytest.mark.invariant("ACC-02")
    def test_without_the_term_check_the_machine_finds_a_grant_that_lasts_too_long(self) -> None:
        """Negative control."""
        kept = grants._within_own_term
        grants._within_own_term = lambda actor, org_path, until: None
        try:
            with pytest.raises((AssertionError, ExceptionGroup)):
                run_state_machine_as_test(
                    Rights,
                    settings=settings(
                        max_examples=25,
                        stateful_step_count=20,
                        deadline=None,
                        suppress_health_check=list(HealthCheck),
                        database=None,
                        phases=[Phase.generate],  # found is enough; the smallest history is not asked for
                    ),
                )
        finally:
            grants._within_own_term = kept
