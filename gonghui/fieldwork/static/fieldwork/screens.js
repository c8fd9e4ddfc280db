/* Screens of the kit: today, an employer, conflicts, this phone. Built with text nodes only: nothing typed becomes markup. */
(function () {
  'use strict';
  var Kit = window.Kit, S = Kit.screens = {};
  function h(tag, at, inner) {
    var e = document.createElement(tag);
    Object.keys(at || {}).forEach(function (k) {
      var v = at[k];
      if (v === null || v === undefined || v === false) { return; }
      if (k === 'on') { Object.keys(v).forEach(function (n) { e.addEventListener(n, v[n]); }); } else if (k === 'value') { e.value = v; } else { e.setAttribute(k, v === true ? '' : v); }
    });
    (Array.isArray(inner) ? inner : inner === undefined ? [] : [inner]).forEach(function (c) {
      if (c !== null && c !== undefined && c !== false && c !== '') { e.appendChild(typeof c === 'object' ? c : document.createTextNode(String(c))); }
    });
    return e;
  }
  Kit.h = h;
  S.word = function (list, key) { var f = (list || []).filter(function (p) { return p[0] === key; })[0]; return f ? f[1] : key || ''; };
  S.tag = function (text, tone) { return h('span', { class: 'tag tag-' + (tone || 'info') }, text); };
  S.link = function (hash, text, kind) { return h('a', { class: 'btn ' + (kind || 'btn-light'), href: '#' + hash }, text); };
  S.section = function (title, inner) { return h('section', { class: 'm-sec' }, [title ? h('h3', {}, title) : null].concat(inner)); };
  S.empty = function (text) { return h('div', { class: 'm-card' }, h('p', { class: 'mb-0' }, text)); };

  /* What is known with what waits in the outbox laid over it, so that an edit shows at once. */
  S.world = function () {
    return Promise.all([Kit.load('pack'), Kit.outbox()]).then(function (two) {
      var said = two[0] || {}, acts = two[1], pack = said.pack || { employers: [], visits: [], unions: [], clashes: [], helps: [] };
      acts.forEach(function (a) {
        if (a.kind === 'card') {
          pack.employers.filter(function (e) { return e.id === a.employer; }).forEach(function (e) { Object.assign(e.cards[a.key].fields, a.fields); e.waiting = true; });
        } else if (a.kind === 'visit') {
          var v = pack.visits.filter(function (x) { return x.key === a.key; })[0];
          if (!v) { v = { key: a.key, employer: a.employer, version: 0, fields: {} }; pack.visits.unshift(v); }
          Object.assign(v.fields, a.fields); v.waiting = true;
          pack.employers.filter(function (e) { return e.id === v.employer; }).forEach(function (e) { e.waiting = true; });
        } else if (a.kind === 'join') { pack.employers.forEach(function (e) { if (e.id === a.employer) { e.waiting = true; } }); }
      });
      return { said: said, labels: said.labels || {}, pack: pack, outbox: acts, have: !!two[0] };
    });
  };
  S.employer = function (w, id) { return w.pack.employers.filter(function (e) { return e.id === id; })[0]; };
  S.open = function (w, id) { return w.pack.visits.filter(function (v) { return v.employer === id && v.fields.state === 'planned'; })[0]; };
  S.filled = function (e) {
    return Object.keys(e.cards).map(function (k) {
      var all = Kit.blocks[k], n = all.filter(function (b) { return e.cards[k].fields[b[0]] && e.cards[k].stale.indexOf(b[0]) < 0; }).length;
      return { kind: k, n: n, of: all.length };
    });
  };

  S.today = function (w) {
    var most = w.said.stops || 12, rows = w.pack.employers.slice().sort(function (a, b) { return b.points - a.points || a.id - b.id; });
    if (!w.have) { return [S.empty('手机上还没有今天的名单。有信号时点“同步”，名单和卡片会存到手机里，没有信号也能用。')]; }
    var first = rows.slice(0, most), rest = rows.slice(most), needle = h('input', { class: 'form-control', type: 'search', id: 'q', 'aria-label': '找单位', placeholder: '找单位' });
    var list = h('ol', { class: 'kit-list' }), more = h('ol', { class: 'kit-list', start: most + 1 });
    function line(e) {
      var done = S.filled(e);
      return h('li', {}, h('a', { class: 'kit-row', href: '#e/' + e.id }, [
        h('b', {}, e.name), h('span', { class: 'kit-why' }, e.reason), h('span', { class: 'kit-sub' }, (e.address || '地址未登记') + (e.headcount === null ? '' : ' · ' + e.headcount + ' 人')),
        h('span', { class: 'kit-tags' }, [S.tag(e.spot || '跟踪服务', e.organised ? 'ok' : 'info')].concat(done.map(function (d) {
          return S.tag(w.labels.cards[d.kind].label + ' ' + d.n + '/' + d.of, d.n === d.of ? 'ok' : 'warn');
        }), e.waiting ? [S.tag('待上送', 'warn')] : []))
      ]));
    }
    first.forEach(function (e) { list.appendChild(line(e)); });
    rest.forEach(function (e) { more.appendChild(line(e)); });
    needle.addEventListener('input', function () {
      var q = needle.value.trim();
      Array.prototype.forEach.call(document.querySelectorAll('.kit-list li'), function (li) { li.hidden = !!q && li.textContent.indexOf(q) < 0; });
    });
    return [
      S.section('今天走 ' + first.length + ' 家', [needle, first.length ? list : S.empty('没有要走访的单位。')]),
      rest.length ? h('details', { class: 'm-sec' }, [h('summary', {}, '其余 ' + rest.length + ' 家'), more]) : null,
      w.pack.helps.length ? S.section('求助的答复', w.pack.helps.map(function (x) { return h('div', { class: 'm-card' }, [h('b', {}, x.employer), h('p', { class: 'mb-1' }, '问：' + x.words), h('p', { class: 'mb-0' }, '答：' + x.answer)]); })) : null
    ];
  };

  S.shop = function (w, id) {
    var e = S.employer(w, id);
    if (!e) { return [S.empty('手机上没有这个单位。请先同步。')]; }
    var rows = [['地址', e.address || '未登记'], ['负责人', e.operator || '未登记'], ['职工', e.headcount === null ? '未知' : e.headcount + ' 人'], ['进展', e.spot || '—'], ['成熟度', S.word(w.labels.choices.maturity, e.stage)], ['为什么今天去', e.reason]];
    var past = w.pack.visits.filter(function (v) { return v.employer === id; }).slice(0, 5);
    return [
      h('h2', { class: 'kit-name' }, e.name), h('ul', { class: 'm-list' }, rows.map(function (r) { return h('li', {}, [h('span', {}, r[0]), h('b', {}, r[1])]); })),
      S.section('现场办理', h('div', { class: 'kit-acts' }, [S.link('visit/' + id, '登记走访', 'btn-brand')].concat(S.filled(e).map(function (d) {
        return S.link('card/' + id + '/' + d.kind, '填“' + w.labels.cards[d.kind].label + '” ' + d.n + '/' + d.of);
      }), [S.link('join/' + id, '现场入会'), S.link('propose/' + id, '提出建会'), S.link('help/' + id, '向干部求助')]))),
      h('details', { class: 'm-sec' }, [h('summary', {}, '给老板看：加入工会有什么好处')].concat(Kit.leaflet.map(function (t) { return h('p', { class: 'mb-1 mt-2' }, t); }))),
      past.length ? S.section('走访记录', h('ul', { class: 'm-list' }, past.map(function (v) {
        return h('li', {}, [h('span', {}, v.fields.visited_on || v.fields.planned_on || ''), h('b', {}, [S.word(w.labels.choices.outcome, v.fields.outcome) || '待走访', v.waiting ? ' · 待上送' : ''])]);
      }))) : null
    ];
  };

  S.clash = function (w) {
    if (!w.pack.clashes.length) { return [S.empty('没有冲突。')]; }
    return w.pack.clashes.map(function (c) {
      var acts = h('div', { class: 'kit-acts' });
      function choose(choice, text, kind) {
        acts.appendChild(h('button', { class: 'btn ' + (kind || 'btn-light'), type: 'button', on: { click: function () {
          Kit.post({ kind: 'settle', fields: { clash: c.id, choice: choice } }).then(function () { return Kit.go('clash', '已记下，上送后生效。'); });
        } } }, text));
      }
      if (c.kind === 'value') { c.sides.forEach(function (s) { choose(s.uid, '留“' + s.value.slice(0, 16) + '”'); }); if (c.text) { choose('both', '两个都写上'); } }
      else if (c.kind === 'closed') { choose('keep', '保留走访'); choose('close', '照样撤销'); }
      else if (c.kind === 'refused') { choose('seen', '已核对'); }
      else { choose('file', '核实了，提交申请'); choose('drop', '重复，不办'); }
      return h('section', { class: 'm-card kit-clash' }, [
        h('h2', {}, c.employer), h('p', {}, [S.tag(c.title, 'warn'), ' ', c.why || (c.sides[0] ? c.sides[0].field : '')]),
        h('div', { class: 'kit-sides' }, c.sides.map(function (s) { return h('div', {}, [h('b', {}, s.value), h('span', {}, s.field + ' · ' + s.who + (s.device ? '（手机）' : '')), h('span', {}, s.at.slice(0, 16).replace('T', ' '))]); })), acts
      ]);
    });
  };

  S.me = function (w) {
    var wait = w.outbox;
    return [
      S.section('待上送 ' + wait.length + ' 件', wait.length ? h('ul', { class: 'm-list' }, wait.map(function (a) {
        var words = { visit: '走访', card: '信息卡', join: '现场入会', help: '求助', propose: '提出建会', settle: '处理冲突' }[a.kind], e = S.employer(w, a.employer);
        return h('li', {}, [h('span', {}, words), h('b', {}, [(e ? e.name : a.fields.name || '') + (a.note ? '：' + a.note : ''), a.note ? h('button', { class: 'btn btn-text btn-sm', type: 'button', on: { click: function () {
          if (window.confirm('这一件没有上送成功，删掉就没有了。删掉吗？')) { Kit.sent(a.seq).then(function () { Kit.go('me', '已删掉。'); }); }
        } } }, '删掉') : null])]);
      })) : S.empty('都送出去了，手机上没有留。')),
      S.section('这台手机', [h('p', {}, '名单和卡片加密存放，' + (w.said.hold_days || 30) + ' 天没有同步自动清除；没送出去的记录最多留 ' + (w.said.outbox_days || 60) + ' 天。送出去的当场清除。手机丢了，请马上告诉镇（街道）工会停用。'),
        h('div', { class: 'kit-acts' }, [h('button', { class: 'btn btn-light', type: 'button', on: { click: function () { Kit.lock(); location.reload(); } } }, '锁上'),
          h('button', { class: 'btn btn-outline-danger', type: 'button', on: { click: function () {
            var text = wait.length ? '还有 ' + wait.length + ' 件没有上送，清除就没有了。清除吗？' : '清除手机上的资料吗？';
            if (window.confirm(text)) { Kit.wipe().then(function () { location.reload(); }); }
          } } }, '清除手机上的资料')])])
    ];
  };
}());
