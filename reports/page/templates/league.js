// Conveniences only: without this script the page reads the same.
"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// A link into something closed opens it.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.hidden = false;
  target.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", reveal);

// Search in packages, members and answers; of one status, of the newest versions alone.
const controls = document.querySelector(".controls");
controls.hidden = false;
const [search, status, newest] = ["search", "status", "newest"].map((name) => controls.querySelector(`[name=${name}]`));
const lines = all("details.member .cells tr").map((line) => [line, line.textContent.toLowerCase()]);
const said = controls.querySelector("[role=status]");
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const [line, text] of lines) {
    const whole = text + line.closest("details").dataset.words;
    line.hidden = !(words.every((word) => whole.includes(word))
      && (!status.value || line.dataset.status === status.value));
  }
  const active = words.length || status.value;
  const shown = new Set();
  for (const details of all("details.member")) {
    const left = all(".cells tr:not([hidden])", details).length;
    details.hidden = (active && !left) || (newest.checked && details.dataset.newest === "no");
    if (!details.hidden) shown.add(details.id);
  }
  for (const line of all(".matrix tbody tr[data-of]")) line.hidden = !shown.has(line.dataset.of);
  const cells = lines.filter(([line]) => !line.hidden && !line.closest("details").hidden).length;
  said.textContent = active ? `${cells} cells of ${shown.size} members and versions` : "";
}
for (const control of [search, status, newest]) control.addEventListener("input", filter);
filter();
if (location.hash) reveal();
