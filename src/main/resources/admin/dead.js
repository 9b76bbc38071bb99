// What was given up, to be tried again or dropped.
import { confirmed, conversationLink, el, fill, moment, table, tell } from "./elements.js";
import { ask } from "./server.js";

const PAGE = 50;

export function dead(main, { query, again }) {
  const filter = Object.fromEntries(["queue", "reason"].filter((key) => query.get(key)).map((key) => [key, query.get(key)]));
  const list = el("div");
  const more = el("button", { type: "button", class: "quiet", hidden: true, click: () => show(pages + 1) }, "Show more");
  let pages = 1;
  const show = (count) => {
    pages = count;
    again();
  };
  const act = async (method, path, done) => {
    try {
      await ask(path, { method });
      tell(done);
    } catch (failure) {
      tell(`Refused (${failure.message})`);
    }
    await again();
  };
  const all = new URLSearchParams(filter);
  main.append(
    el("h1", {}, "Dead letters"),
    filter.reason
      ? el(
          "div",
          { class: "row" },
          el("p", {}, `Only ${filter.queue ?? "letter"}s with the reason ${filter.reason}. `, el("a", { href: "#/dead" }, "Show all")),
          el("button", { type: "button", click: () => act("POST", `dead/retry?${all}`, "All are tried again.") }, "Retry all of these"),
          el(
            "button",
            {
              type: "button",
              class: "quiet",
              click: async () =>
                (await confirmed(`Drop all dead letters with the reason ${filter.reason}?`, "Drop all")) &&
                act("POST", `dead/drop?${all}`, "All are dropped."),
            },
            "Drop all of these",
          ),
        )
      : null ?? "",
    list,
    more,
  );
  return async () => {
    const letters = [];
    for (let page = 0; page < pages; page++) {
      const after = letters.length ? { after: letters.at(-1).id } : {};
      const next = await ask(`dead?${new URLSearchParams({ ...filter, ...after, limit: PAGE })}`);
      letters.push(...next);
      if (next.length < PAGE) {
        break;
      }
    }
    more.hidden = letters.length < pages * PAGE;
    fill(list, letters, () => letterTable(letters, act));
  };
}

function letterTable(letters, act) {
  const rows = letters.map((letter) => [
    moment(letter.at),
    letter.id,
    letter.kind,
    conversationLink(letter.conversation_id),
    el("a", { href: `#/dead?queue=${letter.queue}&reason=${letter.reason ?? ""}` }, letter.reason ?? ""),
    String(letter.attempts),
    el("span", { class: "error" }, letter.error ?? ""),
    el(
      "div",
      { class: "row" },
      el("button", { type: "button", "aria-label": `Retry ${letter.id}`, click: () => act("POST", `dead/${letter.id}/retry`, `${letter.id} is tried again.`) }, "Retry"),
      el(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-label": `Drop ${letter.id}`,
          click: async () =>
            (await confirmed(`Drop ${letter.id}? It is never tried again.`, "Drop")) &&
            act("DELETE", `dead/${letter.id}`, `${letter.id} is dropped.`),
        },
        "Drop",
      ),
    ),
  ]);
  const heads = ["since", "letter", "kind", "conversation", "reason", "tries", "error", "what to do"];
  return table("Dead letters", heads, rows, "There are none.");
}
