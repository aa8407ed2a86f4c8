// A ChatKit server that answers from a script, so that pictures need no model and look the same each time.

import { createServer } from "node:http";

/** @typedef {import("./conversations.mjs").Conversation} Conversation */

/**
 * Starts the server on a free port. A thread belongs to the conversation whose first question opened it.
 * @param {Conversation[]} conversations
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startBackend(conversations) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const bytes of request) body += bytes;
    const { type, params } = JSON.parse(body);
    const asked = params.input?.content?.[0]?.text;
    const conversation = conversations.find((it) => it.turns.some(({ question }) => question === asked));
    const turn = conversation?.turns.find(({ question }) => question === asked);
    if (!conversation || !turn) {
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
      return;
    }
    const n = conversations.indexOf(conversation);
    const events = answer(`thr_${n}`, conversation, turn, params.input, type === "threads.create");
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the backend has no port");
  return { url: `http://127.0.0.1:${address.port}/chatkit`, stop: () => server.close() };
}

/**
 * The events of one answer.
 * @param {string} threadId
 * @param {Conversation} conversation
 * @param {import("./conversations.mjs").Turn} turn
 * @param {Record<string, unknown>} input the user's message
 * @param {boolean} isFirst
 */
function answer(threadId, conversation, turn, input, isFirst) {
  const at = new Date().toISOString();
  const thread = { id: threadId, created_at: at, status: { type: "active" }, metadata: {}, items: { data: [], has_more: false } };
  const item = (/** @type {Record<string, unknown>} */ fields) => ({
    type: "thread.item.done",
    item: { id: `item_${crypto.randomUUID()}`, thread_id: threadId, created_at: at, ...fields },
  });
  return [
    ...(isFirst ? [{ type: "thread.created", thread }] : []),
    item({ type: "user_message", ...input }),
    ...(isFirst ? [{ type: "thread.updated", thread: { ...thread, title: conversation.title } }] : []),
    ...turn.items.map(item),
  ];
}
