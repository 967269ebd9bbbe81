// A part of a page that changes by itself: read again from the server every few seconds while somebody can see it.
(() => {
  "use strict";
  async function reread() {
    const part = document.getElementById("reread");
    if (document.hidden || !part || part.contains(document.activeElement) || part.querySelector("details[open]")) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-By-Itself": "1" } });
      if (!answer.ok || answer.redirected) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("reread");
      if (next && next.innerHTML !== part.innerHTML) part.replaceWith(next);
    } catch { /* no connection: the age on the page stands still */ }
  }
  setInterval(reread, 1000 * document.getElementById("reread").dataset.seconds);
})();
