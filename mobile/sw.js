// Shows the designed offline page when the server cannot be reached. Keeps no private answer.
const CACHE = "leitstand-offline-1";
const STYLE = "{{style}}";
addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["/offline", STYLE])).then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  } else if (new URL(request.url).pathname === new URL(STYLE, location).pathname) {
    event.respondWith(fetch(request).catch(() => caches.match(STYLE)));
  }
});
