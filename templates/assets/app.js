// Comfort only: the page is whole without it. Figures are never formatted here, text never becomes markup.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  function one(selector, from) { return (from || doc).querySelector(selector) }
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)) }

  // search, filter, sort
  var table = one("table.sc"), bodies = all("tbody", table).filter(function (b) { return b.parentNode === table });
  var kpis = bodies.filter(function (b) { return b.classList.contains("kpi") });
  var groups = bodies.filter(function (b) { return b.classList.contains("grp") });
  var query = one("#q"), sort = one("#sort"), chips = all(".chip"), live = one("#live"), empty = one("#empty");
  function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "") }
  var texts = kpis.map(function (k) { return plain(one(".c-k", k).textContent + " " + k.id) });
  function pressed(chip) { return chip.getAttribute("aria-pressed") === "true" }
  function apply() {
    var on = chips.filter(pressed).map(function (c) { return c.dataset.s }), words = plain(query.value.trim()), count = 0;
    kpis.forEach(function (k, i) {
      var shown = (!on.length || on.indexOf(k.dataset.s) >= 0) && (!words || texts[i].indexOf(words) >= 0);
      k.hidden = !shown;
      if (shown) count++;
    });
    groups.forEach(function (g) {
      var next = g.nextElementSibling, any = false;
      while (next && !next.classList.contains("grp")) { any = any || !next.hidden; next = next.nextElementSibling }
      g.hidden = sort.value !== "p" || !any;
    });
    empty.hidden = count > 0;
    table.hidden = !count;
    live.textContent = count ? count === 1 ? live.dataset["1"] : live.dataset.n.replace("#", count) : live.dataset["0"];
  }
  query.addEventListener("input", apply);
  chips.forEach(function (chip) {
    chip.addEventListener("click", function () { chip.setAttribute("aria-pressed", !pressed(chip)); apply() });
  });
  one("#reset").addEventListener("click", function () {
    query.value = "";
    chips.forEach(function (c) { c.setAttribute("aria-pressed", "false") });
    apply();
    query.focus();
  });
  var rank = { bad: 0, watch: 1, waived: 2, good: 3, none: 4 };
  function worst(a, b) { return rank[a.dataset.s] - rank[b.dataset.s] }
  var orders = {
    s: worst,
    g: function (a, b) { return b.dataset.g - a.dataset.g || worst(a, b) },
    n: function (a, b) { return one(".nm", a).textContent.localeCompare(one(".nm", b).textContent, root.lang) }
  };
  sort.addEventListener("change", function () {
    var order = orders[sort.value];
    (order ? groups.concat(kpis.slice().sort(order)) : bodies).forEach(function (b) { table.appendChild(b) });
    apply();
  });

  // drawers; on a phone the course is wider than the screen and begins at its end
  var drawers = all(".x > td > details"), expand = one("#all");
  drawers.forEach(function (d) {
    d.addEventListener("toggle", function () { all(".xw", d).forEach(function (x) { x.scrollLeft = x.scrollWidth }) });
  });
  function open(state) { drawers.forEach(function (d) { d.open = state }) }
  expand.addEventListener("click", function () {
    var state = expand.getAttribute("aria-expanded") !== "true";
    open(state);
    expand.setAttribute("aria-expanded", state);
    expand.textContent = state ? expand.dataset.b : expand.dataset.a;
  });
  one("#printfull").addEventListener("click", function () {
    var before = drawers.map(function (d) { return d.open });
    open(true);
    window.print();
    drawers.forEach(function (d, i) { d.open = before[i] });
  });
  function follow() {
    var at = doc.getElementById(location.hash.slice(1)), drawer = at && at.classList.contains("kpi") && one("details", at);
    if (drawer) drawer.open = true;
  }
  window.addEventListener("hashchange", follow);
  follow();

  // what a point is: read from the table of figures in the drawer
  var tip = one("#tip"), mark = null;
  function hide() { tip.hidden = true; if (mark) { mark.remove(); mark = null } }
  function show(svg, i) {
    var line = all(".dt-t tbody tr", doc.getElementById("d-" + svg.dataset.k))[i];
    if (!line) return;
    var cells = all("th,td", line).map(function (c) { return c.textContent });
    var strong = doc.createElement("b");
    strong.textContent = cells[1];
    tip.textContent = cells[0] + " ";
    tip.append(strong);
    if (cells[2]) tip.append(doc.createElement("br"), cells[2]);
    if (cells[3] !== "–") tip.append(doc.createElement("br"), "n = " + cells[3]);
    tip.append(doc.createElement("br"), cells[4]);
    if (cells[5]) tip.append(doc.createElement("br"), cells[5]);
    tip.hidden = false;
    var box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal, x = svg.dataset.xs.split(" ")[i];
    var left = box.left + x * box.width / view.width - tip.offsetWidth / 2;
    tip.style.left = Math.max(8, Math.min(root.clientWidth - tip.offsetWidth - 8, left)) + window.scrollX + "px";
    tip.style.top = box.top + window.scrollY - tip.offsetHeight - 6 + "px";
    if (!mark || mark.ownerSVGElement !== svg) {
      if (mark) mark.remove();
      mark = doc.createElementNS("http://www.w3.org/2000/svg", "path");
      mark.setAttribute("class", "mn");
      svg.appendChild(mark);
    }
    mark.setAttribute("d", "M" + x + " 0V" + view.height);
  }
  all("svg[data-xs]").forEach(function (svg) {
    var xs = svg.dataset.xs.split(" ").map(Number), at = xs.length - 1;
    svg.addEventListener("pointermove", function (event) {
      var box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width, best = 0;
      xs.forEach(function (v, i) { if (Math.abs(v - x) < Math.abs(xs[best] - x)) best = i });
      show(svg, best);
    });
    svg.addEventListener("pointerleave", hide);
    if (!svg.classList.contains("xm")) return;
    svg.addEventListener("focus", function () { show(svg, at) });
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", function (event) {
      var step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      at = Math.max(0, Math.min(xs.length - 1, at + step));
      show(svg, at);
    });
  });
  doc.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(doc.activeElement.tagName)) { event.preventDefault(); query.focus() }
    if (event.key === "Escape") hide();
  });
})();
