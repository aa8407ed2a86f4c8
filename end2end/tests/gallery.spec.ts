// The gallery, which has every item and every widget.

import { expect, test } from "../fixtures/test.ts";
import { press, show } from "../fixtures/widgets.ts";

test.use({ demo: true, settings: { GALLERY: "on" } });

test("the numbers of a chart can be read", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "charts");
  const table = widget.getByRole("table").first();
  await expect(table).toBeHidden();
  await press(page, widget.getByText("As a table").first());
  await expect(table.getByRole("row", { name: "Tue 305 200" })).toBeVisible();
});

test("a chart says its numbers to whoever points at it, unless its server wants none", { tag: "@own-server" }, async ({ page, visit }) => {
  await visit("/gallery");
  const charts = page.getByRole("region", { name: "charts", exact: true }).getByRole("figure");
  const tooltips = (at: number) => charts.nth(at).evaluate((it) => [...it.querySelectorAll("title")].map((it) => it.textContent));
  expect(await tooltips(0)).toContain("Tue · Mobile: 200");
  expect(await tooltips(3)).toContain("T · Mobile: 200");
  expect(await tooltips(4)).toEqual([]);
});

test("every size of a text is larger than the one before", { tag: "@own-server" }, async ({ page, visit }) => {
  await visit("/gallery");
  const texts = page.getByRole("region", { name: "texts", exact: true });
  const sizes = { Title: "sm md lg xl 2xl 3xl 4xl 5xl", Text: "xs sm md lg xl", Caption: "sm md lg" };
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 640 });
    for (const [kind, names] of Object.entries(sizes)) {
      const pixels: number[] = [];
      for (const name of names.split(" ")) {
        const text = texts.getByText(`${kind} ${name}`, { exact: true });
        pixels.push(await text.evaluate((it) => Number.parseFloat(getComputedStyle(it).fontSize)));
      }
      expect(pixels, `${kind} at ${width} px`).toEqual([...new Set(pixels)].sort((a, b) => a - b));
    }
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(`everything that a conversation can hold keeps nobody out (${colorScheme})`, { tag: "@own-server" }, async ({ page, visit, scan }) => {
      await visit("/gallery");
      await expect(page.getByRole("heading", { level: 1, name: "Gallery" })).toBeVisible();
      for (const name of ["questions", "flight", "settings", "trip", "stay", "charts", "unknown"]) {
        await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
      }
      await scan(`the gallery, ${colorScheme}`);
      // Nothing is wider than a telephone.
      await page.setViewportSize({ width: 320, height: 640 });
      const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(needed).toBeLessThanOrEqual(there!);
    });
  });
}
