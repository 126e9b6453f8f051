// Keeps the page and what it loads, so that it works offline.
"use strict";
importScripts("manifest.js");
const { version, shell, lasting } = self.MANIFEST;
const scope = self.registration.scope; // other pages of this origin have caches too
const prefix = `cookiecodec inspector ${scope} `;
const pageCache = prefix + version;
const lastingCache = `${prefix}lasting`; // its files have a digest in their names

self.addEventListener("install", (event) => {
  const requests = shell.map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(pageCache).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOld().then(() => self.clients.claim()));
});

async function removeOld() {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && ![pageCache, lastingCache].includes(name)) {
      await caches.delete(name);
    }
  }
  const cache = await caches.open(lastingCache);
  for (const { url } of await cache.keys()) {
    if (!(url.slice(scope.length) in lasting)) await cache.delete(url);
  }
}

self.addEventListener("fetch", (event) => {
  const url = event.request.url.replace(/[?#].*/s, "");
  if (event.request.method !== "GET" || !url.startsWith(scope)) return;
  let path = url.slice(scope.length);
  if (path === "index.html") path = "";
  event.respondWith(path in lasting ? answerLasting(event, path) : answer(event, path));
});

async function answer(event, path) {
  const cache = await caches.open(pageCache);
  return (await cache.match(scope + path)) ?? fetch(event.request);
}

async function answerLasting(event, path) {
  const cache = await caches.open(lastingCache);
  const kept = await cache.match(scope + path);
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok) event.waitUntil(cache.put(scope + path, response.clone()).catch(() => {}));
  return response;
}
