"""What may befall the store and the machine (故障): full disk, little memory, a database that goes away, locks that meet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import RequestFactory

from gonghui.accounts.actor import Actor
from gonghui.core import access, again, audit, verify
from gonghui.core.middleware import RefusalMiddleware, translate
from gonghui.core.models import AuditEntry
from gonghui.core.tests.site import Site

POSTGRES = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a fault of the database server")
WORK = """
import sys
from gonghui.core import audit
from gonghui.core.errors import Unavailable
from django.db import connection
done = 0
for i in range(400):
    try:
        audit.append("system:fill", "core.test.done", data={"text": "满" * 400, "i": i})
        done += 1
    except Exception as fault:
        print(type(fault).__name__, str(fault)[:80])
        break
print("done", done)
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site")
    assert made.run("migrate").returncode == 0
    return made


@pytest.mark.engine_free
@pytest.mark.fault(11)
def test_a_full_disk_refuses_writes_and_recovers_with_space(site: Site) -> None:
    """A limit on file size stands for the full disk: the file cannot grow."""
    size = site.database.stat().st_size
    full = site.code(
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        + f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 150_000}, {size + 150_000}))\n"
        + WORK
    )
    assert "OperationalError" in full.stdout and "done" in full.stdout, full.stdout + full.stderr[-500:]
    kept = int(full.stdout.rpartition("done ")[2])
    report = site.json("verify")
    assert report["ok"], report
    assert site.code(
        "from gonghui.core.models import AuditEntry\nprint(AuditEntry.objects.filter(verb='core.test.done').count())"
    ).stdout.strip() == str(kept)
    assert "done 400" in site.code(WORK).stdout


@pytest.mark.engine_free
@pytest.mark.fault(49)
def test_a_process_out_of_memory_leaves_whole_batches_only(site: Site) -> None:
    work = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (900 * 2**20, 900 * 2**20))
from django.db import transaction
from gonghui.core import audit
hold = []
for i in range(10**6):
    with transaction.atomic():
        audit.append("system:fill", "core.test.one", data={"i": i})
        hold.append(bytearray(60 * 2**20))
        audit.append("system:fill", "core.test.two", data={"i": i})
