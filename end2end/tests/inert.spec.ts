// What tries to get into the page, from the collections of those who try for a living.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { message } from "../fixtures/client.mjs";
import { expect, test } from "../fixtures/test.ts";

// The demo repeats what it is told, as Markdown; nobody may wait for a minute to be over.
test.use({ demo: true, settings: { MESSAGES_PER_MINUTE: "0" } });

/** How much of a message the demo repeats. */
const MAX_ECHO_CHARS = 480;
const MESSAGES_A_THREAD = 8;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.PYTHON ?? here("../../.tools/python/bin/python");

test("scripts of wapiti3 and bleach stay text", { tag: "@own-server" }, async ({ page, visit, baseURL, signedIn }) => {
  const payloads: string[] = JSON.parse(execFileSync(python, [here("../fixtures/corpora.py")], { encoding: "utf8" }));
  expect(payloads.length).toBeGreaterThan(70);
  const texts = inMessages(payloads.flatMap((it) => [it, `[click](${it})`, `![picture](<${it.replaceAll("\n", "")}>)`]));

  const troubles: string[] = [];
  page.on("dialog", (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(baseURL!).origin) troubles.push(`a request to ${origin}`);
  });

  // An answer repeats some of them, and is opened again later.
  const threads = Array.from({ length: Math.ceil(texts.length / MESSAGES_A_THREAD) }, async (_, n) => {
    const [first, ...more] = texts.slice(n * MESSAGES_A_THREAD, (n + 1) * MESSAGES_A_THREAD);
    const threadId = await signedIn.createThread(first!);
    for (const text of more) {
      const answer = await signedIn.request("threads.add_user_message", { thread_id: threadId, input: message(text) });
      expect(answer.ok).toBe(true);
      await answer.text();
    }
    return threadId;
  });
  for (const threadId of await Promise.all(threads)) {
    await visit(`/chat/${threadId}`);
    await expect(page.getByRole("article", { name: "Assistant" }).first()).toContainText("built-in demo");

    // There is nothing in them that runs, loads or leads anywhere but to pages.
    const alive = await page.getByRole("article").evaluateAll((articles) =>
      articles
        .flatMap((article) => [...article.querySelectorAll("*")])
        .filter((element) => {
          const runs = element.matches("script, iframe, object, embed, style, link, meta, base, form, img, video, audio");
          const listens = [...element.attributes].some((it) => it.name.startsWith("on") || it.name === "style");
          const href = element.getAttribute("href");
          const leads = href !== null && !/^(https?:|mailto:|#)/.test(href);
          return runs || listens || leads;
        })
        .map((element) => element.outerHTML.slice(0, 200)),
    );
    expect(alive).toEqual([]);
  }
  expect(troubles).toEqual([]);
});

for (const question of ["What does </title> do?", "</title><meta http-equiv=refresh content=0;//evil.example>", "</title><script src=/x.js></script>"]) {
  test(`a chat about ${question} has that title`, { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
    // The title is the beginning of the first message, and the page comes to life.
    const threadId = await signedIn.createThread(question);
    await visit(`/chat/${threadId}`);
    await expect(page).toHaveTitle(`${question} · Colloquy`);
    await expect(page.getByRole("article", { name: "You" })).toContainText(question);

    // It can be loaded again, and left for another chat and come back to.
    await page.reload();
    await expect(page).toHaveTitle(`${question} · Colloquy`);
    expect(new URL(page.url()).pathname).toBe(`/chat/${threadId}`);
  });
}

/** Puts as many into a message as the demo repeats. */
function inMessages(payloads: string[]): string[] {
  const texts: string[] = [];
  for (const payload of payloads.map((it) => it.slice(0, MAX_ECHO_CHARS - 12))) {
    const last = texts.at(-1);
    const longer = last === undefined ? "" : `${last}\n\n${payload}`;
    if (last !== undefined && longer.length <= MAX_ECHO_CHARS) texts[texts.length - 1] = longer;
    else texts.push(`Try this\n\n${payload}`);
  }
  return texts;
}
