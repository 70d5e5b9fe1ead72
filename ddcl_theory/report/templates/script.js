"use strict";
(() => {
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);

  // A file opened from disk may have no storage; the choice then lasts as long as the page.
  const stored = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("ddcl-verify-theme");
      localStorage.setItem("ddcl-verify-theme", value);
    } catch (error) {
      if (error.name !== "SecurityError" && error.name !== "QuotaExceededError") throw error;
    }
    return null;
  };

  const themes = ["system", "light", "dark"];
  const button = at("theme");
  const paint = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.textContent = "Theme: " + theme;
    button.dataset.value = theme;
  };
  const remembered = stored();
  paint(themes.includes(remembered) ? remembered : "system");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(button.dataset.value) + 1) % themes.length];
    paint(next);
    stored(next);
  });

  const form = at("filter");
  const query = at("query");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const claims = [...document.querySelectorAll("section.claim")];
  const texts = new Map(claims.map((claim) => [claim, claim.textContent.toLowerCase()]));
  const apply = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let number = 0;
    for (const claim of claims) {
      const visible = shown.has(claim.dataset.verdict) && words.every((word) => texts.get(claim).includes(word));
      claim.hidden = !visible;
      for (const row of document.querySelectorAll(`[data-for="${CSS.escape(claim.id)}"]`)) row.hidden = !visible;
      number += visible;
    }
    at("none-found").hidden = number > 0 || claims.length === 0;
    at("found").textContent = number === claims.length ? "" : `${number} of ${claims.length} claims shown`;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      at("contents").querySelector("details").open = true;
      query.focus();
    } else if (event.key === "Escape" && event.target === query) {
      query.value = "";
      apply();
    }
  });

  // A link must reach its target even when a filter hides the claim or a reading is folded.
  const reveal = () => {
    const target = location.hash.length > 1 && at(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const claim = target.closest("section.claim");
    if (claim && claim.hidden) {
      query.value = "";
      for (const box of boxes) box.checked = true;
      apply();
    }
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);

  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  for (const pre of document.querySelectorAll("pre[data-what]")) {
    const source = pre.querySelector("code");
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "copy";
    copy.innerHTML = `Copy<span class="unseen"> the ${pre.dataset.what}</span>`;
    const label = copy.innerHTML;
    pre.after(copy);
    copy.addEventListener("click", async () => {
      let done = false;
      try {
        await navigator.clipboard.writeText(source.textContent);
        done = true;
      } catch (error) {
        // No clipboard here: leave the text selected, so that one keystroke copies it.
        select(source);
        console.debug(String(error));
      }
      copy.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { copy.innerHTML = label; }, 1600);
    });
  }

  // What scrolls sideways must be reachable by keyboard, and have a name when it is reached.
  const reach = () => {
    for (const box of document.querySelectorAll(".wide, pre")) {
      if (box.scrollWidth <= box.clientWidth || box.tabIndex === 0) continue;
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      const caption = box.querySelector("caption");
      box.setAttribute("aria-label", box.dataset.name || (caption && caption.textContent) || "Text to copy");
    }
  };
  // Once a frame: printing opens thousands of details, and each look measures the whole page.
  let due = false;
  const later = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; reach(); });
  };
  addEventListener("resize", later);
  document.addEventListener("toggle", later, true);
  reach();

  // The contents start folded on a narrow page, where they stand above the text.
  if (matchMedia("(max-width: 60rem)").matches) at("contents").querySelector("details").open = false;

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const box of folded) box.open = true;
  });
  addEventListener("afterprint", () => {
    for (const box of folded) box.open = false;
    folded = [];
  });
  reveal();
})();
