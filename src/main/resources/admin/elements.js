// Builds the page's elements. Text is always a text node: nothing that comes from data is ever read as markup.

/** An element; attributes whose value is a function are listeners, those that are false or undefined are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(key, value);
    } else if (value !== false && value !== undefined) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A table; rows are lists of nodes or texts. On a phone a row is a card, or a line if the style says "lines". */
export function table(caption, heads, rows, nothing, style = "cards") {
  if (rows.length === 0) {
    return el("p", { class: "nothing" }, nothing);
  }
  // The roles are those of the elements; on a phone, where they are no longer laid out as a table, they have to be said.
  const head = el("tr", { role: "row" }, heads.map((text) => el("th", { scope: "col", role: "columnheader" }, text)));
  const body = rows.map((row) =>
    el("tr", { role: "row" }, row.map((cell, i) => el("td", { role: "cell", "data-head": heads[i] }, cellOf(cell)))),
  );
  return el(
    "div",
    { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
    el(
      "table",
      { role: "table", class: style },
      el("caption", { class: "unseen" }, caption),
      el("thead", { role: "rowgroup" }, head),
      el("tbody", { role: "rowgroup" }, body),
    ),
  );
}

/** One element, or nothing where there is nothing to show. */
function cellOf(cell) {
  const parts = [cell].flat().filter((part) => part !== "" && part !== null);
  return parts.length ? el("div", {}, parts) : [];
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A moment: the time of day today, else with its date. */
export function moment(iso) {
  if (!iso) {
    return "";
  }
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return el("time", { datetime: iso, title: calendar.format(at) }, (isToday ? clock : calendar).format(at));
}

/** How long from one moment to another, such as "3 min". */
export function span(fromIso, toIso) {
  const seconds = (new Date(toIso) - new Date(fromIso)) / 1000;
  if (seconds < 1) {
    return "less than 1 s";
  }
  const [size, unit] = [[86400, "d"], [3600, "h"], [60, "min"]].find(([least]) => seconds >= 2 * least) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

export function state(text) {
  return el("span", { class: `state ${text}` }, text);
}

export function conversationLink(id) {
  return id ? el("a", { href: `#/conversations/${Number(id)}` }, String(id)) : "";
}

export function labels(list) {
  return (list ?? []).map((label) => el("span", { class: "label" }, String(label)));
}

/** The rules that have escalated, of a conversation's episodes by name. */
export function escalatedBy(episodes) {
  const prefix = "escalate:";
  return Object.keys(episodes ?? {})
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .join(", ");
}

/** Puts new content in, if anything is new; the reader's focus stays on what it was on, if that is still there. */
export function fill(region, data, draw) {
  const json = JSON.stringify(data);
  if (region.dataset.shown === json) {
    return;
  }
  region.dataset.shown = json;
  const name = (element) => element.getAttribute("href") ?? element.getAttribute("aria-label");
  const focused = region.contains(document.activeElement) ? name(document.activeElement) : null;
  region.replaceChildren(...[draw(data)].flat());
  if (focused) {
    const same = [...region.querySelectorAll("a, button, [tabindex]")].find((element) => name(element) === focused);
    (same ?? document.getElementById("main")).focus({ preventScroll: true });
  }
}

/** Where these words, as they were written, stand in the text as whole words: pairs of offsets, in order, none overlapping. */
export function places(text, words) {
  const found = [];
  for (const word of words) {
    const isCut = word.endsWith("…");
    const plain = (isCut ? word.slice(0, -1) : word).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    if (plain) {
      const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${plain}${isCut ? "" : "(?![\\p{L}\\p{N}])"}`, "gu");
      for (const match of text.matchAll(pattern)) {
        found.push([match.index, match.index + match[0].length]);
      }
    }
  }
  found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  return found.filter((place, i) => found.slice(0, i).every((before) => before[1] <= place[0]));
}

/** The text with these words marked. */
export function marked(text, words) {
  const parts = [];
  let end = 0;
  for (const [from, to] of places(text, words)) {
    parts.push(text.slice(end, from), el("mark", {}, text.slice(from, to)));
    end = to;
  }
  parts.push(text.slice(end));
  return el("p", { class: "said" }, parts);
}

/** Tells the reader, also who does not see the page. */
export function tell(text) {
  document.getElementById("told").textContent = text;
}

/** Asks before something that cannot be taken back; resolves to true if it is meant. */
export function confirmed(question, action) {
  return new Promise((resolve) => {
    const dialog = el(
      "dialog",
      { "aria-labelledby": "question", close: () => (dialog.remove(), resolve(dialog.returnValue === "yes")) },
      el(
        "article",
        {},
        el("p", { id: "question" }, question),
        el(
          "form",
          { method: "dialog", class: "row" },
          el("button", { value: "no", class: "quiet" }, "Cancel"),
          el("button", { value: "yes" }, action),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
