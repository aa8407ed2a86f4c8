import { defineConfig } from "@playwright/test";

import { browser } from "./fixtures/browser.ts";
import type { Setting } from "./fixtures/test.ts";

/** What passes without JavaScript as well as with it. */
const BOTH = /account\.spec\.ts|accounts\.spec\.ts|passwords\.spec\.ts|verification\.spec\.ts|not-found\.spec\.ts/;
/** What is about having none. */
const WITHOUT = /without-javascript\.spec\.ts/;

export default defineConfig<object, Setting>({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 120_000,
  globalTimeout: 30 * 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/report.json" }]],
  use: browser,
  projects: [
    { name: "with JavaScript", testIgnore: WITHOUT },
    { name: "without JavaScript", testMatch: [BOTH, WITHOUT], use: { javaScriptEnabled: false } },
    // Our page, asking the official Python ChatKit server at another origin. An attached server asks itself.
    ...(process.env.COLLOQUY_URL
      ? []
      : [{ name: "against the Python server", grep: /@both-servers/, use: { answeredBy: "python" as const } }]),
  ],
});
