// The wall: boards in their turn, what comes forward, its sound, and a new page after an update of the software.
(() => {
  "use strict";
  const FORGET_MS = 60000, SPREAD_MS = 5000;
  const main = document.getElementById("main"), sound = document.querySelector("button.sound");
  const board = () => document.getElementById("board");
  let place = 0, turned = performance.now();

  // ---- turning: what has come forward stays until it has recovered
  function show() {
    const panels = [...board().querySelectorAll(".panel")], forward = panels.findIndex((panel) => panel.classList.contains("forward"));
    const turning = panels.length - (forward < 0 ? 0 : 1);
    if (!turning) return;
    place %= turning;
    const shown = forward < 0 ? place : forward;
    panels.forEach((panel, number) => panel.toggleAttribute("data-off", number !== shown));
  }
  function turn() {
    if (performance.now() - turned < Number(board().dataset.seconds) * 1000) return;
    turned = performance.now();
    if (board().querySelector(".panel.forward")) return;
    place += 1;
    show();
  }

  // ---- sound: two short tones when a tile comes forward, or falls below its target on a wall that keeps turning
  let audio = null, rung = new Map(), known = null;
  function low() {
    const forward = [...board().querySelectorAll(".panel.forward [data-tile]")];
    const found = forward.length ? forward : [...board().querySelectorAll(".tile[data-s=bad]")];
    return new Set(found.map((tile) => tile.dataset.tile));
  }
  function listen() {
    const now = low(), before = known || now;
    known = now;
    if (!("sound" in board().dataset)) { sound.hidden = true; return; }
    // Whether it may sound shows a moment after it was made.
    if (audio) sound.hidden = audio.state === "running";
    else audio = new AudioContext();
    const at = performance.now();
    const fresh = [...now].filter((tile) => !before.has(tile) && at - (rung.get(tile) ?? -FORGET_MS) >= FORGET_MS);
    for (const [tile, then] of rung) if (at - then >= FORGET_MS) rung.delete(tile);
    for (const tile of fresh) rung.set(tile, at);
    if (fresh.length && audio.state === "running") ring();
  }
  function ring() {
    for (const [number, pitch] of [660, 880].entries()) {
      const tone = audio.createOscillator(), loud = audio.createGain(), from = audio.currentTime + number * 0.22;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0, from);
      loud.gain.linearRampToValueAtTime(0.3, from + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.001, from + 0.2);
      tone.connect(loud).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.22);
    }
    main.dataset.rang = Number(main.dataset.rang || 0) + 1;
  }
  sound.addEventListener("click", async () => {
    await audio.resume();
    sound.hidden = audio.state === "running";
    if (sound.hidden) ring();
  });

  // ---- an update: the page is loaded again, but only from a server that has just answered
  document.addEventListener("version", ({ detail }) => {
    if (detail === main.dataset.version) return;
    setTimeout(async () => {
      try {
        if ((await fetch(location.href, { cache: "no-store" })).ok) location.reload();
      } catch { /* it went away again: the next stream says the version once more */ }
    }, Math.random() * SPREAD_MS);
  });

  document.addEventListener("live", listen);
  document.addEventListener("redrawn", () => { show(); listen(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".full")) return;
    if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
  });
  setInterval(turn, 500);
  const awake = () => navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", () => { if (!document.hidden) awake(); });
  awake();
  show();
})();
