/* Totals of a form while it is filled in. Plain script for Chrome 90; without it the server says the same after saving. */
(function () {
  'use strict';
  function fen(text) {
    var t = text.replace(/[,，\s¥]/g, '');
    return /^-?\d+(\.\d{1,2})?$/.test(t) ? Math.round(parseFloat(t) * 100) : 0;
  }
  function yuan(n) {
    var a = Math.abs(n), whole = String(Math.floor(a / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
    return (n < 0 ? '-' : '') + whole + '.' + ('0' + (a % 100)).slice(-2);
  }
  function side(input) {
    if (input.dataset.side !== 'row') return input.dataset.side;
    var row = input.closest('tr'), pick = row && row.querySelector('select'), first = pick ? pick.value.charAt(0) : '';
    return first === '4' ? 'c' : first === '5' ? 'd' : '';
  }
  function add(form) {
    var sum = { d: 0, c: 0 };
    Array.prototype.forEach.call(form.querySelectorAll('input[data-side]'), function (i) {
      var s = side(i);
      if (s) sum[s] += fen(i.value);
    });
    Array.prototype.forEach.call(form.querySelectorAll('[data-sum]'), function (at) {
      var k = at.dataset.sum, n = k === 'gap' ? Math.abs(sum.d - sum.c) : k === 'left' ? sum.c - sum.d : sum[k];
      at.textContent = yuan(n);
      if (k === 'gap') at.classList.toggle('t-red', n !== 0);
      if (k === 'left') at.classList.toggle('t-red', n < 0);
    });
  }
  Array.prototype.forEach.call(document.querySelectorAll('form[data-sums]'), function (form) {
    form.addEventListener('input', function () { add(form); });
    form.addEventListener('change', function () { add(form); });
    add(form);
  });
})();
