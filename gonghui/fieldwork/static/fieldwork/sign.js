/* Pad for a signature and a smaller photo. */
(function () {
  'use strict';
  var Kit = window.Kit;
  Kit.pad = function (canvas) {
    var pen = canvas.getContext('2d'), down = false, used = false;
    function clear() { pen.fillStyle = '#fff'; pen.fillRect(0, 0, canvas.width, canvas.height); used = false; }
    function at(e) { var r = canvas.getBoundingClientRect(); return [(e.clientX - r.left) * canvas.width / r.width, (e.clientY - r.top) * canvas.height / r.height]; }
    canvas.addEventListener('pointerdown', function (e) { var p = at(e); down = true; pen.beginPath(); pen.moveTo(p[0], p[1]); canvas.setPointerCapture(e.pointerId); e.preventDefault(); });
    canvas.addEventListener('pointermove', function (e) {
      if (!down) { return; }
      var p = at(e); pen.lineWidth = 4; pen.lineCap = 'round'; pen.strokeStyle = '#1f2430'; pen.lineTo(p[0], p[1]); pen.stroke(); used = true; e.preventDefault();
    });
    canvas.addEventListener('pointerup', function () { down = false; });
    clear();
    return { clear: clear, used: function () { return used; }, link: function () { return used ? canvas.toDataURL('image/png') : ''; } };
  };
  /* Re-encoded at most 1280 wide: neither size nor place of the original goes out. */
  Kit.shrink = function (file) {
    return new Promise(function (ok) {
      if (!file) { ok(''); return; }
      createImageBitmap(file).then(function (map) {
        var k = Math.min(1, 1280 / Math.max(map.width, map.height)), c = document.createElement('canvas');
        c.width = Math.round(map.width * k); c.height = Math.round(map.height * k);
        c.getContext('2d').drawImage(map, 0, 0, c.width, c.height);
        ok(c.toDataURL('image/jpeg', 0.8));
      }, function () { ok(''); });
    });
  };
}());
