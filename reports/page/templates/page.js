// Conveniences only: without this script the page reads the same.
"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const matching = (text) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (other) => words.every((word) => other.includes(word));
};

// A link into something closed opens it.
all(".scroll").forEach((box, place) => { box.id ||= `box-${place}`; });
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();
if (matchMedia("(max-width: 48rem)").matches) document.querySelector(".contents details").open = false;

addEventListener("beforeprint", () => {
  for (const proof of all(".proof, .counterexample, .undecided")) proof.open = true;
});

// Lines to paste: a button that copies, or selects where the browser does not let it copy.
for (const code of all(".copy")) {
  const line = code.textContent;
  const button = make("button", { type: "button", textContent: "copy", ariaLabel: `Copy ${line}` });
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    const done = await navigator.clipboard?.writeText(line).then(() => true, () => false);
    button.textContent = done ? "copied" : "selected";
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  });
  code.after(button);
}

// Boxes that are wider than the window say so.
const watch = new ResizeObserver((boxes) => {
  for (const { target } of boxes) target.classList.toggle("wide", target.scrollWidth > target.clientWidth + 1);
});
for (const box of all(".scroll")) watch.observe(box);

// Tables: filter the longer ones by words, sort those of all rows by a click on a heading.
for (const table of all(".scroll > table")) {
  const rows = [...table.tBodies[0].rows];
  if (table.matches(".sortable")) sortable(table, rows);
  if (rows.length < 10 || table.closest(".notation")) continue;
  const filter = make("input", { type: "search", className: "filter", placeholder: "Filter rows" });
  filter.ariaLabel = `Filter ${table.parentElement.ariaLabel}`;
  const said = make("span", { className: "filtered", role: "status" });
  filter.addEventListener("input", () => {
    const wanted = matching(filter.value);
    for (const row of rows) row.hidden = !wanted(row.textContent.toLowerCase());
    said.textContent = filter.value ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : "";
  });
  table.parentElement.before(filter, said);
}

function sortable(table, rows) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, place) => {
    const button = make("button", { type: "button", textContent: heading.textContent });
    heading.replaceChildren(button);
    const value = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
    button.addEventListener("click", () => {
      const down = heading.ariaSort === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.ariaSort = down ? "descending" : "ascending";
      rows.sort((one, two) => {
        const [a, b] = [value(one), value(two)];
        const [x, y] = [a, b].map((text) => (text === "" ? NaN : Number(text.replace("inf", "Infinity"))));
        if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1; // numbers first, gaps last
        return (Number.isNaN(x) ? a.localeCompare(b) : x - y) * (down ? -1 : 1);
      });
      table.tBodies[0].append(...rows);
    });
  });
}

// Search: what can be found is read from the page when it is first asked for.
const MOST = 12;
const KINDS = [ // kind, what has an id, its title, what else its words are looked for in
  ["claim", ".claim:not(.lemma)", "h3", ".usual, .true"],
  ["lemma", ".lemma", "h3", ".true"],
  ["formula", ".equation[id]", "summary", ".formula"],
  ["table", ".scroll", "caption b", "caption, thead"],
  ["section", ".section, .table-part, .score", "h2, h3", ""],
];
const finder = document.querySelector(".finder");
const [field, said, found] = finder.children;
let index = null;
function entries([kind, selector, title, rest]) {
  return all(selector).map((place) => {
    const words = rest ? all(rest, place).map((part) => `${part.textContent} ${part.title}`).join(" ") : "";
    const name = place.querySelector(title).textContent.trim().replace(/\s+/g, " ").replace(/\.$/, "");
    const low = name.toLowerCase();
    return { kind, name, low, hash: `#${place.id}`, words: `${kind} ${low} ${words.toLowerCase()}` };
  });
}
function search() {
  index ??= KINDS.flatMap(entries);
  const asked = field.value.trim().toLowerCase();
  const wanted = matching(asked);
  const rank = ({ low }) => [low.split(" ")[0] === asked, low.startsWith(asked), wanted(low), true].indexOf(true);
  const hits = asked ? index.filter((one) => wanted(one.words)).sort((one, two) => rank(one) - rank(two)) : [];
  found.replaceChildren(...hits.slice(0, MOST).map((one) => {
    const link = make("a", { href: one.hash });
    link.append(make("small", { textContent: one.kind }), ` ${one.name}`);
    link.addEventListener("click", () => { close(); setTimeout(reveal); });
    const item = make("li", {});
    item.append(link);
    return item;
  }));
  const more = hits.length > MOST ? `, the first ${MOST} are listed` : "";
  said.textContent = asked ? `${hits.length || "Nothing"} found${more}` : "";
}
function close() {
  field.value = "";
  search();
}
field.addEventListener("input", search);
finder.addEventListener("keydown", (event) => {
  const stops = [field, ...all("a", found)];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  else if (event.key === "Escape") { close(); field.focus(); }
  else if (event.key === "Enter" && event.target === field) stops[1]?.click();
  else return;
  event.preventDefault();
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input")) return;
  event.preventDefault();
  field.focus();
});
finder.hidden = false;
