// Conveniences only: without this script the page reads the same.
"use strict";
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
  for (const proof of document.querySelectorAll(".proof, .counterexample, .undecided")) proof.open = true;
});

// Long tables: sort by a click on a heading, filter by words.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  [...table.tHead.rows[0].cells].forEach((heading, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    const value = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((one, two) => {
        const [a, b] = [value(one), value(two)];
        const [x, y] = [a, b].map((text) => (text === "" ? NaN : Number(text.replace("inf", "Infinity"))));
        if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1; // numbers first, gaps last
        return (Number.isNaN(x) ? a.localeCompare(b) : x - y) * (down ? -1 : 1);
      });
      body.append(...rows);
    });
  });
  const filter = document.createElement("input");
  filter.type = "search";
  filter.className = "filter";
  filter.placeholder = "Filter rows, for example: fp16 fail";
  filter.setAttribute("aria-label", "Filter rows");
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
    }
  });
  table.closest(".scroll").before(filter);
}
