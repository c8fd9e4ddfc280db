/* Sending and fetching. An act stays in the outbox until the server has answered for its number; sending twice is harmless. */
(function () {
  'use strict';
  var Kit = window.Kit, busy = null, LARGEST = 1500000;
  function address(name) { return document.getElementById('kit').getAttribute('data-' + name); }
  function portions(acts) {
    var found = [], now = [], size = 0;
    acts.forEach(function (a) {
      var n = JSON.stringify(a).length;
      if (now.length && (size + n > LARGEST || now.length >= 100)) { found.push(now); now = []; size = 0; }
      now.push(a); size += n;
    });
    found.push(now);
    return found;
  }
  function place() {
    return new Promise(function (ok) {
      if (!navigator.geolocation || !navigator.permissions) { ok(null); return; }
      navigator.permissions.query({ name: 'geolocation' }).then(function (p) {
        if (p.state !== 'granted') { ok(null); return; }
        navigator.geolocation.getCurrentPosition(function (at) { ok([at.coords.latitude, at.coords.longitude]); }, function () { ok(null); }, { timeout: 4000, maximumAge: 300000 });
      }, function () { ok(null); });
    });
  }
  function round(token, acts, here) {
    return fetch(address('sync'), {
      method: 'POST', credentials: 'omit', cache: 'no-store',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: 'Device ' + token },
      body: JSON.stringify({ acts: acts.map(function (a) { var b = Object.assign({}, a); delete b.note; return b; }), here: here })
    }).then(function (r) { return r.json().then(function (said) { said.status = r.status; return said; }); });
  }
  function settle(result, acts) {
    var act = acts.filter(function (a) { return a.uid === result.uid; })[0];
    if (!act) { return Promise.resolve(); }
    return result.state === 'refused' ? Kit.note(act.seq, result.message) : Kit.sent(act.seq);
  }
  function take(said, acts) {
    return (said.results || []).reduce(function (p, r) { return p.then(function () { return settle(r, acts); }); }, Promise.resolve());
  }
  /* Resolves to {ok, sent, clashes, message, wipe}. One round at a time. */
  Kit.sync = function () {
    if (!navigator.onLine) { return Promise.resolve({ ok: false, message: '没有信号，记录都在手机上，有信号时再发。' }); }
    if (!busy) { busy = run().then(function (r) { busy = null; return r; }, function () { busy = null; return { ok: false, message: '没有信号，记录都在手机上，有信号时再发。' }; }); }
    return busy;
  };
  function run() {
    var token, sent = 0, clashes = 0, last = null, where;
    return Kit.load('token').then(function (t) { token = t; return place(); }).then(function (h) { where = h; return Kit.outbox(); }).then(function (acts) {
      return portions(acts).reduce(function (p, part) {
        return p.then(function (stop) {
          if (stop) { return stop; }
          return round(token, part, where).then(function (said) {
            if (said.facts && said.facts.wipe) { return Kit.wipe().then(function () { return { ok: false, wipe: true, message: said.message }; }); }
            if (said.status !== 200) { return { ok: false, message: said.message || '服务器没有接受，记录都在手机上。' }; }
            said.results.forEach(function (r) { if (r.state !== 'refused') { sent += 1; } clashes += r.clashes || 0; });
            last = said;
            return take(said, part).then(function () { return null; });
          });
        });
      }, Promise.resolve(null));
    }).then(function (stop) {
      if (stop) { return stop; }
      return Kit.save('pack', last).then(function () { return Kit.touch(last.hold_days, last.outbox_days); }).then(function () {
        return { ok: true, sent: sent, clashes: clashes, message: sent ? '已上送 ' + sent + ' 件' + (clashes ? '，' + clashes + ' 处有冲突，请核对' : '') + '。' : '已是最新。' };
      });
    });
  }
  /* For a phone still locked: is it cut off? Without signal the answer waits. */
  Kit.standing = function () {
    return Kit.meta().then(function (m) {
      if (!m || !navigator.onLine) { return false; }
      return fetch(address('standing').replace('DEVICE', m.device), { credentials: 'omit', cache: 'no-store' }).then(function (r) { return r.json(); })
        .then(function (said) { return said.wipe ? Kit.wipe().then(function () { return true; }) : false; }, function () { return false; });
    });
  };
}());
