// The page. All foreign text goes through `textContent`, and the verdicts come from worker.js.
"use strict";

const $ = (id) => document.getElementById(id);
const inputs = ["text", "kind", "url", "cross_site", "embedded", "script"]; // what links carry
const secrets = ["key", "salt"];
const here = location.href.replace(/[?#].*/s, "");

const EXAMPLES = {
  dropped: { text: "Set-Cookie: __Host-session=31d4; Domain=example.com; SameSite=None; HttpsOnly" },
  differs: { text: "Set-Cookie: cart=31d4; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=+3600" },
  response: {
    url: "https://shop.example.com/login",
    text:
      "HTTP/2 200\nset-cookie: session=31d4; Path=/; Secure; HttpOnly; SameSite=Lax\n" +
      "set-cookie: theme=dark; Domain=shop.example.org\n" +
      "set-cookie: ads=42; SameSite=None\nset-cookie: old=; Max-Age=0\ncontent-type: text/html",
  },
  request: { text: "Cookie: session=31d4; theme=dark; session=5b2f; note=\"a\\054 b\"" },
  signed: {
    text:
      "session=eyJjYXJ0IjpbImFwcGxlcyIsInBlYXJzIl0sInVzZXIiOjQyfQ.aSZDAA." +
      "UJIXvF-895tk2R7VweJL1wqL_xy06tmVxhBd4X4OETE; Secure; HttpOnly; Path=/; SameSite=Lax",
  },
};

// --- the worker ---------------------------------------------------------------------------

let worker = null;
let isReady = false;
let isBusy = false;
let waiting = null; // the newest question, while another one is answered
let number = 0;

async function control() {
  // Once this page's files come through the service worker, it keeps them.
  if (!navigator.serviceWorker) return;
  try {
    const container = navigator.serviceWorker;
    const registration = await container.register("sw.js", { updateViaCache: "none" });
    if (container.controller || registration.active) return;
    await new Promise((resolve) => {
      container.addEventListener("controllerchange", resolve, { once: true });
      setTimeout(resolve, 3000);
    });
  } catch {
    // The page works without it, while there is a connection.
  }
}

const controlled = control();

async function startWorker() {
  $("loading").hidden = false;
  await controlled;
  const code = `import ${JSON.stringify(new URL("worker.js", here).href)};`;
  const blob = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const started = new Worker(blob, { type: "module" });
  started.onmessage = ({ data }) => receive(data);
  started.onerror = () => fail("The inspector's own files could not be loaded.");
  return started;
}

function ask() {
  const request = { key: $("key").value, salt: $("salt").value, ...state() };
  waiting = { number: ++number, request };
  if (worker === null) {
    worker = startWorker();
    worker.catch((error) => fail(error.message));
  }
  if (isReady) send();
}

async function send() {
  if (isBusy || waiting === null) return;
  isBusy = true;
  const question = waiting;
  waiting = null;
  (await worker).postMessage(question);
}

function receive(data) {
  if (data.type === "progress") {
    const megabytes = (octets) => (octets / 1e6).toFixed(1);
    $("progress").value = data.loaded / data.total;
    const amount = `${megabytes(data.loaded)} of ${megabytes(data.total)} MB`;
    const done = data.loaded >= data.total;
    $("progress-label").textContent = done ? "Starting Python" : `Loading Python: ${amount}`;
  } else if (data.type === "ready") {
    isReady = true;
    $("loading").hidden = true;
    send();
    tellOffline();
  } else if (data.type === "failed") {
    fail(data.message);
  } else {
    isBusy = false;
    if (data.type === "error") showNote(data.message);
    else if (data.number === number) showAnswer(data.answer, data.milliseconds);
    send();
  }
}

function fail(message) {
  $("loading").hidden = true;
  $("failure").hidden = false;
  $("failure").querySelector("p").textContent =
    `Python could not be started. ${message} Check the connection, and try again.`;
}

$("retry").addEventListener("click", () => {
  $("failure").hidden = true;
  worker?.then((old) => old.terminate()).catch(() => {});
  worker = null;
  isReady = isBusy = false;
  ask();
});

async function tellOffline(attempts = 20) {
  if (!navigator.serviceWorker?.controller || !self.caches) return;
  const paths = Object.keys(self.MANIFEST.lasting);
  const kept = await Promise.all(paths.map((path) => caches.match(new URL(path, here))));
  if (kept.every(Boolean)) $("offline").textContent = "It works offline from now on.";
  else if (attempts) setTimeout(tellOffline, 500, attempts - 1);
}

// --- what is entered, and links to it -----------------------------------------------------

function state() {
  const found = {};
  for (const id of inputs) {
    const input = $(id);
    if (input.type === "checkbox" ? input.checked : input.value) {
      found[id] = input.type === "checkbox" ? true : input.value;
    }
  }
  return found;
}

function enter(values) {
  for (const id of inputs) {
    const input = $(id);
    if (input.type === "checkbox") input.checked = Boolean(values[id]);
    else input.value = values[id] ?? "";
  }
  const isDefault = Object.keys(state()).every((id) => id === "text");
  if (!isDefault) $("options").open = true;
  resize();
  ask();
}

function readFragment() {
  const values = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (values.text !== undefined) enter(values);
}

let timer = 0;
$("form").addEventListener("input", () => {
  resize();
  clearTimeout(timer);
  timer = setTimeout(ask, 80);
});
$("form").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", readFragment);

function resize() {
  const { style } = $("text");
  style.height = "auto";
  style.height = `${Math.min(Math.max($("text").scrollHeight + 2, 110), 400)}px`;
}

for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => enter(EXAMPLES[button.dataset.example]));
}

