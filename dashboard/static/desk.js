// Tells Dash which row of the live board was chosen; Dash draws the sheet of all its KPIs.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("th.who")?.closest("[data-tile]");
    if (!row) return;
    const group = new URLSearchParams(document.getElementById("board").dataset.query).get("group") || "";
    for (const other of document.querySelectorAll("[data-chosen]")) other.removeAttribute("data-chosen");
    row.setAttribute("data-chosen", "");
    window.dash_clientside?.set_props("chosen", { "data-row": `${row.dataset.tile};${group}` });
    document.getElementById("all-kpis-section")?.scrollIntoView({ block: "nearest" });
  });
})();
