// Starts Dash and tells it which row of the live board was chosen; Dash draws the sheet of all its KPIs.
(() => {
  "use strict";
  const PATIENCE_MS = 3000;
  let begun = false, choices = 0;

  // Dash waits until the board lives: its scripts would take all connections that a browser allows, the stream none.
  async function begin() {
    if (begun) return;
    begun = true;
    const scripts = [...document.getElementById("dash").content.querySelectorAll("script")].map((found) => {
      const script = document.createElement("script");
      for (const { name, value } of found.attributes) script.setAttribute(name, value);
      script.textContent = found.textContent;
      script.async = false;
      return script;
    });
    const fetched = scripts.filter((script) => script.src), last = fetched[fetched.length - 1];
    const there = new Promise((done) => { last.onload = done; });
    document.body.append(...fetched);
    await there;
    document.body.append(...scripts.filter((script) => !script.src));
  }
  document.addEventListener("live", begin, { once: true });
  setTimeout(begin, document.getElementById("board") ? PATIENCE_MS : 0);

  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("th.who")?.closest("[data-tile]");
    if (!row) return;
    const group = new URLSearchParams(document.getElementById("board").dataset.query).get("group") || "";
    for (const other of document.querySelectorAll("[data-chosen]")) other.removeAttribute("data-chosen");
    row.setAttribute("data-chosen", "");
    // Numbered, so that choosing the same row again reads it again.
    window.dash_clientside?.set_props("chosen", { "data-row": `${row.dataset.tile};${group};${choices += 1}` });
    document.getElementById("all-kpis-section")?.scrollIntoView({ block: "nearest" });
  });
})();
