/* Small helpers of every page. Plain script for Chrome 90; each page works without it. */
(function () {
  'use strict';
  var doc = document;
  function near(el, sel) { return el && el.closest ? el.closest(sel) : null; }
  function all(sel, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(sel)); }

  /* `typed`: input without the letters an IME is still composing */
  function typed(e) { if (!e.isComposing) e.target.dispatchEvent(new Event('typed', { bubbles: true })); }
  doc.addEventListener('input', typed);
  doc.addEventListener('compositionend', typed);

  /* A form is sent once; its button shows busy. Coming back by history unlocks it. */
  doc.addEventListener('submit', function (e) {
    var form = e.target;
    if (e.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    if (form.target === '_blank' || form.hasAttribute('hx-post')) return;
    form.dataset.sent = '1';
    var button = e.submitter || form.querySelector('[type=submit]');
    if (button) { button.classList.add('is-busy'); button.setAttribute('aria-busy', 'true'); }
  });
  window.addEventListener('pageshow', function () {
    all('form[data-sent]').forEach(function (f) { delete f.dataset.sent; });
    all('.is-busy').forEach(function (b) { b.classList.remove('is-busy'); b.removeAttribute('aria-busy'); });
  });

  /* Clicks: nav, menus, print, copy, more filters, confirm */
  doc.addEventListener('click', function (e) {
    var el, side = doc.getElementById('side');
    if ((el = near(e.target, '[data-nav]'))) {
      e.preventDefault();
      var open = side.classList.toggle('show');
      el.setAttribute('aria-expanded', String(open));
      if (open) { var first = side.querySelector('a'); if (first) first.focus(); }
    } else if (side && side.classList.contains('show') && !near(e.target, '#side')) closeNav();
    all('details.menu[open]').forEach(function (d) { if (!d.contains(e.target)) d.open = false; });
    if ((el = near(e.target, '[data-print]'))) window.print();
    if ((el = near(e.target, '[data-copy]')) && navigator.clipboard) {
      navigator.clipboard.writeText(el.dataset.copy).then(function () { say(el.dataset.said || '已复制。'); });
    }
    if ((el = near(e.target, '[data-more]'))) {
      el.setAttribute('aria-expanded', String(near(el, '.filters').classList.toggle('show-all')));
    }
    if ((el = near(e.target, '[data-close]')) && near(el, 'details')) {
      e.preventDefault(); var d = near(el, 'details'); d.open = false; d.querySelector('summary').focus();
    }
    if ((el = near(e.target, '[data-all-details]'))) {
      var list = all('details', near(el, '.panel')), to = !list.every(function (x) { return x.open; });
      list.forEach(function (x) { x.open = to; });
    }
    if ((el = near(e.target, 'table[data-rows] input[type=checkbox]'))) pick(el, e.shiftKey);
  });
  function closeNav() {
    var side = doc.getElementById('side'), b = doc.querySelector('[data-nav]');
    if (side) side.classList.remove('show');
    if (b) b.setAttribute('aria-expanded', 'false');
  }
  function say(text) {
    var at = doc.getElementById('messages'), note = doc.createElement('div');
    if (!at) return;
    note.className = 'note note-ok mb-3'; note.setAttribute('role', 'status'); note.textContent = text;
    at.replaceChildren ? at.replaceChildren(note) : (at.textContent = '', at.appendChild(note));
  }

  /* Lists: arrow keys, Shift range, tick all, count of the ticked */
  var last = null;
  function boxes(table) { return all('tbody input[type=checkbox]', table); }
  function pick(box, range) {
    var table = near(box, 'table'), list = boxes(table);
    if (near(box, 'thead')) list.forEach(function (b) { b.checked = box.checked; });
    else {
      if (range && last && list.indexOf(last) >= 0) {
        var a = list.indexOf(last), b = list.indexOf(box);
        list.slice(Math.min(a, b), Math.max(a, b) + 1).forEach(function (x) { x.checked = box.checked; });
      }
      last = box;
    }
    list.forEach(function (b) { near(b, 'tr').classList.toggle('is-sel', b.checked); });
    var n = list.filter(function (b) { return b.checked; }).length, panel = near(table, '.panel, form') || doc;
    all('[data-sel-count]', panel).forEach(function (s) { s.textContent = n; });
    all('.bulk', panel).forEach(function (s) { s.hidden = !n && s.hasAttribute('data-auto'); });
  }
  doc.addEventListener('keydown', function (e) {
    if (e.isComposing) return;
    if (e.key === 'Escape') {
      closeNav();
      all('details.menu[open], details.confirm[open]').forEach(function (d) { d.open = false; d.querySelector('summary').focus(); });
      return;
    }
    var box = near(e.target, 'details.confirm[open] .confirm-box');
    if (box && e.key === 'Tab') {
      var stops = all('a[href],button,input:not([type=hidden]),select,textarea', box), end = stops[stops.length - 1];
      if (e.shiftKey && (e.target === stops[0] || e.target.tagName === 'H3')) { e.preventDefault(); end.focus(); }
      else if (!e.shiftKey && e.target === end) { e.preventDefault(); stops[0].focus(); }
      return;
    }
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp' && e.key !== 'Enter') return;
    var row = near(e.target, 'table[data-rows] tbody tr'), text = e.target.type && e.target.type !== 'checkbox';
    if (!row || text || e.target.tagName === 'SUMMARY') return;
    if (e.key === 'Enter') {
      var link = row.querySelector('a.nm');
      if (link && e.target.type === 'checkbox') { e.preventDefault(); link.click(); }
      return;
    }
    var cell = near(e.target, 'td'), next = row[e.key === 'ArrowDown' ? 'nextElementSibling' : 'previousElementSibling'];
    if (!next || !cell || !next.cells[cell.cellIndex]) return;
    var to = next.cells[cell.cellIndex].querySelector('a, input[type=checkbox]');
    if (to) {
      e.preventDefault(); to.focus();
      all('tr.is-cur', near(row, 'table')).forEach(function (r) { r.classList.remove('is-cur'); });
      next.classList.add('is-cur');
    }
  });
  doc.addEventListener('toggle', function (e) {
    if (e.target.matches && e.target.matches('details.confirm[open]')) { var h = e.target.querySelector('h3'); if (h) h.focus(); }
  }, true);

  /* Say results: a message that came with the page or with a swap takes the focus */
  function attend(root) { var m = root.querySelector && root.querySelector('[role=alert][tabindex], [role=status][tabindex]'); if (m) m.focus(); }
  doc.addEventListener('htmx:afterSwap', function (e) { attend(e.detail.target); choose(e.detail.target); reach(e.detail.target); });
  /* A refusal that names its place is shown there, whatever its status */
  doc.addEventListener('htmx:beforeSwap', function (e) {
    if (e.detail.xhr.getResponseHeader('HX-Retarget')) { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
  doc.addEventListener('htmx:sendError', function () {
    var at = doc.getElementById('messages');
    if (!at) return;
    say('没连上服务器。您填的内容还在这一页，请看一下网络再试一次。');
    at.firstChild.className = 'note note-bad mb-3'; at.firstChild.setAttribute('role', 'alert');
  });

  /* Long selects become searchable on the console */
  function choose(root) {
    if (!window.TomSelect) return;
    all('select', root).forEach(function (s) {
      if (s.tomselect || s.hasAttribute('data-plain') || (s.options.length <= 20 && !s.hasAttribute('data-choose'))) return;
      s.setAttribute('aria-hidden', 'true');
      new window.TomSelect(s, { maxOptions: 400, plugins: {}, render: { no_results: function () { return '<div class="no-results">没有符合的选项</div>'; } } });
    });
  }
  /* A table that scrolls inside its frame must be reachable by keyboard */
  function reach(root) {
    all('.tbl-wrap', root).forEach(function (w) {
      if (w.scrollWidth <= w.clientWidth || w.querySelector('a,button,input,select')) return;
      var caption = w.querySelector('caption');
      w.tabIndex = 0;
      w.setAttribute('role', 'region');
      w.setAttribute('aria-label', caption ? caption.textContent.trim() : '表格');
    });
  }
  function start() { choose(doc); reach(doc); attend(doc.getElementById('main') || doc); }
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', start); else start();
})();
