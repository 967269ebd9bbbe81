// Pages without a board have no stream: they ask whether their session still stands, and with the same rights.
(() => {
  "use strict";
  const EVERY_MS = 4000, place = document.querySelector("[data-watch]").dataset.watch;
  let rights = "";
  async function watch() {
    if (document.hidden) return;
    try {
      const answer = await fetch("/whoami", { headers: { Accept: "application/json" } });
      if (answer.status === 401) return location.assign("/login");
      const now = answer.ok ? await answer.text() : rights;
      if (rights && now !== rights) return location.assign(place);
      rights = now;
    } catch { /* no connection: the next question says more */ }
  }
  watch();
  setInterval(watch, EVERY_MS);
})();
