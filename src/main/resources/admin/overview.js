// What waits, what the budget allows, what fails.
import { conversationLink, el, fill, moment, span, state, table } from "./elements.js";
import { ask } from "./server.js";
import { plot } from "./plot.js";

const LANES = ["escalation", "qualification", "tagging", "backfill"];

export function overview(main) {
  const failing = el("div", { "aria-live": "polite" });
  const figures = el("dl", { class: "figures" });
  const queues = el("div");
  const events = el("div");
  const calls = plot("Calls to Chatwoot per minute", [
    { label: "used", colour: "--line-a" },
    { label: "limit", colour: "--line-b", dash: [6, 4] },
  ]);
  const throughput = plot("Throughput per minute", [
    { label: "events handled", colour: "--line-a" },
    { label: "wishes granted", colour: "--line-c" },
  ]);
  main.append(
    el("h1", {}, "Overview"),
    el("section", { "aria-labelledby": "failing" }, el("h2", { id: "failing" }, "What is failing"), failing),
    el("section", { "aria-label": "Now" }, figures),
    el(
      "div",
      { class: "pair" },
      el("section", { "aria-labelledby": "budget" }, el("h2", { id: "budget" }, "Budget, last hour"), calls.figure),
      el("section", { "aria-labelledby": "flow" }, el("h2", { id: "flow" }, "Throughput, last hour"), throughput.figure),
    ),
    el("section", { "aria-labelledby": "queues" }, el("h2", { id: "queues" }, "Queues"), queues),
    el("section", { "aria-labelledby": "latest" }, el("h2", { id: "latest" }, "Latest events"), events),
  );
  return async () => {
    const data = await ask("overview");
    fill(failing, [data.dead, data.gaps, data.chatwoot.token_refused_since, data.chatwoot.paused_ms > 0], () =>
      problems(data),
    );
    fill(figures, now(data), (list) => list.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
    fill(queues, [data.queues, data.at], () => queueTable(data));
    fill(events, data.events, eventTable);
    drawPlots(data, calls, throughput);
  };
}

function problems({ dead, gaps, chatwoot }) {
  const list = dead.map((letters) =>
    el(
      "li",
      {},
      el("a", { href: `#/dead?queue=${letters.queue}&reason=${letters.reason ?? ""}` }, `${letters.count} dead ${letters.queue}${letters.count === 1 ? "" : "s"}: ${letters.reason}`),
      ", the newest ",
      moment(letters.newest_at),
    ),
  );
  if (chatwoot.token_refused_since) {
    list.unshift(el("li", {}, "Chatwoot refuses the token since ", moment(chatwoot.token_refused_since), "; wishes wait"));
  }
  if (chatwoot.paused_ms > 0) {
    list.push(el("li", {}, "Chatwoot asked for a pause; no call is made until it is over"));
  }
  for (const gap of gaps) {
    list.push(el("li", {}, "Webhooks may be lost from ", moment(gap.from_at), " to ", moment(gap.to_at), `: ${gap.reason}`));
  }
  return list.length === 0 ? el("p", { class: "well" }, "Nothing.") : el("ul", { class: "problems" }, list);
}

function now({ queues, chatwoot, history }) {
  const last = history.at(-1);
  const waiting = (queue, states) => amount(queues.filter((one) => one.queue === queue && states.includes(one.state)));
  return [
    ["events waiting", waiting("inbox", ["new"])],
    ["wishes waiting", waiting("outbox", ["pending", "sending", "asked"])],
    ["calls this minute", `${chatwoot.used} of ${chatwoot.limit}`],
    ["events per minute", last ? rate(last.handled) : "–"],
    ["wishes per minute", last ? rate(last.granted) : "–"],
  ];
}

function amount(standings) {
  const sum = standings.reduce((all, one) => all + one.count, 0);
  return sum.toLocaleString() + (standings.some((one) => one.more) ? "+" : "");
}

function rate(number) {
  return number.toLocaleString(undefined, { maximumFractionDigits: 1 });
}

function queueTable({ queues, at }) {
  const rows = queues.map((one) => [
    one.queue,
    state(one.state),
    one.queue === "outbox" ? (LANES[one.urgency] ?? String(one.urgency)) : "",
    amount([one]),
    `${one.more ? "at least " : ""}${span(one.oldest_at, at)}`,
  ]);
  return table("Queues by state", ["queue", "state", "lane", "how many", "oldest"], rows, "Nothing waits.");
}

function eventTable(events) {
  const rows = events.map((one) => [
    moment(one.received_at),
    one.event,
    conversationLink(one.conversation_id),
    state(one.state),
    one.handled_at ? `after ${span(one.received_at, one.handled_at)}` : "",
  ]);
  return table("The events that came last", ["received", "event", "conversation", "state", "handled"], rows, "None yet.", "lines");
}

function drawPlots({ history }, calls, throughput) {
  const seconds = history.map((point) => new Date(point.at) / 1000);
  const column = (name) => history.map((point) => point[name]);
  const most = (name) => Math.max(0, ...column(name));
  const since = history.length ? `since ${new Date(history[0].at).toLocaleTimeString()}` : "no figures yet";
  const last = history.at(-1);
  calls.draw(
    seconds,
    [column("used"), column("limit")],
    last ? `${last.used} of ${last.limit} calls now, at most ${most("used")} ${since}.` : `${since}.`,
  );
  throughput.draw(
    seconds,
    [column("handled"), column("granted")],
    last ? `At most ${rate(most("handled"))} events and ${rate(most("granted"))} wishes a minute ${since}.` : `${since}.`,
  );
}
