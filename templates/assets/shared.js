// What all pages have: controls that need scripts are shown, the theme is kept, code can be copied.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  function one(selector, from) { return (from || doc).querySelector(selector) }
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)) }

  all(".js").forEach(function (e) { e.hidden = false });

  // theme
  function stored(value) {
    try {
      if (value === undefined) return localStorage.getItem("kpispec-theme");
      localStorage.setItem("kpispec-theme", value);
    } catch (e) { return null }
  }
  function dress(theme) {
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
    else root.removeAttribute("data-theme");
  }
  var theme = stored();
  dress(theme);
  all("input[name=theme]").forEach(function (radio) {
    if (radio.value === theme) radio.checked = true;
    radio.addEventListener("change", function () { dress(radio.value); stored(radio.value) });
  });

  // copy
  all(".cp").forEach(function (button) {
    var label = button.firstChild, word = label.nodeValue;
    function done() { label.nodeValue = button.dataset.c; setTimeout(function () { label.nodeValue = word }, 1600) }
    button.addEventListener("click", function () {
      var code = one("code", button.parentNode);
      if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(code.textContent).then(done); return }
      var range = doc.createRange(), selection = window.getSelection();
      range.selectNodeContents(code);
      selection.removeAllRanges();
      selection.addRange(range);
      try { if (doc.execCommand("copy")) done() } catch (e) { return }
    });
  });
})();
