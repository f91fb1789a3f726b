// Comfort only: the pages are whole without it. Text never becomes markup.
(function () {
  "use strict";
  var doc = document;
  function one(selector, from) { return (from || doc).querySelector(selector) }
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)) }

  // search and filter
  var query = one("#q");
  if (!query) return;
  var tag = one("#tag"), pack = one("#pack"), live = one("#live"), empty = one("#empty");
  var entries = all(".entry[data-p]"), shelves = all(".shelf").filter(function (s) { return one(".entry[data-p]", s) });
  function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "") }
  var texts = entries.map(function (e) { return plain(e.textContent) });
  function apply() {
    var words = plain(query.value.trim()).split(/\s+/), count = 0;
    entries.forEach(function (e, i) {
      var shown = words.every(function (w) { return texts[i].indexOf(w) >= 0 });
      if (tag && tag.value) shown = shown && e.dataset.t.split(" ").indexOf(tag.value) >= 0;
      if (pack && pack.value) shown = shown && e.dataset.p === pack.value;
      e.hidden = !shown;
      if (shown) count++;
    });
    shelves.forEach(function (s) { s.hidden = !all(".entry", s).some(function (e) { return !e.hidden }) });
    empty.hidden = count > 0;
    live.textContent = count ? count === 1 ? live.dataset["1"] : live.dataset.n.replace("#", count) : live.dataset["0"];
  }
  query.addEventListener("input", apply);
  [tag, pack].forEach(function (s) { if (s) s.addEventListener("change", apply) });
  one("#reset").addEventListener("click", function () {
    query.value = "";
    [tag, pack].forEach(function (s) { if (s) s.value = "" });
    apply();
    query.focus();
  });
  doc.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(doc.activeElement.tagName)) { event.preventDefault(); query.focus() }
  });
})();
