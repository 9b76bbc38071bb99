// Why a conversation is as it is.
import { el, escalatedBy, fill, labels, marked, moment, places, state, table } from "./elements.js";
import { ask } from "./server.js";

const CAP = 100;

export function conversation(main, { id }) {
  const number = el("input", { id: "number", name: "number", inputmode: "numeric", pattern: "[1-9][0-9]{0,14}", required: true, value: id ?? "" });
  const submit = (event) => {
    event.preventDefault();
    location.hash = `#/conversations/${Number(number.value)}`;
  };
  main.append(
    el("h1", {}, id ? `Conversation ${id}` : "Conversation"),
    el(
      "form",
      { class: "row", submit },
      el("label", { for: "number" }, "Number"),
      number,
      el("button", { type: "submit" }, "Show"),
    ),
  );
  if (!id || !/^[1-9]\d{0,14}$/.test(id)) {
    return async () => {};
  }
  const facts = el("dl", { class: "facts" });
  const timeline = el("ol", { class: "timeline" });
  const ledger = el("div");
  const wishes = el("div");
  const values = el("div");
  const dropped = el(
    "section",
    { "aria-labelledby": "dropped", hidden: true },
    el("h2", { id: "dropped" }, "Values that were not set"),
    values,
  );
  const missing = el("p", { role: "status" });
  const sections = el(
    "div",
    { hidden: true },
    facts,
    el("section", { "aria-labelledby": "ledger" }, el("h2", { id: "ledger" }, "Score"), ledger),
    el("section", { "aria-labelledby": "wishes" }, el("h2", { id: "wishes" }, "Wishes and answers"), wishes),
    dropped,
    el("section", { "aria-labelledby": "timeline" }, el("h2", { id: "timeline" }, "Timeline, the newest first"), timeline),
  );
  main.append(missing, sections);
  return async () => {
    let data;
    try {
      data = await ask(`conversations/${id}`);
    } catch (failure) {
      if (!failure.message.startsWith("404")) {
        throw failure;
      }
      missing.textContent = "This conversation is not known here.";
      return;
    }
    missing.textContent = "";
    sections.hidden = false;
    fill(facts, { ...data, events: 0, messages: 0, wishes: 0, score_entries: 0, dropped_values: 0 }, factList);
    fill(ledger, data.score_entries, ledgerTable);
    fill(wishes, data.wishes, wishTable);
    dropped.hidden = data.dropped_values.length === 0;
    fill(values, data.dropped_values, droppedTable);
    fill(timeline, [data.events, data.messages, data.score_entries, data.wishes], () => happenings(data));
  };
}

function factList(data) {
  const contact = data.contact ?? {};
  return [
    ["customer", contact.name ?? ""],
    ["e-mail", contact.email ?? ""],
    ["score", `${data.score} of ${CAP}`],
    ["status", data.status ?? ""],
    ["priority", data.priority ?? ""],
    ["team", data.team_name ?? ""],
    ["assignee", data.assignee_name ?? ""],
    ["labels", labels(data.labels)],
    ["qualified", moment(data.qualified_at)],
    ["escalated by", escalatedBy(data.episodes)],
  ]
    .filter(([, value]) => value.length !== 0)
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
}

function ledgerTable(entries) {
  let sum = 0;
  const rows = entries.map((entry) => {
    sum += entry.remaining;
    return [
      moment(entry.at),
      entry.rule,
      (entry.matched ?? []).map((word) => el("span", { class: "label" }, word)),
      (entry.points > 0 ? "+" : "") + entry.points + (entry.remaining === entry.points ? "" : `, ${entry.remaining} left`),
      String(Math.min(CAP, Math.max(0, sum))),
    ];
  });
  return table("Score ledger", ["when", "rule", "words", "points", "sum"], rows, "Nothing has scored.");
}

function wishTable(wishes) {
  const rows = wishes.map((wish) => [
    moment(wish.created_at),
    wish.destination === "chatwoot" ? wish.kind : `${wish.kind} to ${wish.destination}`,
    state(wish.state),
    el("ul", {}, reasons(wish).map((reason) => el("li", {}, because(reason)))),
    [wish.answer, wish.error].filter(Boolean).join("; "),
    moment(wish.done_at),
  ]);
  return table("Wishes", ["wished", "what", "state", "because of", "answer", "done"], rows, "Nothing was wished.");
}

function reasons(wish) {
  return Array.isArray(wish.reasons) ? wish.reasons : [];
}

function because(reason) {
  return reason.matched?.length ? `${reason.rule}: ${reason.matched.join(", ")}` : reason.rule;
}

/** What extract rules found in messages and is no value of its attribute. */
function droppedTable(values) {
  const rows = values.map((value) => [moment(value.at), value.attribute, value.rule, value.why]);
  return table("Values not set", ["when", "attribute", "rule", "why"], rows, "");
}

/** Events with what was written, and the words that rules met in it. */
function happenings(data) {
  const byEvent = new Map(data.messages.map((message) => [message.event_id, message]));
  return data.events.map((event) => {
    const message = byEvent.get(event.id);
    return el(
      "li",
      {},
      el("div", { class: "row" }, moment(event.received_at), message ? el("strong", {}, message.from) : null, event.event, state(event.state)),
      message ? said(message, data) : null,
      event.error ? el("p", { class: "error" }, event.error) : null,
    );
  });
}

function said(message, data) {
  const id = message.message_id;
  const met = new Map();
  const meet = (rule, words, points) => {
    const known = met.get(rule) ?? { words: new Set(), points: 0 };
    words.forEach((word) => known.words.add(word));
    met.set(rule, { words: known.words, points: known.points + points });
  };
  data.wishes.forEach((wish) =>
    reasons(wish).forEach((reason) => reason.messageId === id && reason.matched.length && meet(reason.rule, reason.matched, 0)),
  );
  data.score_entries.forEach((entry) => entry.message_id === id && meet(entry.rule, entry.matched, entry.points));
  const words = [...met.values()].flatMap((one) => [...one.words]);
  const rules = [...met].map(([rule, { words: own, points }]) => {
    const score = points ? ` (${points > 0 ? "+" : ""}${points})` : "";
    const unseen = [...own].filter((word) => places(message.text, [word]).length === 0);
    return el("li", {}, `${rule}${score}${unseen.length ? `: ${unseen.join(", ")}` : ""}`);
  });
  return [marked(message.text, words), rules.length ? el("ul", { class: "met", "aria-label": "Rules met" }, rules) : null];
}
