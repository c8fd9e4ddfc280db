/* The kit itself: opens with the PIN, draws the screen the address names, sends when there is signal. */
(function () {
  'use strict';
  var Kit = window.Kit, S = Kit.screens, h = Kit.h, main = document.getElementById('main'), title = document.getElementById('title'), bar = document.getElementById('bar');
  var back = document.getElementById('back'), state = document.getElementById('state'), flash = '', tabs = document.getElementById('tabs');
  Kit.blocks = JSON.parse(document.getElementById('kit-blocks').textContent);
  Kit.leaflet = JSON.parse(document.getElementById('kit-leaflet').textContent);
  function show(nodes) { main.textContent = ''; bar.textContent = ''; nodes.forEach(function (n) { if (n) { main.appendChild(n); } }); }
  function note(text, tone) { return h('p', { class: 'note note-' + (tone || 'ok') + ' kit-said', role: 'status', tabindex: '-1' }, text); }
  function attend() { var n = main.querySelector('.kit-said'); if (n) { n.focus({ preventScroll: true }); } window.scrollTo(0, 0); }
  function signal() {
    state.textContent = navigator.onLine ? '有信号' : '没有信号';
    state.className = 'kit-state' + (navigator.onLine ? '' : ' off');
    if (navigator.onLine && !Kit.locked()) { Kit.refresh(true); }
  }
  Kit.go = function (hash, said) { flash = said || ''; if (location.hash === '#' + hash) { return draw(); } location.hash = hash; return null; };
  Kit.refresh = function (quiet) {
    return Kit.sync().then(function (r) {
      if (r.wipe) { location.reload(); return; }
      if (!quiet || r.sent || r.clashes) { flash = r.message; }
      if (!quiet || !main.querySelector('form')) { draw(); }
    });
  };
  function act(f) { bar.appendChild(h('div', { class: 'm-bar' }, h('div', {}, [h('span', { class: 'say' }, [h('b', {}, f.bar[0]), f.bar[1]]), h('button', { class: 'btn btn-brand px-4', type: 'submit', form: f.bar[2] }, f.bar[0])]))); }
  var TITLES = { today: '今日走访', e: '单位', visit: '登记走访', card: '填信息卡', join: '现场入会', help: '求助', propose: '提出建会', clash: '核对冲突', me: '这台手机' };
  function draw() {
    var parts = location.hash.slice(1).split('/'), name = parts[0] || 'today', id = parts[1] ? Number(parts[1]) : null;
    if (Kit.locked()) { return Promise.resolve(); }
    return S.world().then(function (w) {
      var nodes = name === 'e' ? S.shop(w, id) : name === 'visit' ? S.visit(w, id) : name === 'card' ? S.card(w, id, parts[2]) : name === 'join' ? S.join(w, id)
        : name === 'help' ? S.help(w, id) : name === 'propose' ? S.propose(w, id) : name === 'clash' ? S.clash(w) : name === 'me' ? S.me(w) : S.today(w);
      title.textContent = TITLES[name] || '今日走访';
      document.title = title.textContent + ' · 外勤包';
      back.href = name === 'today' || !TITLES[name] ? '/console/' : /^(visit|card|help|propose)$/.test(name) || (name === 'join' && id) ? '#e/' + id : '#today';
      show([flash ? note(flash) : null].concat(nodes)); flash = '';
      nodes.forEach(function (n) { if (n && n.bar) { act(n); } });
      tabs.hidden = !!bar.firstChild;
      Array.prototype.forEach.call(tabs.querySelectorAll('a'), function (a) { if (a.hash === '#' + name) { a.setAttribute('aria-current', 'page'); } else { a.removeAttribute('aria-current'); } });
      var n = document.getElementById('n-out'), c = document.getElementById('n-clash');
      n.textContent = w.outbox.length; n.hidden = !w.outbox.length; c.textContent = w.pack.clashes.length; c.hidden = !w.pack.clashes.length;
      attend();
    });
  }
  function ask(text, tone) {
    var pin = h('input', { class: 'form-control', id: 'pin', name: 'pin', type: 'password', inputmode: 'numeric', maxlength: 6, autocomplete: 'off' });
    var f = h('form', { class: 'm-sec', id: 'unlock', novalidate: true }, [text ? note(text, tone) : null, h('label', { class: 'form-label', for: 'pin' }, '6 位密码'), pin, h('p', { class: 'field-hint' }, '连续输错 5 次，手机上的资料全部清除。')]);
    f.addEventListener('submit', function (e) {
      e.preventDefault();
      Kit.unlock(pin.value).then(function (ok) {
        if (ok) { draw().then(function () { if (navigator.onLine) { Kit.refresh(true); } }); return; }
        Kit.meta().then(function (m) { if (m) { ask('密码不对，还可以试 ' + (5 - m.tries) + ' 次。', 'bad'); } else { none('密码输错 5 次，手机上的资料已清除。'); } });
      });
    });
    title.textContent = '打开外勤包'; tabs.hidden = true; show([f]); f.bar = ['打开', '资料加密存在手机里', 'unlock']; act(f); pin.focus();
  }
  function none(text) {
    title.textContent = '外勤包'; tabs.hidden = true;
    show([text ? note(text, 'bad') : null, h('section', { class: 'm-sec' }, [h('p', {}, '这台手机还没有登记。有信号时登录一次，登记后没有信号也能用。'), h('a', { class: 'btn btn-brand', href: document.getElementById('kit').getAttribute('data-register') }, '登录并登记这台手机')])]);
  }
  document.getElementById('go-sync').addEventListener('click', function () { if (!Kit.locked()) { state.textContent = '正在同步'; Kit.refresh(false).then(signalText); } });
  function signalText() { state.textContent = navigator.onLine ? '有信号' : '没有信号'; state.className = 'kit-state' + (navigator.onLine ? '' : ' off'); }
  window.addEventListener('hashchange', draw);
  window.addEventListener('online', signal);
  window.addEventListener('offline', signal);
  if ('serviceWorker' in navigator) { navigator.serviceWorker.register(document.getElementById('kit').getAttribute('data-worker'), { scope: '/m/fieldwork/' }).then(function () { return navigator.serviceWorker.ready; }).then(function () { document.getElementById('kit').setAttribute('data-kept', '1'); }, function () { /* without it the kit works while there is signal */ }); }
  if (!Kit.able) { none('这个浏览器不能加密存放资料，请换用系统自带的浏览器，并用 https 打开。'); return; }
  Kit.standing().then(function (gone) {
    if (gone) { none('这台手机已停用，手机上的资料已清除。'); return; }
    return Kit.expire().then(function (what) {
      return Kit.meta().then(function (m) { if (!m) { none(what ? '太久没有同步，手机上的资料已清除。' : ''); } else { ask(what ? '太久没有同步，名单和卡片已清除，没送出去的记录还在。' : '', 'warn'); } });
    });
  }).then(function () { signalText(); document.getElementById('kit').setAttribute('data-ready', '1'); });
}());
