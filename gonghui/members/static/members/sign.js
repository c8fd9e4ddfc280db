/* 手写签名：画在 canvas 上，提交时成为 PNG。没有脚本时输入姓名即可。 */
(function () {
  'use strict';
  var box = document.querySelector('[data-sign]');
  if (!box) { return; }
  var pad = box.querySelector('canvas'), acts = box.querySelector('.sign-acts'), form = box.closest('form');
  var agree = form.querySelector('[name=agree_signature]'), out = form.querySelector('[name=signature]'), typed = form.querySelector('[name=signed_name]');
  var pen = pad.getContext('2d'), down = false, used = false;
  function show() { pad.hidden = acts.hidden = !agree.checked; var row = typed.closest('div'); if (row) { row.hidden = agree.checked && used; } }
  function wipe() { pen.fillStyle = '#fff'; pen.fillRect(0, 0, pad.width, pad.height); used = false; out.value = ''; show(); }
  function at(e) { var r = pad.getBoundingClientRect(); return [(e.clientX - r.left) * pad.width / r.width, (e.clientY - r.top) * pad.height / r.height]; }
  pad.addEventListener('pointerdown', function (e) { down = true; var p = at(e); pen.beginPath(); pen.moveTo(p[0], p[1]); pad.setPointerCapture(e.pointerId); e.preventDefault(); });
  pad.addEventListener('pointermove', function (e) { if (!down) { return; } var p = at(e); pen.lineWidth = 4; pen.lineCap = 'round'; pen.strokeStyle = '#1f2430'; pen.lineTo(p[0], p[1]); pen.stroke(); used = true; e.preventDefault(); });
  pad.addEventListener('pointerup', function () { down = false; show(); });
  box.querySelector('[data-sign-clear]').addEventListener('click', wipe);
  agree.addEventListener('change', show);
  form.addEventListener('submit', function () { out.value = agree.checked && used ? pad.toDataURL('image/png') : ''; });
  wipe();
})();
