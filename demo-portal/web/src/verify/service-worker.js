// Keeps the files of the verify page, so that it checks contracts without a network. `KEPT` and `FILES` are written in
// front of this by the build: a name that changes with any of the files, and their addresses.

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

// Other pages keep files here, too; only what an earlier version of this one left behind goes.
self.addEventListener("activate", (event) => {
  const outdated = (name) => name.startsWith("verify-files-") && name !== KEPT;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(outdated).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(newest(event.request));
  else if (FILES.includes(pathname)) event.respondWith(kept(event.request));
});

async function kept(request) {
  const file = await caches.match(request, { cacheName: KEPT, ignoreSearch: true, ignoreVary: true });
  return file ?? fetch(request);
}

async function newest(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const page = await caches.match("/verify", { cacheName: KEPT });
    if (page === undefined) throw error;
    return page;
  }
}
