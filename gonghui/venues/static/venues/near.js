/* Where the phone is, asked only after a tap; the address carries it, nothing is kept. Without this script one chooses a township. */
(function () {
  'use strict';
  var button = document.querySelector('[data-locate]'), form = document.querySelector('form[data-near]');
  if (!button || !form || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener('click', function () {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(function (at) {
      form.elements.lat.value = at.coords.latitude.toFixed(5);
      form.elements.lon.value = at.coords.longitude.toFixed(5);
      form.submit();
    }, function () {
      button.disabled = false;
      button.textContent = '没有取到位置，请选乡镇';
    }, { timeout: 6000, maximumAge: 120000 });
  });
})();
