// Has the phone keep the page that it shows without a connection. What that fetches must not hold up the first message.
(() => {
  "use strict";
  const WAIT_MS = 1000;
  const keep = () => navigator.serviceWorker?.register("/sw.js").catch(() => {});
  if (document.getElementById("board")) document.addEventListener("live", () => setTimeout(keep, WAIT_MS), { once: true });
  else keep();
})();
