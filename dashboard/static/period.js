// The period of a page stands in its address: a link of the choice asks Dash for it without loading the page again.
(() => {
  "use strict";
  const REFRESH_MS = 15000, LOOK_MS = 50, PATIENCE_MS = 60000;
  let asked = 0, answered = true, told = 0;

  function address() { return location.pathname + location.search; }

  function tell(id) {
    answered = false;
    told = performance.now();
    window.dash_clientside.set_props(id, { "data-at": `${address()}#${asked += 1}` });
  }

  // Dash has drawn its layout when the element that it listens to is there.
  function ready() {
    return new Promise((done) => {
      const look = () => document.getElementById("address") && window.dash_clientside?.set_props ? done() : setTimeout(look, LOOK_MS);
      look();
    });
  }

  async function ask() {
    await ready();
    const page = document.getElementById("sheets");
    if (page.firstElementChild?.dataset.shown !== address()) page.dataset.busy = "";
    tell("address");
  }

  async function choose() {
    const chosen = address();
    ask();
    try {
      const answer = await fetch(chosen, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return location.reload();
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (chosen !== address()) return;
      const focus = document.activeElement?.closest("#period")?.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") || document.activeElement.textContent : null;
      document.getElementById("period").replaceWith(next.getElementById("period"));
      if (focus) [...document.querySelectorAll("#period a")].find((link) => (link.getAttribute("aria-label") || link.textContent) === focus)?.focus();
    } catch { /* no connection: the choice stays as it was, the figures say so */ }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-period]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, "", link.getAttribute("href"));
    choose();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#period")) return;
    event.preventDefault();
    history.pushState(null, "", `?${new URLSearchParams(new FormData(event.target))}`);
    choose();
  });
  addEventListener("popstate", choose);

  // The figures have come for the address that the page has.
  new MutationObserver(() => {
    const page = document.getElementById("sheets"), shown = document.getElementById("shown")?.getAttribute("data-at");
    if (shown === `${address()}#${asked}`) answered = true;
    if (page && page.firstElementChild?.dataset.shown === address()) delete page.dataset.busy;
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-shown", "data-at"] });

  setInterval(() => {
    const waits = !answered && performance.now() - told < PATIENCE_MS;
    if (waits || document.hidden || document.getElementById("period").dataset.lives !== "yes" || !document.getElementById("refresh")) return;
    tell("refresh");
  }, REFRESH_MS);
  ask();
})();
