// Keyboard for the forms of the pages. Everything works without this file: each key presses a button or ticks a choice.
"use strict";
(() => {
  const typing = (target) =>
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["radio", "checkbox"].includes(target.type));
  document.documentElement.classList.add("js");

  const form = document.querySelector("form[data-keys]");

  // Questions that an article of this relevance has not are put aside.
  const fit = () => {
    const chosen = form.querySelector("input[name=relevance]:checked");
    for (const part of form.querySelectorAll("[data-needs]")) {
      part.hidden = chosen !== null && !part.dataset.needs.split(" ").includes(chosen.value);
    }
  };
  if (form) {
    form.addEventListener("change", fit);
    fit();
    form.addEventListener("submit", () => {
      for (const button of document.querySelectorAll("button[type=submit]")) button.disabled = true;
    });
    window.addEventListener("pageshow", () => {
      for (const button of document.querySelectorAll("button[type=submit]")) {
        button.disabled = button.hasAttribute("data-off");
      }
    });
  }

  for (const choice of document.querySelectorAll("select[data-send]")) {
    choice.addEventListener("change", () => choice.form.submit());
  }

  for (const opener of document.querySelectorAll("[data-open]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());
  }

  const press = (element) => {
    if (element instanceof HTMLInputElement) {
      if (element.closest("[hidden]")) return;
      element.checked = true;
      element.focus({ preventScroll: true });
      element.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      element.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (event.key === "Enter" && event.target instanceof HTMLSelectElement && form) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === "?") {
      document.querySelector("[data-open]")?.click();
      return;
    }
    // Enter on a link or button is theirs.
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const key = CSS.escape(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const pressed = document.querySelector(`[data-key="${key}"]`);
    if (pressed) {
      event.preventDefault();
      press(pressed);
      return;
    }
    const wanted = document.querySelector(`[data-focus="${key}"]`);
    if (wanted && !wanted.closest("[hidden]")) {
      event.preventDefault();
      if (wanted instanceof HTMLDetailsElement) {
        wanted.open = true;
        wanted.querySelector("input[type=checkbox]").focus();
      } else {
        wanted.focus();
        if (wanted instanceof HTMLInputElement) wanted.select();
      }
    }
  });
})();
