// Runs before the first paint: a reader who left the theme to the system gets the system's.
(function () {
  var root = document.documentElement;
  if (root.dataset.theme === "auto") {
    root.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
})();
