// Draws charts: what an element says as `data-figure` is drawn in it by plotly. Colours in it are names of tokens; the page
// has them in the set of colours that the reader chose, so they are put in here, and again when the page changes its own.
(() => {
  "use strict";
  const FIGURE = "[data-figure]";
  const probe = document.createElement("i"), dot = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const drawn = new Map();   // element -> what was drawn in it
  let known = new Map();
  probe.hidden = true;
  document.body.append(probe);
  dot.canvas.width = dot.canvas.height = 1;

  // By way of a pixel, since a mixed colour reads in a notation that plotly does not know.
  function colour(token) {
    if (!known.has(token)) {
      probe.style.color = `var(${token})`;
      dot.clearRect(0, 0, 1, 1);
      dot.fillStyle = getComputedStyle(probe).color;
      dot.fillRect(0, 0, 1, 1);
      known.set(token, `rgb(${[...dot.getImageData(0, 0, 1, 1).data].slice(0, 3)})`);
    }
    return known.get(token);
  }

  const put_in = (name, value) => typeof value === "string" && value.startsWith("--") ? colour(value) : value;

  function look() {
    if (!window.Plotly) return;
    for (const element of document.querySelectorAll(FIGURE)) {
      if (drawn.get(element) === element.dataset.figure) continue;
      drawn.set(element, element.dataset.figure);
      const { data, layout, config } = JSON.parse(element.dataset.figure, put_in);
      layout.font.family = getComputedStyle(document.body).fontFamily;
      window.Plotly.react(element, data, layout, config);
    }
    for (const element of drawn.keys()) {
      if (element.isConnected) continue;
      window.Plotly.purge(element);
      drawn.delete(element);
    }
  }
  function again() {
    known = new Map();
    for (const element of drawn.keys()) drawn.set(element, "");
    look();
  }

  const library = document.createElement("script");
  library.src = document.getElementById("sheets-of").dataset.library;
  library.onload = look;
  document.head.append(library);
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-figure"] });
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
