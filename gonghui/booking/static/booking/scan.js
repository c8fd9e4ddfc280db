/* 到场核销：断网时用浏览器自带的 WebCrypto 核对票的签名，记在本机，来网后一次上传；重复上传不会算两次。 */
(function () {
  'use strict';
  var door = document.getElementById('door');
  if (!door || !window.localStorage || !window.fetch) return;
  var store = 'gonghui.scan.' + door.dataset.session, form = door.querySelector('[data-scan]'), field = form.elements.code;
  var said = door.querySelector('[data-said]'), note = door.querySelector('[data-offline]'), count = door.querySelector('[data-waiting]');
  function read() { try { return JSON.parse(localStorage.getItem(store) || '[]'); } catch (e) { return []; } }
  function write(rows) { localStorage.setItem(store, JSON.stringify(rows)); show(); }
  function show() { var n = read().length; count.textContent = String(n); note.hidden = navigator.onLine && n === 0; }
  function device() {
    var id = localStorage.getItem('gonghui.scanner');
    if (!id) { var a = new Uint8Array(8); crypto.getRandomValues(a); id = 'scan-' + Array.prototype.map.call(a, function (b) { return ('0' + b.toString(16)).slice(-2); }).join(''); localStorage.setItem('gonghui.scanner', id); }
    return id;
  }
  function serial() { var a = new Uint8Array(10); crypto.getRandomValues(a); return Array.prototype.map.call(a, function (b) { return ('0' + b.toString(16)).slice(-2); }).join(''); }
  function say(ok, head, text) {
    said.textContent = '';
    var box = document.createElement('div'); box.className = 'bk-res ' + (ok ? 'bk-res-ok' : 'bk-res-bad');
    var a = document.createElement('div'); a.className = 'bk-lead'; a.textContent = head;
    var b = document.createElement('div'); b.textContent = text; box.appendChild(a); box.appendChild(b); said.appendChild(box);
  }
  function bytes(hex) { var a = new Uint8Array(hex.length / 2); for (var i = 0; i < a.length; i += 1) { a[i] = parseInt(hex.substr(i * 2, 2), 16); } return a; }
  function raw(text) { var s = text.replace(/-/g, '+').replace(/_/g, '/'); while (s.length % 4) { s += '='; } var b = atob(s), a = new Uint8Array(b.length); for (var i = 0; i < b.length; i += 1) { a[i] = b.charCodeAt(i); } return a; }
  function verify(parts) {
    return crypto.subtle.importKey('raw', bytes(door.dataset.key), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
      .then(function (key) { return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw(parts[4]), new TextEncoder().encode(parts.slice(0, 4).join('.'))); });
  }
  function offline(code) {
    var parts = code.trim().split('.');
    if (parts.length !== 5 || parts[0] !== 'GT1') { say(false, '断网时只能扫二维码', '编号要联网才能核对，请扫手机上的码。'); return; }
    if (parts[2] !== door.dataset.session) { say(false, '不是本场次', '请核对票上的场次。'); return; }
    if (read().some(function (r) { return r.code === code.trim(); })) { say(false, '重复扫码', '这张票刚才扫过了。'); return; }
    verify(parts).then(function (good) {
      if (!good) { say(false, '无效二维码', '签名不对，不是本平台的票。'); return; }
      var rows = read(); rows.push({ code: code.trim(), serial: serial(), at: new Date().toISOString() }); write(rows);
      say(true, '已记下，可以进', '签名是真的，来网后自动上传。编号 ' + parts[1]);
    }).catch(function () { say(false, '读不出来', '请再扫一次。'); });
  }
  function send() {
    var rows = read();
    if (!rows.length) { show(); return; }
    fetch(door.dataset.merge, {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify({ device: device(), scans: rows })
    }).then(function (r) { if (!r.ok) throw r; return r.json(); }).then(function (data) {
      var sent = {}; data.rows.forEach(function (row) { sent[row.serial] = row.word; });
      write(read().filter(function (row) { return !(row.serial in sent); }));
      var bad = data.rows.filter(function (row) { return row.outcome !== 'used'; }).length;
      say(!bad, '已上传 ' + data.rows.length + ' 条', bad ? bad + ' 条是重复或不能用的，刷新可看。' : '都核销成功。');
    }).catch(function () { show(); });
  }
  form.addEventListener('submit', function (e) {
    if (navigator.onLine) return;
    e.preventDefault(); e.stopPropagation();
    if (field.value.trim()) offline(field.value);
    field.value = ''; field.focus();
  });
  door.querySelector('[data-send]').addEventListener('click', send);
  window.addEventListener('online', send); window.addEventListener('offline', show);
  show(); if (navigator.onLine) send();
  /* camera, where the browser can read codes itself */
  var camera = door.querySelector('[data-camera]'), video = door.querySelector('[data-video]');
  if ('BarcodeDetector' in window && navigator.mediaDevices) {
    camera.hidden = false;
    camera.addEventListener('click', function () {
      var detector = new window.BarcodeDetector({ formats: ['qr_code'] });
      navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(function (stream) {
        video.hidden = false; video.srcObject = stream; video.play();
        (function look() {
          detector.detect(video).then(function (found) {
            if (!found.length) { setTimeout(look, 200); return; }
            stream.getTracks().forEach(function (t) { t.stop(); }); video.hidden = true;
            field.value = found[0].rawValue;
            if (navigator.onLine) form.submit(); else { offline(field.value); field.value = ''; }
          }).catch(function () { setTimeout(look, 400); });
        })();
      }).catch(function () { say(false, '打不开摄像头', '请允许使用摄像头，或用扫码枪、手输编号。'); });
    });
  }
})();
