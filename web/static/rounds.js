// Rounds: what the pages do beyond plain links and forms. Without this file everything still works.
(() => {
  "use strict";

  const find = (selector, root = document) => root.querySelector(selector);
  const csrf = find('meta[name="csrf-token"]')?.content;

  // ---- requests: every one carries the token that forms carry in a hidden field

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (csrf) detail.headers["X-CSRF-Token"] = csrf;
  });

  // ---- dialogs: a link's own page, shown as <dialog>; when it cannot be fetched, the link is followed

  let opener = null;

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id !== "dialogs") return;
    const dialog = find("dialog", detail.target);
    if (!dialog || dialog.open) return;
    opener ??= document.activeElement;
    dialog.addEventListener("close", () => {
      dialog.remove();
      opener?.focus();
      opener = null;
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog && outside(dialog.getBoundingClientRect(), event)) dialog.close();
    });
    dialog.showModal();
  });

  const outside = (box, { clientX: x, clientY: y }) =>
    x < box.left || x > box.right || y < box.top || y > box.bottom;

  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close]");
    const dialog = closer?.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  });

  // ---- heartbeat: changes of state are announced, and our own silence is shown as silence

  const TOO_LONG = 45000;
  let heard = Date.now();
  let said = find("#pulse")?.dataset.pulse;

  const announce = (pulse) => {
    if (pulse.dataset.pulse === said) return;
    said = pulse.dataset.pulse;
    find("#pulse-said").textContent = pulse.textContent.trim();
  };

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.pathInfo?.requestPath !== "/heartbeat") return;
    heard = Date.now();
    announce(find("#pulse"));
  });

  const lost = (pulse) => {
    if (Date.now() - heard < TOO_LONG || pulse.dataset.pulse === "lost") return;
    pulse.dataset.pulse = "lost";
    pulse.className = "pulse silent";
    pulse.replaceChildren(find("#pulse-lost").content.cloneNode(true));
    announce(pulse);
  };

  const failed = ({ detail }) => {
    const { elt } = detail;
    if (elt.id === "pulse") lost(elt);
    else if (elt.tagName === "A" && detail.target?.id === "dialogs") location.assign(elt.href);
    else find("[data-unsent]", elt)?.removeAttribute("hidden");
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, failed);
  }

  // ---- toasts: eight seconds, held while someone points at them or is in them

  const SHOWN = 8000;

  const rest = (toast) => {
    let timer;
    const hold = () => clearTimeout(timer);
    const start = () => {
      hold();
      timer = setTimeout(() => toast.remove(), SHOWN);
    };
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusout", start);
    start();
  };

  const toasts = find("#toasts");
  if (toasts) {
    toasts.querySelectorAll(".toast").forEach(rest);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) if (node.classList?.contains("toast")) rest(node);
      }
    }).observe(toasts, { childList: true });
  }

  // ---- choices that show at once: the theme, and the scope that the red button names

  const themed = (value) => {
    if (value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
  };

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-theme-choice]")) themed(target.value);
    if (target.dataset.says) find("[data-said]", target.form).textContent = target.dataset.says;
  });

  // ---- set-up: the browser's own time zone, until somebody writes another

  for (const field of document.querySelectorAll("[data-zone]")) {
    field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }

  // ---- marks behind the words: shown only while they belong to what is typed

  const plain = (text) => text.replace(/\r\n/g, "\n");
  const fits = (field) => {
    const marks = document.getElementById(field.dataset.marked);
    marks?.classList.toggle("stale", plain(marks.dataset.of) !== plain(field.value));
  };

  document.addEventListener("input", ({ target }) => {
    if (target.dataset.marked) fits(target);
  });
  for (const swapped of ["htmx:oobAfterSwap", "htmx:afterSwap"]) {
    document.addEventListener(swapped, () => document.querySelectorAll("[data-marked]").forEach(fits));
  }

  // ---- forms that send themselves: filters at once, files when they are chosen

  document.addEventListener("change", ({ target }) => {
    if (target.form?.matches("[data-sends-itself]")) target.form.requestSubmit();
    if (target.dataset.presses && target.value) document.getElementById(target.dataset.presses).click();
  });

  // ---- words that are not saved yet: leaving the page asks first

  let unsaved = false;
  document.addEventListener("input", ({ target }) => {
    if (target.form?.matches("[data-keeps-words]")) unsaved = true;
  });
  document.addEventListener("submit", () => {
    unsaved = false;
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  // ---- a card of the calendar: dropped on a day, it asks for the time there; M on it does the same

  let dragged = null;

  const day = (event) => event.target.closest?.("[data-day]");
  const mark = (place) => {
    document.querySelectorAll(".drop").forEach((each) => each.classList.toggle("drop", each === place));
    place?.classList.add("drop");
  };

  for (const card of document.querySelectorAll("[data-move]")) card.draggable = true;

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("[data-row]").href);
    dragged.classList.add("held-card");
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    mark(day(event));
    if (day(event)) event.preventDefault();
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("held-card");
    mark(null);
    dragged = null;
  });
  document.addEventListener("drop", (event) => {
    const place = day(event);
    if (!dragged || !place) return;
    event.preventDefault();
    htmx.ajax("GET", `${dragged.dataset.move}?day=${place.dataset.day}`, "#dialogs");
  });

  // ---- keys: whatever names a key in aria-keyshortcuts is pressed by it; G and a letter opens a page

  const SEQUENCE = 1500;
  let went = 0;

  const typing = (element) =>
    element.isContentEditable
    || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  const nameOf = (event) => {
    const single = event.key.length === 1;
    const held = [
      event.ctrlKey && "Control", event.altKey && "Alt",
      event.shiftKey && !single && "Shift", event.metaKey && "Meta",
    ];
    return [...held, single ? event.key.toUpperCase() : event.key].filter(Boolean).join("+");
  };

  const shown = (selector, root) =>
    [...root.querySelectorAll(selector)].find((element) => element.checkVisibility());

  const press = (element) => (element.matches("input, textarea, select") ? element.focus() : element.click());

  const walk = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
    const at = rows.findIndex((row) => row === document.activeElement);
    rows[at < 0 ? 0 : at + step]?.focus();
    return rows.length > 0;
  };

  const placesFor = (event) => {
    const dialog = find("dialog[open]");
    const form = event.target.closest?.("form");
    if (event.key === "Escape") return [document];
    return dialog ? [form, dialog].filter(Boolean) : [form, document].filter(Boolean);
  };

  const command = (event, key) => {
    if (went && Date.now() - went < SEQUENCE) {
      went = 0;
      return shown(`[data-go="${key}"]`, document);
    }
    const own = shown(`[data-card-key="${key}"]`, event.target.closest?.("[data-card]") ?? new DocumentFragment());
    if (own) return own;
    const selector = `[aria-keyshortcuts~=${JSON.stringify(key)}]`;
    for (const place of placesFor(event)) {
      const element = shown(selector, place);
      if (element) return element;
    }
    return null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const key = nameOf(event);
    const single = key.length === 1;
    if (single && (document.body.dataset.keys === "off" || typing(event.target))) return;
    if (key.startsWith("Arrow") && (typing(event.target) || event.target.matches("input"))) return;
    const element = command(event, key);
    if (element) {
      event.preventDefault();
      press(element);
    } else if (!find("dialog[open]")) {
      if (key === "G") went = Date.now();
      else if (key === "J" || key === "K") walk(key === "J" ? 1 : -1);
    }
  });
})();
