// What the page does beyond HTML: copy buttons, the reader's own times, and parts that change while they are looked at. Without it all of
// the page reads and works; with it nothing else is asked for than the page itself and the stream of events.
"use strict";

(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  // ---- told to who does not see it

  const announce = (text) => {
    const place = document.getElementById("announce");
    place.textContent = "";
    setTimeout(() => { place.textContent = text; }, 50);
  };

  // ---- times

  const language = (navigator.languages || [navigator.language]).find((name) => /^en\b/i.test(name || "")) || "en-GB";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const dayOfYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });

  const localMoment = (moment) => {
    const now = new Date();
    if (moment.toDateString() === now.toDateString()) return clock.format(moment);
    const date = moment.getFullYear() === now.getFullYear() ? day : dayOfYear;
    return `${date.format(moment)}, ${clock.format(moment)}`;
  };

  const showLocalTimes = (within) => {
    for (const time of all("time.moment", within)) {
      if (!time.title) time.title = time.textContent;
      time.textContent = localMoment(new Date(time.dateTime));
    }
    const whose = zone ? `Times are in ${zone.replace(/_/g, " ")}.` : "Times are yours.";
    for (const place of all("footer .zone", within)) place.textContent = whose;
  };

  // ---- copying

  const copyByHand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const copy = async (text) => {
    if (navigator.clipboard) {
      try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: by hand */ }
    }
    return copyByHand(text);
  };

  const onCopy = async (button) => {
    const done = await copy(document.getElementById(button.dataset.copy).textContent);
    const words = button.querySelector("span");
    const what = button.getAttribute("aria-label").replace(/^Copy /, "");
    button.focus();
    words.textContent = done ? "Copied" : "Not copied";
    button.classList.toggle("copied", done);
    announce(done ? `Copied ${what}` : `${what} could not be copied: mark it and copy it by hand`);
    setTimeout(() => { words.textContent = "Copy"; button.classList.remove("copied"); }, 2000);
  };

  const showCopyButtons = (within) => all("button.copy[hidden]", within).forEach((button) => { button.hidden = false; });

  // ---- parts that change

  // Of each part, what the server sent last: what a script or a reader has changed in it since is no change of the server's.
  const sent = new WeakMap();

  const remember = (within) => {
    for (const part of all("[data-part]", within)) sent.set(part, part.outerHTML);
    if (within.dataset && within.dataset.part !== undefined) sent.set(within, within.outerHTML);
  };

  const prepare = (within) => { showLocalTimes(within); showCopyButtons(within); };

  const innerParts = (part) => all("[data-part]", part).filter((inner) => inner.parentElement.closest("[data-part]") === part);
  const ids = (parts) => parts.map((part) => part.id).join(" ");

  // The same part but for what is in the parts within it.
  const shell = (html) => {
    const part = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!part) return html;
    for (const inner of innerParts(part)) inner.replaceChildren();
    return part.outerHTML.replace(/class="[^"]*"/g, "");
  };

  // Whether what is shown may be older than it seems, because nobody answers: that is said until somebody does.
  const tellOutage = (isOut) => {
    const place = document.getElementById("outage");
    if (!place || place.hidden === !isOut) return;
    place.hidden = !isOut;
    announce(isOut ? place.textContent : "Connected again.");
  };

  const isBeingUsed = (part) => {
    const at = document.activeElement;
    return at && part.contains(at) && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  };

  const replacePart = (old, fresh) => {
    if (isBeingUsed(old)) return false;
    const open = all("details[open]", old).map((details) => details.id || details.querySelector("summary").textContent);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const name = focused && (focused.id || focused.dataset.copy || focused.textContent);
    const part = document.importNode(fresh, true);
    remember(part);
    for (const details of all("details", part)) {
      if (open.includes(details.id || details.querySelector("summary").textContent)) details.open = true;
    }
    if (old.tagName === "DETAILS" && part.tagName === "DETAILS") part.open = old.open;
    prepare(part);
    old.replaceWith(part);
    if (name) {
      const again = all("a, button, summary, input", part).find((one) => (one.id || one.dataset.copy || one.textContent) === name);
      (again || document.getElementById("main")).focus({ preventScroll: true });
    }
    part.classList.add("changed");
    return true;
  };

  const update = (old, fresh) => {
    const before = sent.get(old);
    if (before === fresh.outerHTML) return false;
    const inner = innerParts(old);
    const freshInner = innerParts(fresh);
    if (inner.length && ids(inner) === ids(freshInner) && before && shell(before) === shell(fresh.outerHTML)) {
      const changed = inner.map((part, i) => update(part, freshInner[i])).some(Boolean);
      sent.set(old, fresh.outerHTML);
      return changed;
    }
    return replacePart(old, fresh);
  };

  // Puts the parts of a page that was fetched in place of those that are shown. False where it is not the same page.
  const showPage = (html, isAnswer) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const outer = (root) => all("[data-part]", root).filter((part) => !part.parentElement.closest("[data-part]"));
    const mine = outer(document);
    const theirs = outer(page);
    if (!theirs.length || ids(mine) !== ids(theirs)) return false;
    const scroll = window.scrollY;
    const title = document.querySelector("#headline h2, #list");
    const before = title && title.textContent;
    const changed = mine.map((part, i) => (isAnswer || part.id !== "flash") && update(part, theirs[i])).some(Boolean);
    const main = document.getElementById("main");
    main.dataset.next = page.getElementById("main").dataset.next || "";
    if (window.scrollY !== scroll) window.scrollTo({ top: scroll, behavior: "instant" });
    const now = document.querySelector("#headline h2");
    if (changed && now && now.textContent !== before) announce(now.textContent);
    return true;
  };

  // Another page in place of this one, as an answer that tells what went wrong. A parser's scripts do not run.
  const showOtherPage = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    prepare(document);
    document.getElementById("main").focus();
  };

  let busy = false;

  const refresh = async () => {
    if (busy || document.hidden) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      tellOutage(answer.status >= 500);
      // Who has to sign in again comes back here; of what is gone its own page tells.
      if (answer.redirected || answer.status === 404) location.reload();
      else if (answer.ok && !showPage(await answer.text())) location.reload();
    } catch { tellOutage(true); } finally { busy = false; }
  };

  // ---- when to look whether anything has changed

  const LEAST = 5000;
  const MOST = 60000;
  let timer;

  // When the next look at DNS is due, and a moment after it; now and then in any case.
  const wait = () => {
    clearTimeout(timer);
    const next = Number(document.getElementById("main").dataset.next) * 1000;
    const isOut = !document.getElementById("outage").hidden;
    const span = isOut ? LEAST : next ? Math.min(MOST, Math.max(LEAST, next - Date.now() + 2000)) : MOST;
    timer = setTimeout(async () => { await refresh(); wait(); }, span);
  };

  const listen = () => {
    const { events, watch } = document.body.dataset;
    if (!events || !window.EventSource || !document.querySelector("#headline, #list")) return;
    let soon;
    let source;
    let again;
    const hear = (event) => {
      let about;
      try { about = JSON.parse(event.data).domain; } catch { return; }
      if (watch && about !== watch) return;
      clearTimeout(soon);
      soon = setTimeout(refresh, 300);
    };
    // The browser itself begins anew where a stream breaks, but not where it is refused; after either something may have been missed.
    const open = () => {
      let hasBroken = false;
      source = new EventSource(events);
      source.addEventListener("message", hear);
      source.addEventListener("event", hear);
      source.addEventListener("open", () => { if (hasBroken) refresh(); hasBroken = false; });
      source.addEventListener("error", () => {
        hasBroken = true;
        if (source.readyState === EventSource.CLOSED) again = setTimeout(open, MOST);
        refresh().then(wait);
      });
    };
    open();
    addEventListener("pagehide", () => { clearTimeout(again); source.close(); });
  };

  // ---- buttons that do their work without leaving the page

  const submit = async (form) => {
    const button = form.querySelector("button[type=submit]");
    const words = button.textContent;
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    if (form.dataset.busy) { button.textContent = form.dataset.busy; announce(form.dataset.busy); }
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" }, credentials: "same-origin",
      });
      const html = await answer.text();
      tellOutage(false);
      if (!showPage(html, true)) {
        if (answer.redirected) location.assign(answer.url);
        else showOtherPage(html);
        return;
      }
      const told = document.querySelector("#problem p, #flash p");
      if (told) announce(told.textContent);
    } catch {
      tellOutage(true);
    }
    if (button.isConnected) {
      button.removeAttribute("aria-disabled");
      button.textContent = words;
    }
    wait();
  };

  addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button.copy");
    if (button) onCopy(button);
  });

  addEventListener("submit", (event) => {
    if (event.target.matches("form[data-live]")) {
      event.preventDefault();
      submit(event.target);
    }
  });

  // ---- begin

  // What was done is told once, and not again when the page is loaded again.
  const here = new URL(location.href);
  if (here.searchParams.has("done")) {
    here.searchParams.delete("done");
    history.replaceState(null, "", here);
  }

  remember(document);
  prepare(document);
  if (document.body.dataset.events) {
    listen();
    wait();
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  }
})();
