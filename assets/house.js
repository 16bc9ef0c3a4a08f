// Small comforts on top of pages that work without any script.
(function () {
  "use strict";
  var root = document.documentElement;

  function all(selector, inside) {
    return Array.prototype.slice.call((inside || document).querySelectorAll(selector));
  }

  function typing(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  // --- Theme: the choice is kept in a cookie, so that the server draws the next page in it.
  function showTheme(choice) {
    root.dataset.theme = choice;
    var dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-theme-switch]") || !event.submitter) return;
    event.preventDefault();
    var choice = event.submitter.value;
    document.cookie = "xs_theme=" + choice + "; path=/; max-age=31536000; samesite=lax";
    showTheme(choice);
    all("[name=theme]", form).forEach(function (button) {
      button.setAttribute("aria-pressed", button.value === choice ? "true" : "false");
    });
  });

  // --- Menus made of <details>: one open at a time, closed by Escape and by a click elsewhere.
  document.addEventListener("click", function (event) {
    all("details.x-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    all("details.x-menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // --- Keyboard: "/" goes to the search, j and k walk a table's rows, Enter opens one.
  function rows() {
    var table = document.querySelector("table[data-keys]");
    return table ? all("tbody tr", table) : [];
  }

  function walk(step) {
    var list = rows();
    if (!list.length) return;
    var at = list.findIndex(function (row) { return row.classList.contains("x-at"); });
    var next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    if (at >= 0) list[at].classList.remove("x-at");
    next.classList.add("x-at");
    next.scrollIntoView({ block: "nearest" });
    var link = next.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      var search = document.querySelector("#search");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "j") { walk(1); } else if (event.key === "k") { walk(-1); }
  });

  // --- A form with data-draft="name" keeps what was typed until it is sent.
  var prefix = "xs-draft:";

  function fields(form) {
    return all("input, textarea, select", form).filter(function (field) {
      return field.name && field.name !== "_csrf" && ["password", "file", "hidden"].indexOf(field.type) < 0;
    });
  }

  function keep(form) {
    var kept = {};
    fields(form).forEach(function (field) {
      if (field.type === "checkbox" || field.type === "radio") {
        kept[field.name + "=" + field.value] = field.checked;
      } else {
        kept[field.name] = field.value;
      }
    });
    try { localStorage.setItem(prefix + form.dataset.draft, JSON.stringify(kept)); } catch (full) { /* no room: no draft */ }
  }

  function bringBack(form) {
    var text = null;
    try { text = localStorage.getItem(prefix + form.dataset.draft); } catch (denied) { return; }
    if (!text) return;
    var kept = JSON.parse(text), changed = false;
    fields(form).forEach(function (field) {
      if (field.type === "checkbox" || field.type === "radio") {
        var on = kept[field.name + "=" + field.value];
        if (on !== undefined && on !== field.checked) { field.checked = on; changed = true; }
      } else if (kept[field.name] !== undefined && kept[field.name] !== field.value) {
        field.value = kept[field.name]; changed = true;
      }
    });
    var note = form.querySelector("[data-draft-note]");
    if (changed && note) note.hidden = false;
  }

  function forget(name) {
    try { localStorage.removeItem(prefix + name); } catch (denied) { /* nothing was kept */ }
  }

  // What was sent is forgotten once another page has come in its place: a form that never arrived, or that
  // came back with a fault, keeps its draft.
  var sent = "xs-sent";

  function forgetSent() {
    var name = null;
    try { name = sessionStorage.getItem(sent); sessionStorage.removeItem(sent); } catch (denied) { return; }
    var isBack = all("form[data-draft]", document).some(function (form) { return form.dataset.draft === name; });
    if (name && !isBack) forget(name);
  }

  function ready(inside) {
    if (inside === document) forgetSent();
    all("form[data-draft]", inside).forEach(function (form) {
      bringBack(form);
      form.addEventListener("input", function () { keep(form); });
      form.addEventListener("submit", function () {
        try { sessionStorage.setItem(sent, form.dataset.draft); } catch (denied) { forget(form.dataset.draft); }
      });
    });
    all("[data-draft-drop]", inside).forEach(function (button) {
      button.addEventListener("click", function () {
        forget(button.closest("form").dataset.draft);
        location.reload();
      });
    });
    all("[data-submit-on-change]", inside).forEach(function (field) {
      field.addEventListener("change", function () { field.form.requestSubmit(); });
    });
    all("[data-drop-file]", inside).forEach(function (zone) {
      var input = zone.querySelector("input[type=file]"), name = zone.querySelector("[data-file-name]");
      function show() { if (input.files.length) name.textContent = input.files[0].name; }
      input.addEventListener("change", show);
      zone.addEventListener("dragover", function (event) { event.preventDefault(); zone.classList.add("x-over"); });
      zone.addEventListener("dragleave", function () { zone.classList.remove("x-over"); });
      zone.addEventListener("drop", function (event) {
        event.preventDefault();
        zone.classList.remove("x-over");
        if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
      });
    });
    all("[data-print]", inside).forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { print(); });
    });
    all("[data-copy]", inside).forEach(function (button) {
      if (!navigator.clipboard) return;
      button.hidden = false;
      button.addEventListener("click", function () {
        var text = button.dataset.copy || location.href;
        navigator.clipboard.writeText(text).then(function () {
          button.classList.add("x-done");
          setTimeout(function () { button.classList.remove("x-done"); }, 1200);
        });
      });
    });
  }

  // --- Every htmx request carries the session's token; a refused one shows its page in place.
  document.addEventListener("htmx:configRequest", function (event) {
    var token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["x-csrf-token"] = token.content;
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var type = event.detail.xhr.getResponseHeader("content-type") || "";
    if (event.detail.xhr.status >= 400 && type.indexOf("text/html") === 0) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) { ready(event.detail.elt); });
  document.addEventListener("htmx:sendError", function () {
    var offline = document.getElementById("offline");
    if (offline) offline.hidden = false;
  });

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", function () { ready(document); });
  } else {
    ready(document);
  }
})();
