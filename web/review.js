// What the review page can do beyond plain HTML: select a page at once, keys, counts on the buttons,
// and a question before deciding. The page works without it.
"use strict";

(() => {
  const form = document.querySelector("form.desk");
  if (!form) return;
  document.documentElement.classList.add("scripted");

  const boxes = Array.from(form.querySelectorAll('input[name="object"]'));
  const cards = Array.from(form.querySelectorAll(".card"));
  const chosen = form.querySelector("[data-chosen]");
  const chosenShort = form.querySelector("[data-chosen-short]");
  const confirm = document.getElementById("confirm");
  const help = document.getElementById("help");
  const objects = (count) => `${count} ${count === 1 ? "object" : "objects"}`;

  // Counts

  const selected = () => boxes.filter((box) => box.checked).length;

  function showSelected() {
    const count = selected();
    chosen.textContent =
      count === 0 ? "Tick the objects that you decide on." : `${objects(count)} selected.`;
    chosenShort.textContent = count === 0 ? "Decide" : `Decide on ${objects(count)}`;
    for (const button of form.querySelectorAll("button[data-verb]:not([data-all])")) {
      button.textContent = count === 0 ? button.dataset.verb : `${button.dataset.verb} ${count}`;
    }
  }

  form.addEventListener("change", showSelected);

  const selectPage = form.querySelector("[data-select-page]");
  if (selectPage) {
    selectPage.setAttribute("role", "button");
    selectPage.addEventListener("click", (event) => {
      event.preventDefault();
      const all = boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = !all;
      showSelected();
    });
  }

  // A question before deciding

  let meant = null;

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.dataset.verb || button === meant) return;
    event.preventDefault();
    const all = button.dataset.all;
    if (!all && selected() === 0) {
      chosen.textContent = "Nothing is selected yet: tick at least one object.";
      if (boxes.length > 0) boxes[0].focus();
      return;
    }
    const verb = button.dataset.verb;
    const what = all ? `all ${objects(all)}` : objects(selected());
    document.getElementById("confirm-title").textContent = `${verb} ${what}?`;
    confirm.querySelector("[data-confirm-text]").textContent =
      verb === "Approve"
        ? "They go on to scanned-data as they are."
        : form.dataset.denied;
    const yes = confirm.querySelector("[data-confirm-yes]");
    yes.textContent = `${verb} ${all || selected()}`;
    yes.className = button.className;
    yes.onclick = () => {
      confirm.close();
      meant = button;
      if (all) form.querySelector('input[name="all_meant"]').checked = true;
      form.requestSubmit(button);
    };
    confirm.showModal();
  });

  confirm.querySelector("[data-confirm-no]").onclick = () => confirm.close();
  help.querySelector("[data-help-close]").onclick = () => help.close();

  // Coming back to the page, the form is not what it was: its buttons ask again.
  window.addEventListener("pageshow", () => {
    meant = null;
    showSelected();
  });

  // Keys

  let at = -1;

  function go(to) {
    if (cards.length === 0) return;
    if (at >= 0) cards[at].classList.remove("here");
    at = Math.max(0, Math.min(cards.length - 1, to));
    cards[at].classList.add("here");
    cards[at].scrollIntoView({ block: "nearest" });
    const box = cards[at].querySelector('input[name="object"]');
    if (box) box.focus({ preventScroll: true });
  }

  const press = (decision) => {
    const button = form.querySelector(`button[value="${decision}"]`);
    const empty = ["name", "reason"].map((id) => document.getElementById(id)).find((f) => !f.value);
    if (empty) empty.focus();
    else form.requestSubmit(button);
  };

  const keys = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    x: () => at >= 0 && cards[at].querySelector('input[name="object"]')?.click(),
    o: () => at >= 0 && cards[at].querySelector("details.where > summary")?.click(),
    a: () => press("approve"),
    d: () => press("deny"),
    "/": () => document.getElementById("search").focus(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = keys[event.key];
    if (!key) return;
    event.preventDefault();
    key();
  });

  showSelected();
})();
