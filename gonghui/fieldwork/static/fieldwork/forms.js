/* Forms of the kit: visit, card, join, help, proposal. Each puts one act into the outbox; only what was changed goes out. */
(function () {
  'use strict';
  var Kit = window.Kit, S = Kit.screens, h = Kit.h;
  function label(text, field, hint) { return h('div', { class: 'mb-3' }, [h('label', { class: 'form-label', for: field.id }, text), field, hint ? h('p', { class: 'field-hint' }, hint) : null]); }
  function pick(id, list, now, none) {
    return h('select', { class: 'form-select', id: id, name: id }, [none === undefined ? null : h('option', { value: '' }, none)].concat(list.map(function (p) { return h('option', { value: p[0], selected: p[0] === now }, p[1]); })));
  }
  function ticks(name, title, list, now) {
    return h('fieldset', { class: 'mb-3' }, [h('legend', { class: 'form-label' }, title)].concat(list.map(function (p) {
      return h('label', { class: 'kit-tick' }, [h('input', { type: 'checkbox', class: 'form-check-input', name: name, value: p[0], checked: (now || []).indexOf(p[0]) >= 0 }), ' ' + p[1]]);
    })));
  }
  function ticked(form, name) { return Array.prototype.map.call(form.querySelectorAll('input[name="' + name + '"]:checked'), function (i) { return i.value; }).sort(); }
  function day(plus) { var d = new Date(Date.now() + (plus || 0) * 86400000); return d.getFullYear() + '-' + ('0' + (d.getMonth() + 1)).slice(-2) + '-' + ('0' + d.getDate()).slice(-2); }
  function input(id, type, value, more) { return h('input', Object.assign({ class: 'form-control', id: id, name: id, type: type, value: value || '' }, more || {})); }
  function say(form, text) { var n = form.querySelector('.kit-fault'); n.textContent = text; n.hidden = false; n.focus(); }
  function form(id, inner, act, go) {
    var f = h('form', { id: id, class: 'pt-3', novalidate: true, autocomplete: 'off' }, [h('p', { class: 'note note-bad kit-fault', role: 'alert', tabindex: '-1', hidden: true })].concat(inner));
    f.addEventListener('submit', function (e) { e.preventDefault(); if (f.dataset.busy) { return; } f.dataset.busy = '1'; Promise.resolve(f).then(go).then(function () { delete f.dataset.busy; }, function (fault) { delete f.dataset.busy; say(f, fault.message || '没有存上，请再试一次。'); }); });
    f.bar = [act[0], act[1], id];
    return f;
  }
  function changed(now, old) {
    var found = {};
    Object.keys(now).forEach(function (k) { var a = now[k], b = old[k]; if (JSON.stringify(a) !== JSON.stringify(b) && !((a === '' || a === null || (Array.isArray(a) && !a.length)) && (b === undefined || b === null || b === ''))) { found[k] = a; } });
    return found;
  }

  S.visit = function (w, id) {
    var e = S.employer(w, id), v = S.open(w, id), old = v ? v.fields : {}, c = w.labels.choices, l = w.labels.lists;
    if (!e) { return [S.empty('手机上没有这个单位。请先同步。')]; }
    var pad = h('canvas', { class: 'sign-pad', width: 560, height: 180, 'aria-label': '负责人签名框' }), sign, photo = h('input', { class: 'form-control', type: 'file', id: 'photo', accept: 'image/*', capture: 'environment' });
    var refusal = label('不同意的原因', pick('refusal', c.refusal, old.refusal, '请选择'));
    var outcome = pick('outcome', c.outcome, old.outcome, '请选择');
    function follow() { refusal.hidden = outcome.value !== 'refused'; }
    outcome.addEventListener('change', follow); follow();
    sign = Kit.pad(pad);
    return [form('visit', [
      h('p', { class: 'kit-lead' }, e.name + '　' + (e.address || '')),
      label('目的', pick('purpose', c.purpose, old.purpose || 'build')), label('走访日期', input('visited_on', 'date', day(), { max: day() })),
      label('谁去的', pick('visitor', c.visitor, old.visitor || 'alone')), ticks('checklist', '清单', l.checklist, old.checklist), ticks('arguments', '说了什么', l.arguments, old.arguments),
      label('结果', outcome), refusal, label('建议形式', pick('proposed_form', c.proposed_form, old.proposed_form || e.planned_form, '没有谈到')),
      label('成熟度', pick('maturity', c.maturity, '', '不变（' + S.word(c.maturity, e.stage) + '）')),
      ticks('needs', '职工需求', l.needs, old.needs), ticks('warnings', '预警', l.warnings, old.warnings),
      label('记录', h('textarea', { class: 'form-control', id: 'note', name: 'note', rows: 3, maxlength: 500 }, old.note || '')),
      label('下次走访', input('next_visit', 'date', day(w.said.gap_days || 14), { min: day() })), label('照片（选填）', photo),
      h('fieldset', { class: 'mb-3' }, [h('legend', { class: 'form-label' }, '负责人签名（选填）'), pad, h('button', { class: 'btn btn-light btn-sm mt-2', type: 'button', on: { click: function () { sign.clear(); } } }, '重写')])
    ], ['存走访', '没有信号也能存'], function (f) {
      var now = { purpose: f.elements.purpose.value, visited_on: f.visited_on.value, visitor: f.visitor.value, outcome: f.outcome.value, proposed_form: f.proposed_form.value, note: f.note.value.trim(), next_visit: f.next_visit.value, state: 'done',
        checklist: ticked(f, 'checklist'), arguments: ticked(f, 'arguments'), needs: ticked(f, 'needs'), warnings: ticked(f, 'warnings') };
      if (f.maturity.value) { now.maturity = f.maturity.value; }
      if (!now.outcome) { throw new Error('请选结果。'); }
      if (now.outcome === 'refused') { now.refusal = f.refusal.value; if (!now.refusal) { throw new Error('请选不同意的原因，大家好知道下次怎么谈。'); } }
      return Kit.shrink(photo.files[0]).then(function (picture) {
        var files = {};
        if (picture) { files.photo = picture; }
        if (sign.used()) { files.signature = sign.link(); }
        return Kit.post({ kind: 'visit', key: v ? v.key : Kit.uid(), employer: id, base: v ? v.version : 0, fields: changed(now, old), files: files });
      }).then(function () { return Kit.go('e/' + id, '走访已存在手机里。'); });
    })];
  };

  S.card = function (w, id, kind) {
    var e = S.employer(w, id), held = e && e.cards[kind];
    if (!held) { return [S.empty('手机上没有这张卡片。请先同步。')]; }
    return [form('card', [h('p', { class: 'kit-lead' }, e.name)].concat(Kit.blocks[kind].map(function (b) {
      var now = held.fields[b[0]] || '', field = b[0] === 'reason' ? pick('b-reason', w.labels.reasons, now, '请选择') : h('textarea', { class: 'form-control', id: 'b-' + b[0], name: 'b-' + b[0], rows: 2, maxlength: 300 }, now);
      return label(b[1], field, held.stale.indexOf(b[0]) >= 0 ? '这一项太旧了，请重新核实。没有变化也改一个字或写上日期。' : '');
    })), ['存卡片', '只送出改过的项目'], function (f) {
      var fields = {};
      Kit.blocks[kind].forEach(function (b) { var v = f['b-' + b[0]].value.trim(); if (v && v !== (held.fields[b[0]] || '')) { fields[b[0]] = v; } });
      if (!Object.keys(fields).length) { return Kit.go('e/' + id, '没有改动。'); }
      return Kit.post({ kind: 'card', key: kind, employer: id, base: held.version, fields: fields }).then(function () { return Kit.go('e/' + id, '卡片已存在手机里。'); });
    })];
  };

  S.join = function (w, id) {
    var e = id ? S.employer(w, id) : null, pad = h('canvas', { class: 'sign-pad', width: 560, height: 180, 'aria-label': '申请人签名框' }), sign = Kit.pad(pad);
    var unions = w.pack.unions.map(function (u) { return [String(u.id), u.name]; }), agree = h('input', { type: 'checkbox', class: 'form-check-input', id: 'agree', name: 'agree' });
    return [form('join', [
      h('p', { class: 'note' }, '请把手机交给申请人，由本人填写、勾选、签名。'),
      label('加入哪个工会', pick('union', unions, '', e ? '按单位确定' : '请选择')),
      label('姓名', input('name', 'text', '', { maxlength: 60, autocomplete: 'off' })), label('身份证号', input('id_number', 'text', '', { maxlength: 18, inputmode: 'text', autocomplete: 'off' })),
      label('手机号', input('phone', 'tel', '', { maxlength: 11, inputmode: 'tel' })),
      label('用工形式', pick('kind', [['regular', '合同制'], ['seasonal', '季节工'], ['temporary', '临时工'], ['gig', '新就业形态']], 'regular')),
      e ? null : label('在哪里干活', input('employer_name', 'text', '', { maxlength: 120 })),
      h('fieldset', { class: 'mb-3' }, [h('legend', { class: 'form-label' }, '本人签名'), pad, h('button', { class: 'btn btn-light btn-sm mt-2', type: 'button', on: { click: function () { sign.clear(); } } }, '重写')]),
      h('label', { class: 'kit-tick', for: 'agree' }, [agree, ' 我自愿加入工会，同意工会为办理会籍使用以上信息，并留存我的签名。'])
    ], ['提交申请', '一人一份，本人签名'], function (f) {
      var now = { name: f.elements.name.value.trim(), id_number: f.id_number.value.trim().toUpperCase(), phone: f.phone.value.trim(), kind: f.kind.value, agree: agree.checked, signature: sign.link(), signed_name: f.elements.name.value.trim() };
      if (f.employer_name) { now.employer_name = f.employer_name.value.trim(); }
      if (f.elements.union.value) { now.union = Number(f.elements.union.value); }
      if (!e && !now.union) { throw new Error('请先选加入哪个工会。'); }
      if (!now.name || !/^\d{17}[\dX]$/.test(now.id_number)) { throw new Error('请填姓名和 18 位身份证号。'); }
      if (now.phone && !/^1\d{10}$/.test(now.phone)) { throw new Error('手机号是 11 位，请核对。'); }
      if (!now.signature) { throw new Error('请本人在框里签名。'); }
      if (!now.agree) { throw new Error('请本人勾选同意。'); }
      return Kit.post({ kind: 'join', employer: id || null, fields: now }).then(function () { return Kit.go(id ? 'e/' + id : 'join', now.name + '的申请已存在手机里，可以请下一位。'); });
    })];
  };

  S.help = function (w, id) {
    return [form('help', [h('p', { class: 'kit-lead' }, (S.employer(w, id) || {}).name || ''), label('要帮什么忙', h('textarea', { class: 'form-control', id: 'words', name: 'words', rows: 4, maxlength: 300 }))], ['发出求助', '镇（街道）工会会收到'], function (f) {
      if (!f.words.value.trim()) { throw new Error('请写明要帮什么忙。'); }
      return Kit.post({ kind: 'help', employer: id, fields: { words: f.words.value.trim() } }).then(function () { return Kit.go('e/' + id, '求助已存在手机里。'); });
    })];
  };

  S.propose = function (w, id) {
    var e = S.employer(w, id) || {}, forms = w.labels.choices.proposed_form, unions = w.pack.unions.map(function (u) { return [String(u.id), u.name]; });
    var near = w.pack.employers.filter(function (x) { return x.id !== id && !x.organised; }).slice(0, 20), rest, join = pick('union', unions, '', '不加入，新建工会');
    rest = h('div', {}, [
      label('新建的形式', pick('form', forms, e.planned_form || 'joint3')), label('名称（选填）', input('union_name', 'text', '', { maxlength: 60 }), '例如“青石街商铺联合工会”'),
      near.length ? ticks('units', '一起联合的单位', near.map(function (x) { return [String(x.id), x.name]; })) : null,
      label('理由', h('textarea', { class: 'form-control', id: 'reason', name: 'reason', rows: 2, maxlength: 200 }), '联合建会要写明为什么不单独建。'),
      label('筹备组组长', input('leader', 'text', '', { maxlength: 40 })), label('组长电话（选填）', input('phone', 'tel', '', { maxlength: 11, inputmode: 'tel' }))
    ]);
    join.addEventListener('change', function () { rest.hidden = !!join.value; });
    return [form('propose', [h('p', { class: 'kit-lead' }, e.name || ''), label('加入现有的联合工会', join, '小店不用单独建会：选一个一条街、市场或行业的联合工会就行。'), rest],
      ['提出建会', '送到镇（街道）工会办理'], function (f) {
        var fields = join.value ? { union: Number(join.value) } : { form: f.elements.form.value, name: f.union_name.value.trim(), reason: f.reason.value.trim(), leader: f.leader.value.trim(), phone: f.phone.value.trim(), units: ticked(f, 'units').map(Number) };
        return Kit.post({ kind: 'propose', employer: id, fields: fields }).then(function () { return Kit.go('e/' + id, '已记下，上送后开始办理。'); });
      })];
  };
}());
