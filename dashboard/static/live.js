// The live board in the browser: assigns finished texts, attributes and paths; computes and formats no number.
(() => {
  "use strict";
  const MARKED = ".v, .d, .today, .pair, .sums p";
  const LATE_MS = 15000, LOST_MS = 60000, DEAF_MS = 20000, FOLLOW_MS = 2000, HOLD_MS = 500, REOPEN_MS = 2000;
  const root = document.documentElement, calm = matchMedia("(prefers-reduced-motion: reduce)"), hovers = matchMedia("(hover: hover)");
  // Only a wall brings forward at once what is below its target.
  const wall = document.body.classList.contains("on-wall"), REDRAW_MS = wall ? 3000 : 10000;
  const main = document.getElementById("main"), at = main?.dataset.at || "";
  // The wall of a link has addresses of its own, which know what it shows.
  const address = (name, query) => at ? `${at}/${name}` : `/${name}?${query}`;
  let board = document.getElementById("board");
  let bound = new Map();     // key -> [[element, attribute or null]]
  let state = null;          // the last {seq, as_of, layout, fields}, fields merged
  let fresh = stamp();       // when the picture last moved on, by both clocks
  let heard = performance.now();

  function stamp() { return { wall: Date.now(), steady: performance.now() }; }

  // ---- age: by this device's clocks; the larger difference, so that a phone that slept wakes up grey
  function age() {
    const passed = Math.max(Date.now() - fresh.wall, performance.now() - fresh.steady);
    const now = passed > LOST_MS ? "lost" : passed > LATE_MS ? "late" : "live";
    // Written only when it changes: the style of the whole page hangs on it.
    if (root.dataset.age !== now) root.dataset.age = now;
  }

  // ---- drawing
  function bind() {
    bound = new Map();
    const add = (key, element, attribute) => {
      if (!bound.has(key)) bound.set(key, []);
      bound.get(key).push([element, attribute]);
    };
    for (const element of document.querySelectorAll("[data-k]")) add(element.dataset.k, element, null);
    for (const element of document.querySelectorAll("[data-a]")) {
      for (const pair of element.dataset.a.split(" ")) {
        const cut = pair.indexOf("=");
        add(pair.slice(cut + 1), element, pair.slice(0, cut));
      }
    }
  }

  // A text node that stays spares the browser building the box around it again.
  function write(element, text) {
    const node = element.firstChild;
    if (text && node?.nodeType === Node.TEXT_NODE && !node.nextSibling) node.data = text;
    else element.textContent = text;
  }
  let changed = [];
  function draw(fields, quietly) {
    for (const element of changed) element.classList.remove("changed");
    changed = [];
    for (const key in fields) {
      for (const [element, attribute] of bound.get(key) || []) {
        if (attribute !== null) {
          if (element.getAttribute(attribute) !== fields[key]) element.setAttribute(attribute, fields[key]);
        } else if (element.textContent !== fields[key]) {
          write(element, fields[key]);
          if (!quietly && element.closest(MARKED)) changed.push(element);
        }
      }
    }
    for (const element of changed) element.classList.add("changed");
  }

  function places() {
    const found = new Map();
    for (const tile of board.querySelectorAll("[data-tile]")) {
      const box = tile.getBoundingClientRect();
      if (box.width) found.set(tile.dataset.tile, [tile, box]);
    }
    return found;
  }

  function replace(html) {
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("board");
    if (!next) return;
    const before = places(), focus = document.activeElement;
    const tile = focus && board.contains(focus) && focus.closest("[data-tile]");
    const go = focus && board.contains(focus) && focus.getAttribute("href");
    const left = board.querySelector(".sheet")?.scrollLeft;
    next.classList.add("again");
    board.replaceWith(next);
    board = next;
    bind();
    if (state && state.layout === board.dataset.layout) draw(state.fields, true);
    document.dispatchEvent(new Event("redrawn"));
    if (left) board.querySelector(".sheet")?.scrollTo(left, 0);
    if (tile) board.querySelector(`[data-tile="${tile.dataset.tile}"] button`)?.focus({ preventScroll: true });
    if (go) [...board.querySelectorAll("a[data-go]")].find((link) => link.getAttribute("href") === go)?.focus();
    if (calm.matches) return;
    for (const [id, [moved, to]] of places()) {
      const from = before.get(id)?.[1];
      if (!from || (from.top === to.top && from.left === to.left)) continue;
      const start = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
      moved.animate([{ transform: start }, { transform: "none" }], { duration: 400, easing: "ease-in-out" });
    }
  }

  let redrawn = -REDRAW_MS, waiting = 0;
  function redraw(query, at_once) {
    // Many screens learn of a new order in the same moment: they ask one after the other. Nothing moves under a pointer
    // or a finger; for a phone what was tapped is hovered over still.
    const pause = at_once ? 0 : Math.max(redrawn + REDRAW_MS - performance.now(), Math.random() * 400);
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (!at_once && !wall && board.querySelector(`[data-tile]:${hovers.matches ? "hover" : "active"}`)) return redraw(query, false);
      redrawn = performance.now();
      try {
        const answer = await fetch(address("board", query), { headers: { Accept: "text/html" } });
        if (answer.ok) replace(await answer.text());
        else if (answer.status === 401 || answer.status === 403) leave();
      } catch { /* no connection: the age says so */ }
    }, pause);
  }

  // ---- messages: from our own stream, or from the tab that holds it for all
  function take(message) {
    heard = performance.now();
    if (!state || state.as_of !== message.as_of) fresh = stamp();
    const first = message.kind === "snapshot";
    state = { ...message, kind: "snapshot", fields: first ? message.fields : { ...state.fields, ...message.fields } };
    draw(message.fields, first);
    age();
    document.dispatchEvent(new Event("live"));
    // A board that does not say its layout shows one row of it, wherever that stands.
    if (board.dataset.layout && message.layout !== board.dataset.layout) redraw(board.dataset.query, false);
  }
  const follows = (message) => message.kind === "snapshot" || (state && message.seq === state.seq + 1);

  // A browser allows six connections to one host: tabs that show the same board share one stream.
  let source = null, channel = null, release = null, giving_up = null, early = window.early, begun = 0;

  function open() {
    source?.close();
    heard = begun = performance.now();
    const first = early?.query === board.dataset.query && early.source.readyState !== EventSource.CLOSED ? early : null;
    if (!first) unneeded();
    early = null;
    source = first?.source ?? new EventSource(address("stream", board.dataset.query));
    source.addEventListener("version", ({ data }) => document.dispatchEvent(new CustomEvent("version", { detail: data })));
    const own = source;
    const receive = (kind, data) => {
      if (source !== own) return;
      const message = { kind, ...JSON.parse(data) };
      if (!follows(message)) return open();
      channel?.postMessage(message);
      take(message);
    };
    source.onerror = ended;
    if (first) first.heard = receive;
    else for (const kind of ["snapshot", "change"]) source.addEventListener(kind, (event) => receive(kind, event.data));
  }

  // Shown at once, before it is known whether another tab holds the stream for all.
  function begin() {
    if (early?.query !== board.dataset.query) return;
    early.heard = (kind, data) => { const message = { kind, ...JSON.parse(data) }; if (follows(message)) take(message); };
    for (const one of early.come.splice(0)) early.heard(...one);
  }
  // What `early.js` opened, where another tab already holds the stream for all.
  function unneeded() { early?.source.close(); early = null; }

  async function ended() {
    try {
      const answer = await fetch(at ? `${at}/whoami` : "/whoami", { headers: { Accept: "application/json" } });
      if (answer.status === 401) { channel?.postMessage("ended"); return leave(); }
      const { opens } = await answer.json(), view = new URLSearchParams(board.dataset.query).get("view");
      // Another role was given: to its home, where this view is no longer for it.
      if (opens && !opens.includes(view)) return location.assign("/");
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => source && open(), 2000);
      // The stream was ended for other rights: the browser would wait for seconds before it comes back for them.
      else if (source && performance.now() - begun > REOPEN_MS) open();
    } catch {
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => source && open(), 2000);
    }
  }

  function leave() { if (at) location.replace(at); else location.assign("/login"); }

  function start() {
    if (!board || channel || source || document.hidden) return;
    const name = `leitstand ${at || board.dataset.query}`;
    if (!navigator.locks || !window.BroadcastChannel) return open();
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => {
      if (data === "ended") return ended();
      if (data === "hello") { if (source && state) channel.postMessage(state); return; }
      if (source) return;
      unneeded();
      if (follows(data)) take(data);
      else channel.postMessage("hello");
    };
    giving_up = new AbortController();
    navigator.locks.request(name, { signal: giving_up.signal }, () => new Promise((done) => {
      release = done;
      open();
    })).catch(() => {});
    channel.postMessage("hello");
  }

  function stop() {
    unneeded();
    source?.close();
    giving_up?.abort();
    release?.();
    channel?.close();
    source = channel = release = giving_up = null;
  }

  // ---- another order or grouping: the address says it, nothing else does
  function show() {
    const asked = new URLSearchParams(location.search);
    asked.set("view", new URLSearchParams(board.dataset.query).get("view"));
    state = null;
    board.dataset.query = asked.toString();
    redraw(board.dataset.query, true);
    stop();
    start();
  }

  // ---- the definition passport: press, hold or right-click a number
  const dialog = document.getElementById("passport");
  let open_passport = null, read_at = 0;
  async function passport(tile, kpi) {
    const again = dialog.open && open_passport?.join() === [tile, kpi].join(), closed = again && folded();
    open_passport = [tile, kpi];
    read_at = performance.now();
    try {
      const asked = new URLSearchParams(board.dataset.query);
      asked.set("passport", tile);
      asked.set("kpi", kpi);
      const answer = await fetch(`/board?${asked}`);
      if (!answer.ok || (again && !dialog.open)) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      dialog.querySelector(".content").replaceChildren(...page.body.children);
      if (closed) dialog.querySelector("details")?.removeAttribute("open");
      if (!again) dialog.scrollTop = 0;
      if (!dialog.open) dialog.showModal();
    } catch { /* no connection: its instant says so */ }
  }
  const folded = () => dialog.querySelector("details")?.open === false;
  // It follows the board; nothing is torn away from under the keyboard.
  document.addEventListener("live", () => {
    if (dialog.open && performance.now() - read_at >= FOLLOW_MS && !dialog.querySelector(".content :focus")) passport(...open_passport);
  });
  function number(event) {
    const row = at ? null : event.target.closest?.("[data-tile]");
    return row ? [row.dataset.tile, event.target.closest("[data-kpi]")?.dataset.kpi || "service_level"] : null;
  }
  let holding = 0, held = false;
  document.addEventListener("pointerdown", (event) => {
    held = false;
    clearTimeout(holding);
    const asked = event.pointerType !== "mouse" && !dialog?.open && number(event);
    if (asked) holding = setTimeout(() => { held = true; passport(...asked); }, HOLD_MS);
  });
  for (const over of ["pointerup", "pointercancel", "pointermove", "scroll"]) {
    document.addEventListener(over, (event) => {
      if (over !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 4) clearTimeout(holding);
    }, { passive: true, capture: true });
  }
  document.addEventListener("contextmenu", (event) => {
    const asked = number(event);
    if (asked) { event.preventDefault(); if (!held) passport(...asked); }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-go]"), theme = event.target.closest?.("[data-themes] [data-theme]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      history.pushState(null, "", link.getAttribute("href"));
      show();
    } else if (theme) {
      root.dataset.theme = theme.dataset.theme;
      document.cookie = `theme=${theme.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
      for (const other of theme.parentNode.children) other.toggleAttribute("aria-current", other === theme);
    } else if (event.target === dialog) {
      dialog.close();
    } else if (!held && event.target.closest?.("[data-kpi]")) {
      const asked = number(event);
      if (asked) passport(...asked);
    }
  });

  bind();
  age();
  setInterval(() => {
    age();
    // A connection that died without saying so is opened again; so is one over which nothing new comes.
    if (source && performance.now() - heard > DEAF_MS) open();
  }, 1000);
  document.addEventListener("visibilitychange", () => { age(); if (document.hidden) stop(); else start(); });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { age(); if (event.persisted) start(); });
  addEventListener("popstate", () => { if (board?.dataset.layout) show(); });
  if (board) begin();
  start();
})();
