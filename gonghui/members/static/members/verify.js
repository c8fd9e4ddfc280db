/* 会员证离线核验：签名用浏览器自带的 WebCrypto（ECDSA P-256）当场核对，内容不离开这台设备。 */
(function () {
  'use strict';
  var box = document.getElementById('cv');
  if (!box || !window.crypto || !crypto.subtle) { return; }
  var word = document.getElementById('cv-word'), why = document.getElementById('cv-why'), out = document.getElementById('cv-out');
  var field = document.getElementById('cv-code'), go = document.getElementById('cv-go');
  function bytes(hex) { var a = new Uint8Array(hex.length / 2); for (var i = 0; i < a.length; i += 1) { a[i] = parseInt(hex.substr(i * 2, 2), 16); } return a; }
  function raw(text) {
    var s = text.replace(/-/g, '+').replace(/_/g, '/'); while (s.length % 4) { s += '='; }
    var b = atob(s), a = new Uint8Array(b.length); for (var i = 0; i < b.length; i += 1) { a[i] = b.charCodeAt(i); } return a;
  }
  function day(n) { return new Date(Date.UTC(2020, 0, 1) + n * 864e5).toISOString().slice(0, 10); }
  function today() { return new Date(Date.now() + 8 * 36e5).toISOString().slice(0, 10); }
  function say(ok, a, b) { out.className = 'note ' + (ok ? 'note-ok' : 'note-bad'); word.textContent = a; why.textContent = b; out.focus(); }
  function check(code) {
    var parts = code.trim().split('#').pop().split('.');
    if (parts.length !== 5 || parts[0] !== 'GH1' || !/^\d+$/.test(parts[1] + parts[2] + parts[3])) { return say(false, '不是会员证二维码', '内容读不出来，请重新扫一次。'); }
    var signature;
    try { signature = raw(parts[4]); } catch (e) { return say(false, '不是会员证二维码', '内容读不出来，请重新扫一次。'); }
    crypto.subtle.importKey('raw', bytes(box.getAttribute('data-key')), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
      .then(function (key) { return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, new TextEncoder().encode(parts.slice(0, 4).join('.'))); })
      .then(function (good) {
        if (!good) { return say(false, '签名不对', '这张二维码不是本平台签发的，或内容被改过。'); }
        if (day(+parts[3]) < today()) { return say(false, '二维码已过期', '有效期到 ' + day(+parts[3]) + '，请会员打开手机页面刷新。'); }
        say(true, '签名是真的，会员证 ' + parts[1], '有效期到 ' + day(+parts[3]) + '。本次在本机核对，没有联网。');
      }, function () { say(false, '这台设备不能离线核验', '请用“联网核验”。'); });
  }
  go.hidden = false;
  go.addEventListener('click', function () { check(field.value); });
  function fromLink() { if (location.hash.length > 10) { field.value = location.hash.slice(1); check(field.value); } }
  window.addEventListener('hashchange', fromLink);
  fromLink();
})();
