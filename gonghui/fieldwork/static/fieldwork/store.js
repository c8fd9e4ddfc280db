/* The phone's store: IndexedDB, everything in it sealed with AES-GCM under a key that leaves no trace in clear.
   Key: random, wrapped under PIN (PBKDF2) and a secret the server gave at registration, which is kept as a key that
   cannot be read out. Five wrong PINs, a cut-off phone, or too long without contact: all is deleted. */
(function () {
  'use strict';
  var Kit = window.Kit = window.Kit || {}, NAME = 'field-kit', subtle = window.crypto && window.crypto.subtle, db = null, key = null;
  var ROUNDS = 150000, MOST_TRIES = 5;
  function bytes(n) { return crypto.getRandomValues(new Uint8Array(n)); }
  function utf(text) { return new TextEncoder().encode(text); }
  function done(request) { return new Promise(function (ok, no) { request.onsuccess = function () { ok(request.result); }; request.onerror = function () { no(request.error); }; }); }
  function open() {
    if (db) { return Promise.resolve(db); }
    return new Promise(function (ok, no) {
      var r = indexedDB.open(NAME, 1);
      r.onupgradeneeded = function () { r.result.createObjectStore('meta'); r.result.createObjectStore('data'); r.result.createObjectStore('outbox', { keyPath: 'seq' }); };
      r.onsuccess = function () { db = r.result; db.onversionchange = function () { db.close(); db = null; }; ok(db); };
      r.onerror = function () { no(r.error); };
    });
  }
  function store(name, mode) { return open().then(function (d) { return d.transaction(name, mode || 'readonly').objectStore(name); }); }
  function get(name, k) { return store(name).then(function (s) { return done(s.get(k)); }); }
  function put(name, v, k) { return store(name, 'readwrite').then(function (s) { return done(k === undefined ? s.put(v) : s.put(v, k)); }); }
  function seal(value, label) {
    var iv = bytes(12);
    return subtle.encrypt({ name: 'AES-GCM', iv: iv, additionalData: utf(label) }, key, utf(JSON.stringify(value))).then(function (c) { return { iv: iv, sealed: c }; });
  }
  function unseal(row, label) {
    return subtle.decrypt({ name: 'AES-GCM', iv: row.iv, additionalData: utf(label) }, key, row.sealed).then(function (p) { return JSON.parse(new TextDecoder().decode(p)); });
  }
  function wrapping(pin, meta) {
    return subtle.importKey('raw', utf(pin), 'PBKDF2', false, ['deriveBits']).then(function (k) {
      return subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: meta.salt, iterations: ROUNDS }, k, 256);
    }).then(function (bits) { return subtle.sign('HMAC', meta.secret, bits); }).then(function (mac) {
      return subtle.importKey('raw', mac, 'AES-GCM', false, ['wrapKey', 'unwrapKey']);
    });
  }
  Kit.uid = function () { return Array.prototype.map.call(bytes(16), function (b) { return ('0' + b.toString(16)).slice(-2); }).join(''); };
  Kit.able = !!(subtle && window.indexedDB);
  Kit.locked = function () { return !key; };
  Kit.meta = function () { return get('meta', 'device'); };

  /* First use: what the server gave, sealed under the PIN. */
  Kit.enrol = function (given, pin) {
    var meta = { device: given.device, salt: bytes(16), tries: 0, seen: Date.now() }, iv = bytes(12), made;
    return Kit.wipe().then(function () {
      return subtle.importKey('raw', utf(given.secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    }).then(function (k) { meta.secret = k; return subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']); })
      .then(function (k) { made = k; return wrapping(pin, meta); })
      .then(function (w) { return subtle.wrapKey('raw', made, w, { name: 'AES-GCM', iv: iv }); })
      .then(function (wrapped) { meta.iv = iv; meta.wrapped = wrapped; return put('meta', meta, 'device'); })
      .then(function () { return Kit.unlock(pin); })
      .then(function () { return Kit.save('token', given.token); })
      .then(function () { return Kit.save('who', given.name); });
  };
  /* Returns true when open; false for a wrong PIN, after the fifth everything is gone. */
  Kit.unlock = function (pin) {
    var meta;
    return Kit.meta().then(function (m) { meta = m; return wrapping(pin, m); }).then(function (w) {
      return subtle.unwrapKey('raw', meta.wrapped, w, { name: 'AES-GCM', iv: meta.iv }, { name: 'AES-GCM' }, false, ['encrypt', 'decrypt']);
    }).then(function (k) { key = k; meta.tries = 0; return put('meta', meta, 'device').then(function () { return true; }); },
      function () {
        meta.tries += 1;
        if (meta.tries >= MOST_TRIES) { return Kit.wipe().then(function () { return false; }); }
        return put('meta', meta, 'device').then(function () { return false; });
      });
  };
  Kit.lock = function () { key = null; };
  Kit.save = function (name, value) { return seal(value, name).then(function (row) { return put('data', row, name); }); };
  Kit.load = function (name) { return get('data', name).then(function (row) { return row ? unseal(row, name) : null; }); };
  Kit.drop = function (name) { return store('data', 'readwrite').then(function (s) { return done(s.delete(name)); }); };
  /* When the server was last spoken to: what is older than allowed is deleted. */
  Kit.touch = function (hold, outbox) {
    return Kit.meta().then(function (m) { m.seen = Date.now(); m.hold = hold; m.outbox = outbox; return put('meta', m, 'device'); });
  };
  Kit.expire = function () {
    return Kit.meta().then(function (m) {
      if (!m) { return ''; }
      var days = (Date.now() - m.seen) / 86400000;
      if (days > (m.outbox || 60)) { return Kit.wipe().then(function () { return 'all'; }); }
      if (days > (m.hold || 30)) { return Kit.drop('pack').then(function () { return 'pack'; }); }
      return '';
    });
  };
  /* The outbox: numbered on this phone, sealed, removed only when the server has answered for it. */
  Kit.post = function (act) {
    return store('meta', 'readwrite').then(function (s) {
      return new Promise(function (ok, no) {
        var r = s.get('seq');
        r.onsuccess = function () { var n = (r.result || 0) + 1; s.put(n, 'seq').onsuccess = function () { ok(n); }; };
        r.onerror = function () { no(r.error); };
      });
    }).then(function (n) {
      act.seq = n; act.uid = Kit.uid(); act.made = new Date().toISOString();
      return seal(act, 'outbox:' + n).then(function (row) { row.seq = n; return put('outbox', row); }).then(function () { return act; });
    });
  };
  Kit.outbox = function () {
    return store('outbox').then(function (s) { return done(s.getAll()); }).then(function (rows) {
      return Promise.all(rows.map(function (row) { return unseal(row, 'outbox:' + row.seq).then(function (a) { a.note = row.note; return a; }); }));
    });
  };
  Kit.sent = function (seq) { return store('outbox', 'readwrite').then(function (s) { return done(s.delete(seq)); }); };
  Kit.note = function (seq, note) {
    return store('outbox', 'readwrite').then(function (s) { return done(s.get(seq)).then(function (row) { if (row) { row.note = note; return done(s.put(row)); } }); });
  };
  Kit.wipe = function () {
    key = null;
    if (db) { db.close(); db = null; }
    return new Promise(function (ok) { var r = indexedDB.deleteDatabase(NAME); r.onsuccess = r.onerror = r.onblocked = function () { ok(); }; });
  };
}());
