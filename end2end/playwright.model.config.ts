// The story with a real model: `make test-model`.

import { defineConfig } from "@playwright/test";

import { browser } from "./fixtures/browser.ts";

export default defineConfig({
  testDir: "model",
  workers: 1,
  timeout: 10 * 60_000,
  reporter: [["list"]],
  outputDir: "test-results/model",
  use: browser,
});
