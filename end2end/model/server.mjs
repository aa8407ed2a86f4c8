// A small language model behind an OpenAI-compatible server, on the processor: `/v1/models` and
// `/v1/chat/completions`, streamed or whole. Nothing is loaded from the network.
//
//   node server.mjs <model.gguf>     PORT=0 takes a free port; the address is printed once it listens.

import { createServer } from "node:http";
import { availableParallelism } from "node:os";
import { basename } from "node:path";

import { LlamaChatSession, getLlama } from "node-llama-cpp";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node server.mjs <model.gguf>");
  process.exit(2);
}

const modelId = basename(file, ".gguf");
// Its threads wait for one another in a busy loop: one core stays free for everybody else.
const llama = await getLlama({
  build: "never",
  gpu: false,
  logLevel: "error",
  maxThreads: Math.max(1, availableParallelism() - 1),
  skipDownload: true,
});
const model = await llama.loadModel({ modelPath: file });

/** Answers are given one after another; this is the last one in the queue. */
let last = Promise.resolve();

const server = createServer(async (req, res) => {
  const { pathname } = new URL(req.url ?? "/", "http://model");
  if (req.method === "GET" && pathname === "/v1/models") {
    return json(res, 200, { object: "list", data: [{ id: modelId, object: "model", owned_by: "local" }] });
  }
  if (req.method !== "POST" || pathname !== "/v1/chat/completions") {
    return json(res, 404, failure(`there is nothing at ${pathname}`));
  }

  let request;
  try {
    request = readRequest(await readBody(req));
  } catch (err) {
    return json(res, 400, failure(err instanceof Error ? err.message : String(err)));
  }

  const gone = new AbortController();
  res.on("close", () => gone.abort());
  const answer = last.then(() => (request.stream ? stream(res, request, gone.signal) : whole(res, request, gone.signal)));
  last = answer.catch((err) => {
    console.error(err);
    if (res.headersSent) res.destroy();
    else json(res, 500, failure("the model failed"));
  });
});

server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" && address ? address.port : ""}`);
});

async function stream(res, request, gone) {
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const chunk = (delta, finishReason = null) =>
    res.write(
      `data: ${JSON.stringify({
        id: "chatcmpl-local",
        object: "chat.completion.chunk",
        created: Math.floor(Date.now() / 1000),
        model: modelId,
        choices: [{ index: 0, delta, finish_reason: finishReason }],
      })}\n\n`,
    );
  chunk({ role: "assistant", content: "" });
  const { stopReason } = await generate(request, gone, (text) => text && chunk({ content: text }));
  if (gone.aborted) return;
  chunk({}, finish(stopReason));
  res.end("data: [DONE]\n\n");
}

async function whole(res, request, gone) {
  const { responseText, stopReason } = await generate(request, gone, () => {});
  if (gone.aborted) return;
  json(res, 200, {
    id: "chatcmpl-local",
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: modelId,
    choices: [{ index: 0, message: { role: "assistant", content: responseText }, finish_reason: finish(stopReason) }],
  });
}

/** Answers the last message of the conversation; the earlier ones are its history. */
async function generate({ messages, maxTokens }, signal, onTextChunk) {
  const context = await model.createContext({ contextSize: 2048 });
  try {
    const session = new LlamaChatSession({ contextSequence: context.getSequence() });
    session.setChatHistory(messages.slice(0, -1).map(toHistory));
    return await session.promptWithMeta(messages.at(-1).content, {
      maxTokens,
      onTextChunk,
      signal,
      stopOnAbortSignal: true,
      temperature: 0,
    });
  } finally {
    await context.dispose();
  }
}

function toHistory({ role, content }) {
  if (role === "assistant") return { type: "model", response: [content] };
  return { type: role === "system" ? "system" : "user", text: content };
}

function readRequest(body) {
  const { messages, stream = false, max_tokens, max_completion_tokens } = JSON.parse(body);
  if (!Array.isArray(messages) || messages.at(-1)?.role !== "user") {
    throw new Error("`messages` must be a list that ends with the user's");
  }
  return {
    maxTokens: Math.min(max_completion_tokens ?? max_tokens ?? 200, 500),
    messages: messages.map(({ role, content }) => ({ role, content: plain(content) })),
    stream,
  };
}

/** A message's content is a string, or a list of parts of which the text counts. */
function plain(content) {
  if (Array.isArray(content)) return content.map((part) => part.text ?? "").join("");
  return content ?? "";
}

async function readBody(req) {
  const parts = [];
  for await (const part of req) parts.push(part);
  return Buffer.concat(parts).toString();
}

const finish = (stopReason) => (stopReason === "maxTokens" ? "length" : "stop");
const failure = (message) => ({ error: { message, type: "invalid_request_error" } });

function json(res, status, body) {
  res.writeHead(status, { "content-type": "application/json" });
  res.end(JSON.stringify(body));
}
