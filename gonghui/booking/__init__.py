"""Booking (服务预约): items, sessions, quotas; bookings from hold to check-in; waiting list; draws.

How a place is given: the item page decides the rules and issues a signed pass (`services.passes`); the booking request
(`services.hot`, before Django through `web.door`) reads it, and requests of the same instant share one durable commit
(`services.desk`). Every door, forms and draws too, ends in `services.engine.Settlement`: caps, shares and rights are
counted under one lock, written by conditional update, and guarded by the tables' own constraints.

What the services offer (actor first, by keyword):

- `passes.issue(actor, session, person_id)`, `bookings.book(actor, session, person_id, key, wait)`;
- `lives.confirm`, `cancel`, `expire`, `transfer`; `payments.start`, `callback`, `refund_note`; `quotas.resize`;
- `waiting.join`, `leave`, `reason`; `line.promote(session_id)`; `giving.settle(asks)` for whoever gives places;
- `tickets.code_of(booking)`, `public_key()`, `read(code)`; `checkin.scan`, `merge`; `bars.bar`, `lift`;
- `upkeep.expire`, `no_shows`, `remind`: timed work; `remaining.remaining(item)`: places left, one read a second.
"""
