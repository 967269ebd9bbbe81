// Puts the colours that the page has into charts, whose colours are names of tokens; again when the page changes its own.
(() => {
  "use strict";
  const probe = document.createElement("i"), dot = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const drawn = new Map();   // chart -> what the server sent for it
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
      const [red, green, blue] = dot.getImageData(0, 0, 1, 1).data;
      known.set(token, `rgb(${red},${green},${blue})`);
    }
    return known.get(token);
  }
  function painted(value) {
    if (typeof value === "string") return value.startsWith("--") ? colour(value) : value;
    if (Array.isArray(value)) return value.map(painted);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, painted(part)]));
  }

  const react = window.Plotly.react.bind(window.Plotly);
  window.Plotly.react = (chart, figure, ...more) => {
    drawn.set(chart, figure);
    return react(chart, painted(figure), ...more);
  };
  function again() {
    known = new Map();
    for (const [chart, figure] of drawn) {
      if (chart.isConnected) react(chart, painted(figure));
      else drawn.delete(chart);
    }
  }
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
