/* Service worker of the field kit: keeps the empty shell, never anybody's data. SHELL and KIT stand above, put there by the server. */
'use strict';
var KEEP = 'field-kit-' + hash(self.SHELL.join('|'));
function hash(text) { var h = 5381; for (var i = 0; i < text.length; i++) { h = ((h * 33) ^ text.charCodeAt(i)) >>> 0; } return h.toString(36); }
self.addEventListener('install', function (e) {
  e.waitUntil(caches.open(KEEP).then(function (c) {
    return c.addAll(self.SHELL.map(function (u) { return new Request(u, { cache: 'reload', credentials: 'omit' }); }));
  }).then(function () { return self.skipWaiting(); }));
});
self.addEventListener('activate', function (e) {
  e.waitUntil(caches.keys().then(function (keys) {
    return Promise.all(keys.filter(function (k) { return k.indexOf('field-kit-') === 0 && k !== KEEP; }).map(function (k) { return caches.delete(k); }));
  }).then(function () { return self.clients.claim(); }));
});
self.addEventListener('fetch', function (e) {
  var url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin) { return; }
  if (e.request.mode === 'navigate') {
    /* the kit itself opens from the store; any other page of field work falls back to it when there is no signal */
    e.respondWith(url.pathname === self.KIT ? shell().then(function (r) { refresh(); return r; }) : fetch(e.request).catch(shell));
    return;
  }
  if (self.SHELL.indexOf(url.pathname) >= 0) {
    e.respondWith(caches.match(url.pathname).then(function (r) { return r || fetch(e.request); }));
  }
});
function shell() { return caches.match(self.KIT).then(function (r) { return r || fetch(self.KIT, { credentials: 'omit' }); }); }
function refresh() {
  if (!self.navigator.onLine) { return; }
  fetch(self.KIT, { credentials: 'omit', cache: 'no-store' }).then(function (r) {
    if (r.ok) { return caches.open(KEEP).then(function (c) { return c.put(self.KIT, r); }); }
  }).catch(function () { /* no signal: the kept shell stays */ });
}