"""
    done = site.code(work)
    assert done.returncode != 0 and "MemoryError" in done.stderr
    counts = site.code(
        "from gonghui.core.models import AuditEntry as A\nprint(A.objects.filter(verb='core.test.one').count(), A.objects.filter(verb='core.test.two').count())"
    ).stdout.split()
    assert counts[0] == counts[1] and int(counts[0]) > 1
    assert site.json("verify")["ok"]


def answer(fault: Exception) -> Any:
    """What the middleware makes of a fault of the store."""
    request = RequestFactory().get("/api/x")
    request.actor = Actor.anonymous()  # type: ignore[attr-defined]
    return RefusalMiddleware(lambda r: None).process_exception(request, fault)  # type: ignore[arg-type,return-value]


@POSTGRES
@pytest.mark.fault(17)
@pytest.mark.usefixtures("own_database")
def test_a_killed_backend_costs_one_request(django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        before = AuditEntry.objects.count()
        with pytest.raises(OperationalError) as caught, transaction.atomic():
            audit.append("system:test", "core.test.done", data={})
            _kill(pid())
            audit.append("system:test", "core.test.done", data={})
        response = answer(caught.value)
        assert response is not None and response.status_code == 503 and response["Retry-After"]
        connection.close()
        assert AuditEntry.objects.count() == before
        audit.append("system:test", "core.test.done", data={})
        assert AuditEntry.objects.count() == before + 1 and verify.run(["AUD-01"])["ok"]


@POSTGRES
@pytest.mark.fault(16)
@pytest.mark.usefixtures("own_database")
def test_all_backends_gone_as_in_a_restart(django_db_blocker: Any) -> None:
    """Every connection of the database is cut, as an immediate restart does; the next request of each thread works."""
    with django_db_blocker.unblock():
        AuditEntry.objects.count()
        ready, go, results = threading.Barrier(4), threading.Event(), list[str]()

        def one() -> None:
            try:
                AuditEntry.objects.count()
                ready.wait(10)
                go.wait(10)
                try:
                    audit.append("system:test", "core.test.done", data={})
                    results.append("kept")
                except Exception as fault:
                    refusal = translate(fault)
                    results.append("later" if refusal is not None and refusal.status == 503 else repr(fault))
                    connection.close()
                    audit.append("system:test", "core.test.done", data={})
                    results.append("kept")
            finally:
                connection.close()

        threads = [threading.Thread(target=one) for _n in range(3)]
        for t in threads:
            t.start()
        ready.wait(10)
        _elsewhere("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        go.set()
        for t in threads:
            t.join(20)
        connection.close()
        assert set(results) == {"kept", "later"} and results.count("kept") == 3
        assert AuditEntry.objects.filter(verb="core.test.done").count() == 3 and verify.run(["AUD-01"])["ok"]


@POSTGRES
@pytest.mark.fault(18)
@pytest.mark.usefixtures("own_database")
def test_no_connection_left_is_503_with_a_time_to_come_back(django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 1')
            cursor.execute("CREATE ROLE guest_of_test LOGIN")
        caught: list[Exception] = []

        def one() -> None:
            import psycopg

            params = {**connections["default"].get_connection_params(), "user": "guest_of_test"}
            for key in ("cursor_factory", "context", "prepare_threshold"):
                params.pop(key, None)
            try:
                psycopg.connect(**params).close()
            except psycopg.OperationalError as fault:
                caught.append(OperationalError(str(fault)))

        thread = threading.Thread(target=one)
        thread.start()
        thread.join(20)
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
            cursor.execute("DROP ROLE guest_of_test")
        response = answer(caught[0])
        assert response is not None and response.status_code == 503 and int(response["Retry-After"]) > 0


@POSTGRES
@pytest.mark.fault(19)
@pytest.mark.usefixtures("own_database")
def test_of_two_in_a_deadlock_one_is_asked_to_come_again(django_db_blocker: Any) -> None:
    """The loser keeps nothing, is told 503, and a second try succeeds."""
    from gonghui.core.models import Job

    with django_db_blocker.unblock():
        first, second = _jobs()
        tried = _meet(lambda: _swap(Job, first, second), lambda: _swap(Job, second, first))
        assert sorted(tried) == ["done", "later"]
        assert {Job.objects.get(pk=pk).title for pk in (first, second)} == {"x"}


@POSTGRES
@pytest.mark.fault(20)
@pytest.mark.usefixtures("own_database")
def test_a_serialisation_failure_is_503_and_leaves_nothing(django_db_blocker: Any) -> None:
    from gonghui.core.models import Job

    with django_db_blocker.unblock():
        first, _second = _jobs()
        gate = threading.Barrier(2)

        def add() -> None:
            with transaction.atomic():
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                total = Job.objects.get(pk=first).total
                gate.wait(10)
                Job.objects.filter(pk=first).update(total=total + 1)

        assert sorted(_meet(add, add)) == ["done", "later"]
        assert Job.objects.get(pk=first).total == 1


def view(work: Callable[[], None]) -> Callable[[], None]:
    """As a request runs it: behind a door."""

    @access.public
    def inner(request: Any) -> Any:
        return work()

    return lambda: inner(RequestFactory().post("/x"))  # type: ignore[arg-type,return-value]


@POSTGRES
@pytest.mark.fault(19)
@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(("tries", "said"), [(again.TRIES, ["done", "done"]), (1, ["done", "later"])])
def test_a_request_that_lost_a_deadlock_runs_again(
    django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, tries: int, said: list[str]
) -> None:
    """With one try only (negative control) the loser is told to come back."""
    from gonghui.core.models import Job

    monkeypatch.setattr(again, "TRIES", tries)
    monkeypatch.setitem(globals(), "_met", _Once())
    with django_db_blocker.unblock():
        first, second = _jobs()
        assert sorted(_meet(view(lambda: _swap(Job, first, second, once=True)), view(lambda: _swap(Job, second, first, once=True)))) == said


@POSTGRES
@pytest.mark.fault(20)
@pytest.mark.usefixtures("own_database")
def test_requests_that_cannot_be_put_in_order_run_again_until_each_counted(django_db_blocker: Any) -> None:
    from gonghui.core.models import Job

    with django_db_blocker.unblock():
        first, _second = _jobs()
        met = _Once()

        def add() -> None:
            with transaction.atomic():
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                total = Job.objects.get(pk=first).total
                met.wait()
                Job.objects.filter(pk=first).update(total=total + 1)

        assert _meet(view(add), view(add)) == ["done", "done"]
        assert Job.objects.get(pk=first).total == 2, "neither was lost, neither counted twice"


@POSTGRES
@pytest.mark.fault(19)
@pytest.mark.usefixtures("own_database")
def test_nothing_runs_again_once_a_part_is_committed(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the first half would happen twice."""
    from gonghui.core.models import Job

    monkeypatch.setitem(globals(), "_met", _Once())

    with django_db_blocker.unblock():
        first, second = _jobs()

        def halves(one: int, other: int) -> Callable[[], None]:
            def work() -> None:
                with transaction.atomic():
                    Job.objects.create(**_job(9))
                _swap(Job, one, other, once=True)

            return work

        assert sorted(_meet(view(halves(first, second)), view(halves(second, first)))) == ["done", "later"]
        assert Job.objects.filter(title="t9").count() == 2


def _jobs() -> tuple[int, int]:
    from gonghui.core.models import Job

    first, second = (Job.objects.create(**_job(n)).pk for n in range(2))
    return first, second


def _job(n: int) -> dict[str, Any]:
    from gonghui.core import clock

    return {"kind": "test.nothing", "title": f"t{n}", "actor": "system:test", "created_at": clock.now(), "not_before": clock.now()}


def _swap(model: Any, one: int, other: int, *, once: bool = False) -> None:
    with transaction.atomic():
        model.objects.filter(pk=one).update(title="x")
        (_met if once else _gate).wait(10)
        model.objects.filter(pk=other).update(title="x")


class _Once:
    """Two meet here the first time; who comes again passes."""

    def __init__(self) -> None:
        self.gate, self.open = threading.Barrier(2, action=self.done), False

    def done(self) -> None:
        self.open = True

    def wait(self, seconds: float = 10) -> None:
        if not self.open:
            self.gate.wait(seconds)


_gate = threading.Barrier(2)
_met = _Once()


def _meet(*works: Callable[[], None]) -> list[str]:
    """Run at once; `later` for one who was refused with 503."""
    results: list[str] = []

    def one(work: Callable[[], None]) -> None:
        try:
            work()
            results.append("done")
        except Exception as fault:
            refusal = translate(fault)
            results.append("later" if refusal is not None and refusal.status == 503 else repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(w,)) for w in works]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    return results


def pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _kill(backend: int) -> None:
    _elsewhere(f"SELECT pg_terminate_backend({backend})")


def _elsewhere(sql: str) -> None:
    """A statement on a connection of its own."""
    import psycopg

    params = {
        k: v
        for k, v in connections["default"].get_connection_params().items()
        if k not in {"cursor_factory", "context", "prepare_threshold"}
    }
    with psycopg.connect(**params, autocommit=True) as other:
        other.execute(sql)
