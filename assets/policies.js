// Sliders beside the number fields of the policy desk. Without a script only the fields are there.
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("input[type=range][data-for]"), function (slider) {
    var field = document.getElementById(slider.dataset.for);
    if (!field) return;
    slider.hidden = false;
    slider.addEventListener("input", function () { field.value = slider.value; });
    field.addEventListener("input", function () { slider.value = field.value; });
  });
})();
