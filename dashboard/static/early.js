// Opens the stream of this page's board while the page itself is still being read: one round trip less until it lives.
// `live.js` takes it over with all that has come by then.
(() => {
  "use strict";
  if (document.hidden) return;
  const query = document.currentScript.dataset.query, source = new EventSource(`/stream?${query}`), come = [];
  const early = window.early = { query, source, come, heard: (kind, data) => come.push([kind, data]) };
  for (const kind of ["snapshot", "change"]) source.addEventListener(kind, (event) => early.heard(kind, event.data));
})();
