// How often somebody may ask. Each server is fresh, so that nobody else has asked before.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Browser, newUser } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const memory = await start({ RATE_LIMIT: "on" });
const database = await start({ RATE_LIMIT: "on", RATE_LIMIT_STORAGE: "database" });

describe("limits", () => {
  after(() => Promise.all([memory.stop(), database.stop()]));

  for (const [storage, server] of /** @type {const} */ ([["memory", memory], ["database", database]])) {
    for (const [what, call, seconds] of /** @type {const} */ ([
      ["sign-in", (/** @type {Browser} */ it) => it.client.signIn.email({ email: "ada", password: "x" }), 10],
      ["a password reset", (/** @type {Browser} */ it) => it.client.requestPasswordReset({ email: newUser().email }), 60],
    ])) {
      test(`${storage}: the fourth ${what} in ${seconds} seconds is refused`, async () => {
        const browser = new Browser(server);
        for (let i = 0; i < 3; i++) assert.notEqual((await call(browser)).error?.status, 429);
        const { error } = await call(browser);
        assert.deepEqual([error?.status, error?.message, error?.code], [
          429, "Too many requests. Please try again later.", undefined,
        ]);
        const wait = Number(browser.header("x-retry-after"));
        assert.ok(wait > seconds - 3 && wait <= seconds, `${wait} s`);
        assert.equal(browser.header("retry-after"), undefined);
      });
    }

    test(`${storage}: of 110 questions for an unknown path 100 are answered`, async () => {
      const answers = await Promise.all(Array.from({ length: 110 }, () => new Browser(server).send("/no-such-path")));
      const statuses = answers.map((it) => it.status);
      assert.deepEqual([404, 429].map((it) => statuses.filter((status) => status === it).length), [100, 10]);
    });
  }

  test("one path's limit is not another's", async () => {
    const { error } = await new Browser(memory).client.signUp.email({ ...newUser(), email: "ada" });
    assert.equal(error?.status, 400);
  });

  test("whoever waits is served again", async () => {
    const browser = new Browser(memory);
    const ask = () => browser.client.signIn.email({ email: "ada", password: "x" });
    for (let i = 0; i < 4 && (await ask()).error?.status !== 429; i++);
    assert.equal(browser.last?.status, 429);
    await sleep(Number(browser.header("x-retry-after")) * 1000 + 100);
    assert.equal((await ask()).error?.status, 400);
  });
});
