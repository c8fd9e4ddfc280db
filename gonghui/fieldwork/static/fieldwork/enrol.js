/* Registers this phone: what the server gives is sealed under the PIN at once. */
(function () {
  'use strict';
  var Kit = window.Kit, form = document.getElementById('enrol'), fault = document.getElementById('enrol-fault');
  function say(text) { fault.textContent = text; fault.hidden = false; fault.focus(); }
  form.addEventListener('submit', function (e) {
    var pin = form.pin.value;
    e.preventDefault();
    if (!Kit.able) { say('这个浏览器不能加密存放资料，请换用系统自带的浏览器，并用 https 打开。'); return; }
    if (!/^\d{6}$/.test(pin) || /^(\d)\1{5}$/.test(pin) || pin === '123456') { say('密码要 6 位数字，不能都一样，也不要用 123456。'); return; }
    if (pin !== form.again.value) { say('两次填的密码不一样。'); return; }
    fetch(form.action, { method: 'POST', body: new URLSearchParams({ name: form.elements.name.value }), headers: { 'X-CSRFToken': form.csrfmiddlewaretoken.value, Accept: 'application/json' } }).then(function (r) {
      return r.json().then(function (said) { if (!r.ok) { throw new Error(said.message); } return said; });
    }).then(function (said) { return Kit.enrol(said, pin); }).then(function () { location.href = form.getAttribute('data-next'); }, function (x) { say(x.message || '没有登记上，请再试一次。'); });
  });
}());
