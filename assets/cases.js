// Helps at a factory gate: a form is not sent into a dead network, and the place is filled in on request.
// Everything works without it; what was typed is kept by house.js (data-draft).
(function () {
  "use strict";

  function say(form, selector, shown) {
    var note = form.querySelector(selector);
    if (note) note.hidden = !shown;
  }

  // A form that is sent without a network would be lost with the page. It stays, and says that it is kept here.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-draft]") || navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(form, "[data-offline]", true);
    var offline = document.getElementById("offline");
    if (offline && !form.querySelector("[data-offline]")) offline.hidden = false;
  }, true);

  window.addEventListener("offline", function () {
    document.querySelectorAll("form[data-draft]").forEach(function (form) { say(form, "[data-offline]", true); });
  });
  window.addEventListener("online", function () {
    document.querySelectorAll("form[data-draft]").forEach(function (form) { say(form, "[data-offline]", false); });
    var offline = document.getElementById("offline");
    if (offline) offline.hidden = true;
  });

  // The place is asked for only when the button is pressed.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-locate]");
    if (!button || !navigator.geolocation) return;
    var field = document.getElementById(button.dataset.locate);
    var note = document.getElementById(button.dataset.locate + "-note");
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(function (found) {
      var at = found.coords.latitude.toFixed(5) + ", " + found.coords.longitude.toFixed(5);
      var moment = new Date(found.timestamp || Date.now()).toISOString().replace(/\.\d+Z$/, "Z");
      field.value = at + " (±" + Math.round(found.coords.accuracy) + " m, " + moment + ")";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      button.disabled = false;
    }, function () {
      if (note) note.hidden = false;
      button.disabled = false;
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });

  if (navigator.geolocation) {
    document.querySelectorAll("[data-locate]").forEach(function (button) { button.hidden = false; });
  }
})();
