// Qualified conversations.
import { conversationLink, el, escalatedBy, fill, labels, moment, table } from "./elements.js";
import { ask } from "./server.js";

export function leads(main, { again }) {
  const search = el("input", { id: "search", type: "search", maxlength: "100" });
  const list = el("div");
  const submit = (event) => {
    event.preventDefault();
    again();
  };
  main.append(
    el("h1", {}, "Leads"),
    el(
      "form",
      { class: "row", "aria-label": "Search", submit },
      el("label", { for: "search" }, "Name, e-mail, phone or number"),
      search,
      el("button", { type: "submit" }, "Search"),
    ),
    el("p", {}, el("small", {}, "The newest 50 that match, of the 5,000 that qualified last. What became of them, the CRM knows.")),
    list,
  );
  return async () => {
    const found = await ask("leads", { method: "POST", body: JSON.stringify({ search: search.value }) });
    fill(list, found, leadTable);
  };
}

function leadTable(found) {
  const rows = found.map((lead) => [
    moment(lead.qualified_at),
    conversationLink(lead.conversation_id),
    lead.contact?.name ?? "",
    lead.contact?.email ?? "",
    String(lead.score),
    lead.status ?? "",
    labels(lead.labels),
    escalatedBy(lead.episodes),
  ]);
  const heads = ["qualified", "conversation", "name", "e-mail", "score", "status", "labels", "escalated by"];
  return table("Leads", heads, rows, "No lead is like that.");
}
