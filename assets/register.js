// The panel with the source of a number: opened by htmx, closed by its button and by Escape.
(function () {
  "use strict";
  var opener = null;

  function panel() { return document.getElementById("panel"); }

  function close() {
    var open = panel();
    if (!open || !open.firstChild) return;
    open.replaceChildren();
    if (opener) opener.focus();
  }

  // A sheet may be wider than its place: the marked cell comes into sight, and the page stays where it is.
  function show(inside) {
    var here = inside.querySelector(".x-sheet .x-here");
    if (!here) return;
    var frame = here.closest(".x-scroll");
    frame.scrollLeft = here.offsetLeft - (frame.clientWidth - here.offsetWidth) / 2;
  }
  show(document);

  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.target && event.detail.target.id === "panel") opener = event.detail.elt;
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "panel") return;
    show(event.detail.target);
    event.detail.target.scrollTop = 0;
    var button = event.detail.target.querySelector("[data-close]");
    if (button) button.focus({ preventScroll: true });
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-close=panel]")) close();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") close();
  });
})();