$("link").addEventListener("click", () => {
  const fragment = new URLSearchParams(state()).toString();
  history.replaceState(null, "", `#${fragment}`);
  copy($("link"), `${here}#${fragment}`);
});

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context, or without permission.
    const area = make("textarea", { class: "hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.textContent;
  if (label === "Copied") return;
  button.textContent = "Copied";
  $("status").textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1500);
}

// --- the answer ---------------------------------------------------------------------------

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function show(elements, summary) {
  $("result").replaceChildren(...elements);
  $("status").textContent = summary;
}

function showNote(text) {
  show([make("p", { class: "note warning" }, text)], text);
}

function showAnswer(answer, milliseconds) {
  const shown = {
    empty: () => [[], ""],
    cookie: requestView,
    signed: tokenView,
  }[answer.kind] ?? responseView;
  const [elements, summary] = shown(answer);
  if (elements.length) {
    const time = milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds);
    elements.push(make("p", { class: "small time" }, `Answered in ${time} ms, in this tab.`));
  }
  show(elements, summary);
  $("link").disabled = !elements.length;
  const tokens = [answer, ...(answer.cookies ?? [])].some((each) => each.signed);
  $("keys").hidden = !tokens && !$("key").value;
}

const WORDS = {
  kept: ["Kept", "✓"],
  dropped: ["Dropped", "✗"],
  deletes: ["Deletes the cookie", "–"],
};

function responseView(answer) {
  const { cookies } = answer;
  if (!cookies.length) {
    const text = "There is no Set-Cookie line in this response.";
    return [[make("p", { class: "note" }, text)], text];
  }
  if (cookies.length === 1 && answer.kind !== "response") {
    const [cookie] = cookies;
    const summary = `${WORDS[cookie.state][0]}. ${cookie.findings.length} findings.`;
    return [cookieView(cookie, answer), summary];
  }
  const lines = `${cookies.length} Set-Cookie ${cookies.length > 1 ? "lines" : "line"}`;
  const dropped = answer.dropped ? `${answer.dropped} dropped` : "none dropped";
  const summary = `${lines}, ${dropped}`;
  const parts = cookies.map((cookie) => {
    const details = make("details", { class: `cookie ${cookie.state}` });
    details.open = cookie.state === "dropped" || cookie.findings.some(isProblem);
    const [word, sign] = WORDS[cookie.state];
    details.append(
      make(
        "summary",
        {},
        make("span", { class: "badge" }, make("span", { "aria-hidden": "true" }, sign), ` ${word}`),
        make("code", {}, cookie.name || "(no name)"),
        make("span", { class: "small" }, cookie.url),
      ),
      make("pre", { class: "line" }, cookie.header),
      ...cookieView(cookie, answer, true),
    );
    return details;
  });
  if (answer.more) parts.push(make("p", { class: "note" }, `And ${answer.more} more.`));
  return [[make("h2", { class: answer.dropped ? "dropped" : "kept" }, summary), ...parts], summary];
}

const isProblem = (finding) => finding.severity !== "info";

function cookieView(cookie, answer, isPart = false) {
  const parts = [];
  if (!isPart) {
    const [word, sign] = WORDS[cookie.state];
    const banner = make(
      "div",
      { class: `verdict ${cookie.state}` },
      make("span", { class: "sign", "aria-hidden": "true" }, sign),
      make("h2", {}, word),
      make("p", {}, make("code", {}, cookie.name || "(no name)"), ` at ${cookie.url}`),
      make("p", { class: "browsers" }, ...disagreement(cookie.findings)),
    );
    parts.push(banner);
  }
  const mismatch = cookie.findings.some(({ code }) => /^domain-(mismatch|public)/.test(code));
  if (answer.assumed && mismatch) {
    const text = `No address was given, so ${cookie.url} was assumed. Give the response's above.`;
    parts.push(make("p", { class: "note" }, text));
  }
  const problems = cookie.findings.filter(isProblem);
  if (cookie.corrected !== null && problems.length > 1) {
    parts.push(suggestion("Corrected header", cookie.corrected, isPart));
  }
  for (const finding of cookie.findings) {
    const isMeant = cookie.state === "deletes" && finding.code === "expired";
    parts.push(findingView(isMeant ? { ...finding, severity: "info" } : finding, isPart));
  }
  if (!cookie.findings.length && cookie.state === "kept") {
    parts.push(make("p", { class: "note good" }, "No problems found. Browsers agree on this cookie."));
  }
  if (cookie.signed) parts.push(signedView(cookie.signed));
  const title = "As browsers read it";
  if (isPart) {
    parts.push(make("details", { class: "rows" }, make("summary", {}, title), table(cookie.rows)));
  } else {
    parts.push(make("h3", {}, title), table(cookie.rows));
  }
  return parts;
}

