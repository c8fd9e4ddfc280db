/* Taking a place: the short request with the pass; a lost answer is asked again with the same key. Without this script the form does it. */
(function () {
  'use strict';
  var form = document.querySelector('form[data-take]');
  if (!form || !window.fetch) return;
  var note = document.querySelector('[data-note]'), bar = document.querySelector('.m-bar'), tries = 0;
  var button = document.querySelector('button[form=take]');
  function chosen() { return document.querySelector('input.slot-in:checked'); }
  function say(text, bad) {
    note.hidden = false;
    note.textContent = '';
    var box = document.createElement('div');
    box.className = 'note' + (bad ? ' note-bad' : '');
    box.textContent = text;
    note.appendChild(box);
    note.scrollIntoView({ block: 'nearest' });
  }
  function busy(on) { if (button) { button.disabled = on; button.classList.toggle('is-busy', on); } }
  function label() {
    var at = chosen(), say1 = bar && bar.querySelector('[data-say]');
    if (!at || !say1) return;
    say1.textContent = at.dataset.label + ' · 1 份';
    var left = Number(at.dataset.left);
    form.elements.wait.value = left > 0 ? '' : '1';
    button.textContent = left > 0 ? '确认预订' : '排候补';
  }
  function send(at) {
    return fetch(form.dataset.take, {
      method: 'POST', credentials: 'omit',
      headers: { 'Content-Type': 'application/json', 'X-Booking-Pass': at.dataset.pass },
      body: JSON.stringify({ key: form.elements.key.value, wait: form.elements.wait.value === '1' })
    }).then(function (r) { return r.json().then(function (data) { data.status = r.status; data.retry = Number(r.headers.get('Retry-After')) || 2; return data; }); });
  }
  function again(at, seconds) {
    tries += 1;
    if (tries > 20) { busy(false); say('网络一直不通。您的请求没有丢，再按一次会得到同一张票。', true); tries = 0; return; }
    setTimeout(function () { go(at); }, Math.min(10, seconds) * 1000);
  }
  function go(at) {
    busy(true);
    send(at).then(function (data) {
      if (data.ok && data.id) { window.location = form.dataset.ticket.replace('/0/', '/' + data.id + '/') + '?new=1'; return; }
      if (data.ok) { window.location = form.dataset.lines; return; }
      if (data.status === 401 || data.code === 'booking.claimed') { HTMLFormElement.prototype.submit.call(form); return; }
      if (data.status === 429 || data.status === 503) { say(data.message || '人多，正在替您排着，请不要关页面。'); again(at, data.retry); return; }
      if (data.code === 'booking.not_open' && data.seconds && data.seconds < 8) { say('马上开始，正在替您等。'); again(at, Math.max(1, data.seconds)); return; }
      if (data.code === 'booking.full') { at.dataset.left = '0'; label(); }
      busy(false);
      say(data.message || '这次没有约上，请再试一次。', true);
    }).catch(function () { say('信号不好，正在重试。不会重复订。'); again(at, 2); });
  }
  form.addEventListener('submit', function (e) {
    var at = chosen();
    if (!at || !at.dataset.pass) return;
    e.preventDefault();
    e.stopPropagation();
    tries = 0;
    go(at);
  });
  document.addEventListener('change', function (e) { if (e.target.classList.contains('slot-in')) label(); });
  /* Remaining places: one small request for the whole page, only while it is looked at */
  function poll() {
    if (document.hidden) return;
    fetch(form.dataset.left, { credentials: 'omit' }).then(function (r) { return r.json(); }).then(function (data) {
      (data.sessions || []).forEach(function (s) {
        var at = document.querySelector('[data-left-of="' + s.id + '"]'), input = document.getElementById('s' + s.id);
        if (at) at.textContent = s.left.toLocaleString('en-US');
        if (input) input.dataset.left = String(s.left);
      });
      label();
    }).catch(function () { });
  }
  if (document.querySelector('.slot-in')) setInterval(poll, 5000);
  label();
})();
