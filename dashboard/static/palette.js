// The command palette: Ctrl+K, ⌘K or "/" finds any page, hotline, campaign or KPI. What there is comes from the server.
(() => {
  "use strict";
  const MOST = 12;
  const dialog = document.getElementById("palette"), field = dialog?.querySelector("input"), list = dialog?.querySelector("ul");
  if (!dialog) return;
  let entries = [], chosen = 0;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = dialog.dataset.style;
  document.head.append(style);

  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss");

  // Every word must occur; the beginning of a name is worth more than the beginning of a word, and that more than inside.
  function rank(entry, words) {
    let sum = 0;
    for (const word of words) {
      const place = entry.plain.indexOf(word);
      if (place < 0) return -1;
      sum += place === 0 ? 0 : entry.plain[place - 1] === " " ? 1 : 2;
    }
    return sum;
  }

  function show() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    const found = entries.map((entry) => [rank(entry, words), entry]).filter(([sum]) => sum >= 0);
    found.sort((one, other) => one[0] - other[0]);
    chosen = 0;
    list.replaceChildren(...found.slice(0, MOST).map(([, entry], place) => {
      const item = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("small");
      item.id = `palette-${place}`;
      item.setAttribute("role", "option");
      link.href = entry.address;
      link.tabIndex = -1;
      kind.textContent = entry.kind;
      link.append(entry.name, kind);
      item.append(link);
      return item;
    }));
    dialog.querySelector(".none").hidden = found.length > 0;
    mark();
  }

  function mark() {
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    if (list.children.length) field.setAttribute("aria-activedescendant", `palette-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  async function open() {
    if (dialog.open) return;
    field.value = "";
    dialog.showModal();
    show();
    try {
      const answer = await fetch("/palette", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      entries = (await answer.json()).entries.map((entry) => ({ ...entry, plain: plain(`${entry.name} ${entry.also}`) }));
      show();
    } catch { /* no connection: what was found last stays */ }
  }

  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest?.("input, textarea, select, [contenteditable]");
    const asked = (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey);
    if (asked && !document.querySelector("dialog[open]:not(#palette)")) { event.preventDefault(); open(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]")) open();
    else if (event.target === dialog) dialog.close();
  });
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], many = list.children.length;
    if (step && many) { event.preventDefault(); chosen = (chosen + step + many) % many; mark(); }
    if (event.key === "Enter") { event.preventDefault(); const link = list.children[chosen]?.querySelector("a"); if (link) { dialog.close(); link.click(); } }
  });
})();