const SEVERITIES = { error: "Error", warning: "Warning", info: "Note" };

function findingView(finding, isPart) {
  const card = make("article", { class: `finding ${finding.severity}` });
  card.append(
    make(
      "p",
      { class: "head" },
      make("strong", {}, SEVERITIES[finding.severity]),
      make("code", {}, finding.code),
      ...browsers(finding.browsers),
    ),
    make("p", {}, finding.message),
  );
  if (finding.suggestion !== null) {
    card.append(suggestion("Write", finding.suggestion, isPart));
  }
  card.append(make("p", { class: "small reference" }, reference(finding.reference)));
  return card;
}

function browsers(kept) {
  if (!kept) return [];
  const chip = (className, text) => make("span", { class: `browser ${className}` }, text);
  if (Object.values(kept).every(Boolean)) {
    return [chip("", "Both browsers keep it, each as it reads it")];
  }
  return Object.entries(kept).map(([name, isKept]) => {
    const browser = name[0].toUpperCase() + name.slice(1);
    return chip(isKept ? "keeps" : "drops", `${browser} ${isKept ? "keeps" : "drops"} it`);
  });
}

function disagreement(findings) {
  // Each finding says which browsers keep the cookie, as far as its own cause goes.
  const kept = {};
  for (const finding of findings) {
    for (const [name, isKept] of Object.entries(finding.browsers ?? {})) {
      kept[name] = (kept[name] ?? true) && isKept;
    }
  }
  return Object.values(kept).every(Boolean) ? [] : browsers(kept);
}

function suggestion(title, [header, shownHeader], isPart) {
  const copyButton = make("button", { type: "button", "aria-label": "Copy this header" }, "Copy");
  copyButton.addEventListener("click", () => copy(copyButton, header));
  const buttons = make("span", { class: "buttons" }, copyButton);
  if (!isPart) {
    const use = make("button", { type: "button", "aria-label": "Inspect this header" }, "Use");
    use.addEventListener("click", () => {
      enter({ ...state(), text: `Set-Cookie: ${header}`, kind: "" });
      $("text").focus();
    });
    buttons.append(use);
  }
  return make(
    "div",
    { class: "suggestion" },
    make("span", { class: "small" }, title),
    make("code", {}, shownHeader),
    buttons,
  );
}

function reference(text) {
  const found = /^(draft-ietf-httpbis-layered-cookies), section ([0-9.]+)$/.exec(text);
  if (!found) return text;
  const href = `https://datatracker.ietf.org/doc/html/${found[1]}#section-${found[2]}`;
  return make("a", { href, rel: "noreferrer" }, text);
}

function table(rows) {
  const body = make("tbody");
  for (const [label, value] of rows) {
    const isUnset = /^(no|not set.*|\(none\))$/.test(value);
    body.append(
      make(
        "tr",
        {},
        make("th", { scope: "row" }, label),
        make("td", isUnset ? { class: "unset" } : {}, value),
      ),
    );
  }
  return make("table", {}, body);
}

function requestView(answer) {
  const count = answer.cookies.length + answer.more;
  const summary = `${count} ${count === 1 ? "cookie" : "cookies"}, ${answer.size} octets`;
  const parts = [make("h2", {}, summary)];
  parts.push(...answer.notes.map((note) => make("p", { class: "note warning" }, note)));
  if (count) {
    parts.push(make("h3", {}, "As servers read it"));
    parts.push(table(answer.cookies.map(({ name, value }) => [name, value])));
  }
  if (answer.more) parts.push(make("p", { class: "note" }, `And ${answer.more} more.`));
  for (const { name, signed } of answer.cookies) {
    if (signed) parts.push(signedView(signed, name));
  }
  return [parts, summary];
}

function tokenView({ signed }) {
  if (signed) return [[signedView(signed)], "A signed value"];
  const text = "This is not a value signed by itsdangerous, Flask, Starlette, Django or cookiecodec.";
  return [[make("p", { class: "note" }, text)], text];
}

function signedView(signed, name = "") {
  const { verified } = signed;
  const isVerified = Boolean(verified);
  const words = isVerified
    ? ["Verified", `By this key: ${verified}.`]
    : verified === null
      ? ["Not verified", "Anybody may have written this. Enter the key to verify it."]
      : ["Not verified", "This key does not verify it: a wrong key or salt, or a forgery."];
  return make(
    "section",
    { class: `signed ${isVerified ? "kept" : verified === null ? "" : "dropped"}` },
    make("h3", {}, `Signed value${name ? `: ${name}` : ""}`),
    make("p", {}, make("strong", { class: "badge" }, words[0]), ` ${words[1]}`),
    table([
      ["Format", signed.format],
      ["Signed", signed.signed_at],
      ["Digest", signed.digest],
    ]),
    make("p", { class: "small" }, "Payload, which everybody can read:"),
    make("pre", {}, signed.payload),
  );
}

$("options").open = matchMedia("(min-width: 45rem)").matches;
readFragment();
